import { readdir, stat } from 'node:fs/promises'
import { join, relative, resolve } from 'node:path'

/** Folders that hold what others wrote, or what a tool made. */
const NOT_SOURCE = /^(?:\..*|node_modules|dist|build)$/

/** The files of these folders (or files) whose name fits, sorted, as they are called from `cwd`. */
export async function sourceFiles(
  cwd: string,
  places: readonly string[],
  fits: RegExp,
  advice = '',
): Promise<string[]> {
  const found = new Set<string>()
  const visit = async (folder: string): Promise<void> => {
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name)
      if (entry.isDirectory()) {
        if (!NOT_SOURCE.test(entry.name)) await visit(path)
      } else if (entry.isFile() && fits.test(entry.name)) found.add(path)
    }
  }
  for (const place of places) {
    const path = resolve(cwd, place)
    const is = await stat(path).catch(() => undefined)
    if (!is) throw new Error(`There is no folder ${place}. ${advice}`.trim())
    if (is.isDirectory()) await visit(path)
    else found.add(path)
  }
  return [...found].map((path) => relative(cwd, path).replaceAll('\\', '/')).sort()
}
