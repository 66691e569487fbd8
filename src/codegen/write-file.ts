import { chmod, mkdir, open, readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'

/** What is in a file, without the mark that some editors begin it with, or `undefined` where there is none. */
export const readIfThere = (file: string): Promise<string | undefined> =>
  readFile(file, 'utf8').then(
    (text) => text.replace(/^\uFEFF/, ''),
    (error: NodeJS.ErrnoException) => {
      // Not every system says which file it was.
      if (error.code !== 'ENOENT') throw Object.assign(error, { path: file })
      return undefined
    },
  )

/** Whether a file says this already. Git may give it line ends of Windows. */
export const saysTheSame = (there: string | undefined, text: string): boolean =>
  there === text || there?.replaceAll('\r\n', '\n') === text

/** Parts of one build may write the same file at the same time. */
let writes = 0

/**
 * Writes a file at once: who reads it meanwhile, or after a crash, has the old text or the new one. A file that says the same
 * already is left alone, with its date; one that is there keeps its permissions, and a link goes on leading to it. Resolves to
 * whether it was written.
 */
export async function writeWhole(file: string, text: string): Promise<boolean> {
  const there = await readIfThere(file)
  if (saysTheSame(there, text)) return false
  const target = there === undefined ? file : await realpath(file)
  const beside = `${target}.${process.pid}.${writes++}.tmp`
  try {
    // A new file takes the place of one that is read-only without asking.
    if (there !== undefined) await (await open(target, 'r+')).close()
    await mkdir(dirname(target), { recursive: true })
    await writeFile(beside, text)
    // Not every disk has them.
    if (there !== undefined) await chmod(beside, (await stat(target)).mode).catch(() => {})
    await rename(beside, target)
  } catch (error) {
    await rm(beside, { force: true }).catch(() => {})
    // It is about this file, whatever is done on the way to it.
    throw Object.assign(error as Error, { path: file })
  }
  return true
}
