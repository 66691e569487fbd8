import { andThen, type MaybePromise, type SafeStorage, type Storage } from '../core/ports.ts'
import { within } from '../core/within.ts'
import { GuidonError } from '../model/errors.ts'

/** How long a storage may think about one operation before guidon goes on without it. */
const PATIENCE_MS = 2_000

/** A storage with a switch: while it is off, all is in memory, and nothing of ours on the device. */
export interface ConsentedStorage extends SafeStorage {
  /** Moves all there is to where it may be now. */
  allow(isAllowed: boolean): MaybePromise<unknown>
}

/**
 * Any storage, made harmless: it never throws, rejects or hangs, and one that answers at once still does. What goes
 * wrong costs persistence, not flags; the first time is told.
 *
 * @param prefix what all keys begin with: ours, in a storage that others use as well.
 * @param isAllowed whether the device may be used. If not, what an earlier session left is removed.
 */
export const safeStorage = (
  device: Storage,
  prefix: string,
  onError: (error: GuidonError) => void,
  isAllowed: boolean,
): ConsentedStorage => {
  const memory: Storage = new Map<string, string>()
  let place = isAllowed ? device : memory
  /** Who comes while all is moved waits. */
  let moving: MaybePromise<unknown>
  let told: boolean | undefined

  const fail = (cause: unknown): false => {
    if (!told) onError(new GuidonError('storage', 'nothing is kept', { cause }))
    told = true
    return false
  }
  const operate = <T>(operation: () => MaybePromise<T>): MaybePromise<T | false> =>
    andThen(moving, () => {
      try {
        const answer = operation()
        return (answer as Promise<T> | undefined)?.then
          ? within(PATIENCE_MS, answer as Promise<T>).catch(fail)
          : answer
      } catch (cause) {
        return fail(cause)
      }
    })

  const move = (from: Storage, to: Storage) => {
    moving = operate(async () => {
      for (const key of [...(await from.keys())]) {
        if (!key.startsWith(prefix)) continue
        const text = await from.get(key)
        if (text) await to.set(key, text)
        await from.delete(key)
      }
    })
  }
  // What an earlier session left goes nowhere.
  if (!isAllowed) move(device, new Map())

  return {
    get: (key) => operate(() => place.get(prefix + key)),
    set: (key, text) => operate(() => andThen(place.set(prefix + key, text), () => true)),
    delete: (key) => operate(() => andThen(place.delete(prefix + key), () => true)),
    allow(isAllowed) {
      const from = place
      place = isAllowed ? device : memory
      if (place !== from) move(from, place)
      return moving
    },
  }
}
