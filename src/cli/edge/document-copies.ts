import { createHash } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { readIfThere, writeWhole } from '../../codegen/write-file.ts'
import type { EnvironmentDocument } from '../../edge/document.ts'
import { documentIn } from '../watch-document.ts'

/** The last documents on disk, so that a start without upstream serves them. */
export interface DocumentCopies {
  /** Rejects when what is there is not that environment's document. */
  read(clientKey: string): Promise<EnvironmentDocument | undefined>
  write(document: EnvironmentDocument): Promise<void>
}

/** One file for each environment, named by a hash of its client key. No server-side key is in there. */
export function documentCopies(folder: string): DocumentCopies {
  const fileOf = (clientKey: string) =>
    join(folder, `${createHash('sha256').update(clientKey).digest('hex').slice(0, 32)}.json`)
  return {
    async read(clientKey) {
      const text = await readIfThere(fileOf(clientKey))
      if (text === undefined) return undefined
      const document = documentIn(text, fileOf(clientKey))
      if (document.api_key !== clientKey) throw new Error('the document of another environment')
      return document
    },
    async write(document) {
      // Identifiers with overrides are in there.
      await mkdir(folder, { recursive: true, mode: 0o700 })
      await writeWhole(fileOf(document.api_key), JSON.stringify(document))
    },
  }
}
