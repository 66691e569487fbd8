import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach } from 'vitest'

const folders: string[] = []
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

/** A folder that is gone after the test. */
export function emptyFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'guidon-'))
  folders.push(folder)
  return folder
}

/** The same, with files in it: text, bytes, or what is written as JSON. */
export function folderWith(files: Readonly<Record<string, unknown>>): string {
  const folder = emptyFolder()
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    const isRaw = typeof content === 'string' || content instanceof Uint8Array
    writeFileSync(join(folder, name), isRaw ? content : JSON.stringify(content))
  }
  return folder
}

/** A folder with one file in it, and how to change that. */
export function fileWith(content: unknown) {
  const folder = emptyFolder()
  const file = join(folder, 'environment.json')
  const text = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value))
  writeFileSync(file, text(content))
  return {
    file,
    folder,
    write: (value: unknown) => writeFileSync(file, text(value)),
    /** As editors save: into a new file, which then takes the place of the old one. */
    replace(value: unknown) {
      writeFileSync(`${file}.new`, text(value))
      renameSync(`${file}.new`, file)
    },
    remove: () => rmSync(file),
  }
}
