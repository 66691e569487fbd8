import type { MaybePromise, Storage } from '../core/ports.ts'

/** The three methods that every version of React Native's AsyncStorage has, and wrappers of MMKV and others offer. */
export interface AsyncStorageLike {
  getItem(key: string): MaybePromise<string | null | undefined>
  setItem(key: string, text: string): MaybePromise<unknown>
  removeItem(key: string): MaybePromise<unknown>
}

/** The keys in use, as a JSON list: three methods cannot list them, so the list is kept beside them. */
const LIST = 'guidon.keys'

/**
 * React Native's AsyncStorage, or anything of its three-method shape. The object is handed in, so that guidon
 * depends on no native module and on none of AsyncStorage's versions.
 *
 * @example createClient({ …, storage: asyncStorage(AsyncStorage) })
 */
export const asyncStorage = (native: AsyncStorageLike): Storage => {
  const keys = async (): Promise<string[]> => {
    try {
      const list = JSON.parse((await native.getItem(LIST)) ?? '[]')
      return Array.isArray(list) ? list : []
    } catch {
      return []
    }
  }

  // The list is read, changed and written: two changes at once would lose one.
  let queue: Promise<unknown> = Promise.resolve()
  const inTurn = (change: () => Promise<unknown>) => {
    const done = queue.then(change)
    queue = done.catch(() => {})
    return done
  }

  return {
    get: (key) => native.getItem(key),
    set: (key, text) =>
      inTurn(async () => {
        // The list first: a key that is listed and absent does no harm, one that is there and not listed is never found.
        const listed = await keys()
        if (!listed.includes(key)) await native.setItem(LIST, JSON.stringify([...listed, key]))
        await native.setItem(key, text)
      }),
    delete: (key) =>
      inTurn(async () => {
        await native.removeItem(key)
        const listed = await keys()
        if (listed.includes(key)) {
          await native.setItem(LIST, JSON.stringify(listed.filter((other) => other !== key)))
        }
      }),
    keys,
  }
}
