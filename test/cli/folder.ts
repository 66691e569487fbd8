import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
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

/** The same, with one file in it. */
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
