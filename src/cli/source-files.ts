import { readdir, stat } from 'node:fs/promises'
import { join, relative, resolve } from 'node:path'
import { explain } from '../codegen/explain.ts'
import type { Terminal } from './terminal.ts'

/** Folders that hold what others wrote, or what a tool made. */
const NOT_SOURCE = /^(?:\..*|node_modules|dist|build)$/

/**
 * The files of these folders (or files) whose name fits, sorted, as they are called from where the command runs. A folder that
 * may not be read is named; links in folders are not followed, for they may lead anywhere.
 */
export async function sourceFiles(
  { cwd, err }: Terminal,
  places: readonly string[],
  fits: (name: string) => boolean,
  advice = '',
): Promise<string[]> {
  const found = new Set<string>()
  const nameOf = (path: string) => relative(cwd, path).replaceAll('\\', '/')
  const visit = async (folder: string): Promise<void> => {
    const entries = await readdir(folder, { withFileTypes: true }).catch((error) => {
      err(`guidon: ${explain(Object.assign(error, { path: nameOf(folder) }))} What is in it is not known.`)
      return []
    })
    for (const entry of entries) {
      const path = join(folder, entry.name)
      if (entry.isDirectory()) {
        if (!NOT_SOURCE.test(entry.name)) await visit(path)
      } else if (entry.isFile() && fits(entry.name)) found.add(path)
    }
  }
  for (const place of places) {
    const path = resolve(cwd, place)
    const is = await stat(path).catch(() => undefined)
    if (!is) throw new Error(`There is no folder ${place}. ${advice}`.trim())
    if (is.isDirectory()) await visit(path)
    else found.add(path)
  }
  return [...found].map(nameOf).sort()
}
