import type { FlagsStore } from './flags-store.ts'

/** A store for one process: for tests, and for several caches that live together. At most `max` entries, the oldest out first. */
export const memoryStore = ({ max = 10_000 }: { max?: number | undefined } = {}): FlagsStore => {
  const entries = new Map<string, { text: string; until: number }>()
  const listeners = new Map<string, Set<(message: string) => void>>()

  const get = (key: string) => {
    const entry = entries.get(key)
    if (entry && entry.until > Date.now()) return entry.text
    entries.delete(key)
    return
  }
  const set = (key: string, text: string, ttlMs: number) => {
    entries.delete(key)
    entries.set(key, { text, until: Date.now() + ttlMs })
    for (const oldest of entries.keys()) {
      if (entries.size <= max) break
      entries.delete(oldest)
    }
  }
  return {
    get,
    set,
    delete: (key) => entries.delete(key),
    lease(key, ttlMs) {
      if (get(key) !== undefined) return false
      set(key, '', ttlMs)
      return true
    },
    publish(channel, message) {
      for (const listener of listeners.get(channel) ?? []) listener(message)
    },
    subscribe(channel, listener) {
      const heard = listeners.get(channel) ?? new Set()
      listeners.set(channel, heard.add(listener))
      return () => heard.delete(listener)
    },
  }
}
