import { resolve } from 'node:path'
import { type FlagsFile, flagsIn } from '../codegen/flags-file.ts'
import { readIfThere } from '../codegen/write-file.ts'

/** The flags of a file that must be there. */
export async function bundledFile(name: string, cwd: string): Promise<FlagsFile> {
  const text = await readIfThere(resolve(cwd, name))
  if (text === undefined) throw new Error(`There is no file ${name}. \`guidon pull\` writes it.`)
  return flagsIn(text, name)
}
