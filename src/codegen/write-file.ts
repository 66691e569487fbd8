import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'

/** What is in a file, or `undefined` where there is none. */
export const readIfThere = (file: string): Promise<string | undefined> =>
  readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    // Not every system says which file it was.
    if (error.code !== 'ENOENT') throw Object.assign(error, { path: file })
    return undefined
  })

/** Parts of one build may write the same file at the same time. */
let writes = 0

/**
 * Writes a file at once: who reads it meanwhile, or after a crash, has the old text or the new one. A file that says the same
 * already is left alone, with its date. Resolves to whether it was written.
 */
export async function writeWhole(file: string, text: string): Promise<boolean> {
  if ((await readIfThere(file)) === text) return false
  await mkdir(dirname(file), { recursive: true })
  const beside = `${file}.${process.pid}.${writes++}.tmp`
  try {
    await writeFile(beside, text)
    await rename(beside, file)
  } catch (error) {
    await rm(beside, { force: true })
    throw error
  }
  return true
}
