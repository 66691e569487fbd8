import { within } from '../core/within.ts'
import { GuidonError } from '../model/errors.ts'
import type { FlagsStore } from './flags-store.ts'

/** A store that never throws, rejects or hangs. `undefined` says that it did not work, or that there is none. */
export interface CarefulStore {
  get(key: string): Promise<string | null | undefined>
  set(key: string, text: string, ttlMs: number): Promise<unknown>
  delete(key: string): Promise<unknown>
  lease(key: string, ttlMs: number): Promise<boolean | undefined>
  publish(channel: string, message: string): Promise<unknown>
}

/** Longer than this nobody waits for a store: the flag service itself answers sooner. */
const LIMIT_MS = 500
/** After a failure the store is left alone for so long, so that one that hangs is not waited for again and again. */
const PAUSE_MS = 1_000

/** Makes a store harmless. An outage is told once, however many calls it fails. */
export const carefulStore = (
  store: FlagsStore | undefined,
  onError: (error: GuidonError) => void,
): CarefulStore => {
  let isDown = false
  let leftAloneUntil = 0

  const act = async <T>(call: (store: FlagsStore) => T): Promise<Awaited<T> | undefined> => {
    if (!store || Date.now() < leftAloneUntil) return
    try {
      const result = await within(LIMIT_MS, (async () => call(store))())
      isDown = false
      return result
    } catch (cause) {
      leftAloneUntil = Date.now() + PAUSE_MS
      if (!isDown) onError(new GuidonError('storage', 'the store of the flags cache', { cause }))
      isDown = true
      return
    }
  }

  return {
    get: (key) => act(async (store) => (await store.get(key)) ?? null),
    set: (key, text, ttlMs) => act((store) => store.set(key, text, ttlMs)),
    delete: (key) => act((store) => store.delete(key)),
    lease: (key, ttlMs) => act((store) => store.lease?.(key, ttlMs)),
    publish: (channel, message) => act((store) => store.publish?.(channel, message)),
  }
}
