import type { Store } from '../core/store.ts'
import type { Flag, FlagValue, Row } from '../model/flag.ts'
import type { Client, Schema } from './client.ts'

/** The reads of a client: synchronous, from what is shown, and never throwing. */
export type Reads = Pick<Client<Record<string, FlagValue>>, 'isEnabled' | 'value' | 'json' | 'flag' | 'all'>

export const createReads = (store: Store, isStale: () => boolean): Reads => {
  const row = (name: string) => store.shown.table.get(name)

  const describe = ([name, enabled, value, variant, reason]: Row): Flag => {
    const waiting = store.latest.table.get(name)
    return Object.freeze({
      name,
      enabled,
      value,
      source: store.shown.source,
      stale: isStale(),
      variant: variant ?? undefined,
      reason: reason ?? undefined,
      next:
        waiting && (waiting[1] !== enabled || waiting[2] !== value)
          ? { enabled: waiting[1], value: waiting[2] }
          : undefined,
    })
  }

  return {
    isEnabled: (name, fallback = false) => row(name)?.[1] ?? fallback,
    value(name, fallback) {
      const value = row(name)?.[2]
      return (typeof value === typeof fallback ? value : fallback) as never
    },
    json(name: string, { schema, fallback }: { schema?: Schema<unknown>; fallback?: unknown } = {}) {
      try {
        const value = row(name)?.[2]
        const parsed = typeof value === 'string' ? JSON.parse(value) : value
        if (parsed == null) return fallback
        if (!schema) return parsed
        const result = schema['~standard'].validate(parsed)
        return 'value' in result && !result.issues ? result.value : fallback
      } catch {
        return fallback
      }
    },
    flag(name) {
      const found = row(name)
      return found && describe(found)
    },
    all() {
      const flags: Record<string, Flag> = Object.create(null)
      store.shown.table.forEach((row, name) => {
        flags[name] = describe(row)
      })
      return Object.freeze(flags)
    },
  }
}
