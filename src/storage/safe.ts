import { andThen, type MaybePromise, type SafeStorage, type Storage } from '../core/ports.ts'
import { within } from '../core/within.ts'
import { GuidonError } from '../model/errors.ts'

/** How long a storage may think about one operation before guidon goes on without it. */
const PATIENCE_MS = 2_000

/**
 * Any storage, made harmless: it never throws, rejects or hangs, and one that answers at once still does. What goes
 * wrong costs persistence, not flags; the first time is told.
 *
 * @param prefix what all keys begin with: ours, in a storage that others use as well.
 */
export const safeStorage = (
  storage: Storage,
  prefix: string,
  onError: (error: GuidonError) => void,
): SafeStorage => {
  let told = false
  const fail = (cause: unknown): false => {
    if (!told) onError(new GuidonError('storage', 'nothing is kept', { cause }))
    told = true
    return false
  }

  const attempt = <T>(operate: () => MaybePromise<T>): MaybePromise<T | false> => {
    try {
      const answer = operate()
      return answer instanceof Promise ? within(PATIENCE_MS, answer).catch(fail) : answer
    } catch (cause) {
      return fail(cause)
    }
  }

  return {
    get: (key) => attempt(() => andThen(storage.get(prefix + key), (text) => text)),
    set: (key, text) => attempt(() => andThen(storage.set(prefix + key, text), () => true)),
    delete: (key) => attempt(() => andThen(storage.delete(prefix + key), () => true)),
  }
}
