import type { MaybePromise, Stop } from '../core/ports.ts'

/**
 * Where the processes of a server keep flags together: any Key-Value, by three methods. It may throw, reject or hang: the
 * cache goes on from memory. With `lease` one process asks for all, with `publish` and `subscribe` all hear of a change at once.
 *
 * @example
 * const store = { get: (key) => kv.get(key), set: (key, text, ttlMs) => kv.put(key, text, ttlMs), delete: (key) => kv.delete(key) }
 */
export interface FlagsStore {
  get(key: string): MaybePromise<string | null | undefined>
  /** Keeps a text for so long, and no longer. */
  set(key: string, text: string, ttlMs: number): MaybePromise<unknown>
  delete(key: string): MaybePromise<unknown>
  /** Sets a key that is not set. `false`: it is, and somebody else holds the lease. */
  lease?(key: string, ttlMs: number): MaybePromise<boolean>
  /** Tells all who subscribed. */
  publish?(channel: string, message: string): MaybePromise<unknown>
  /** Hears what is published, also after a connection was lost and is back. */
  subscribe?(channel: string, listener: (message: string) => void): Stop
}
