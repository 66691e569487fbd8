import type { Extension } from '../client/client.ts'
import { createBatch } from './batch.ts'

type Counts = Record<string, number>

/**
 * Counts how often each flag is read, and tells Flagsmith (`POST analytics/flags/`). Only names and numbers: no values,
 * nobody's identifier. `all()` does not count.
 *
 * @example createClient({ environmentKey, use: [analytics()] })
 */
export const analytics = (): Extension => (inside) => {
  const { client } = inside
  const [add, end] = createBatch<Counts>(
    inside,
    inside.api,
    'analytics/flags/',
    // One record waits, and takes in all others.
    (waiting) => (more) => {
      // No prototype, so that a flag may have any name.
      waiting[0] ??= Object.create(null) as Counts
      const counts = waiting[0]
      for (const name in more) counts[name] = (counts[name] ?? 0) + (more[name] as number)
    },
    ([counts]) => counts,
  )
  for (const method of ['isEnabled', 'value', 'json', 'flag'] as const) {
    const read = client[method] as (name: string, option: never) => never
    client[method] = ((name: string, option: never) => {
      add({ [name]: 1 })
      return read(name, option)
    }) as never
  }
  return end
}
