import type { Store } from '../core/store.ts'
import { type Flag, type FlagValue, isRow } from '../model/flag.ts'
import type { Client, Schema } from './client.ts'

/** The reads of a client: synchronous, from what is shown, and never throwing. */
export type Reads = Pick<Client<Record<string, FlagValue>>, 'isEnabled' | 'value' | 'json' | 'flag' | 'all'>

export const createReads = (store: Pick<Store, 'shown' | 'latest'>, isStale: () => boolean): Reads => {
  const read = <T>(name: string, part: 0 | 1, fallback: T): T => {
    const found: unknown = store.shown.flags.get(name)?.[part]
    return typeof found === typeof fallback ? (found as T) : fallback
  }

  const flag = (name: string): Flag | undefined => {
    const { shown, latest } = store
    const row = shown.flags.get(name)
    // The device's flags were not looked at before.
    if (!isRow(row)) return
    const [enabled, value, variant, reason] = row
    const waiting = latest.flags.get(name)
    return Object.freeze({
      name,
      enabled,
      value,
      source: shown.source,
      stale: isStale(),
      variant: variant ?? undefined,
      reason: reason ?? undefined,
      next:
        waiting && (waiting[0] !== enabled || waiting[1] !== value)
          ? { enabled: waiting[0], value: waiting[1] }
          : undefined,
    })
  }

  return {
    isEnabled: (name, fallback = false) => read(name, 0, fallback),
    value: (name, fallback) => read(name, 1, fallback) as never,
    json(name: string, { schema, fallback }: { schema?: Schema<unknown>; fallback?: unknown } = {}) {
      try {
        // What is no text is read as the text it has as JSON. Nothing has none.
        const parsed = JSON.parse(store.shown.flags.get(name)?.[1] as string)
        const { value, issues } = schema
          ? (schema['~standard'].validate(parsed) as { value?: unknown; issues?: unknown })
          : { value: parsed }
        return issues ? fallback : (value ?? fallback)
      } catch {
        return fallback
      }
    },
    flag,
    all() {
      const flags: Record<string, Flag> = Object.create(null)
      for (const name of store.shown.flags.keys()) {
        const known = flag(name)
        if (known) flags[name] = known
      }
      return Object.freeze(flags)
    },
  }
}
