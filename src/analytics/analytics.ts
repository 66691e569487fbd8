import type { Extension } from '../client/client.ts'
import { type BatchOptions, createBatch } from './batch.ts'

/**
 * Counts how often each flag is read, and tells Flagsmith (`POST analytics/flags/`). Only names and numbers: no values,
 * nobody's identifier. Not counted: `all()`, flags that are unknown (the server skips them), and overrides.
 *
 * @example createClient({ environmentKey, use: [analytics()] })
 */
export const analytics =
  (options: BatchOptions = {}): Extension =>
  (inside) => {
    const { client, send } = inside
    const { flag } = client
    const { add, end } = createBatch(inside, options, {
      key: 'counts',
      send,
      path: 'analytics/flags/',
      pack: (counts) => JSON.stringify(Object.fromEntries(counts)),
    })
    /** Names that count. To ask at each read would cost more than the read. */
    const known = new Set<string>()
    client.on('change', () => known.clear())
    const count = (name: string) => {
      if (!known.has(name)) {
        const found = flag(name)
        if (!found || found.source === 'override') return
        known.add(name)
      }
      add(name)
    }
    for (const method of ['isEnabled', 'value', 'json', 'flag'] as const) {
      const read = client[method] as (name: string, option: never) => never
      client[method] = ((name: string, option: never) => {
        count(name)
        return read(name, option)
      }) as never
    }
    return end
  }
