import { andThen, type MaybePromise, type SafeStorage } from './ports.ts'

/**
 * A list on the device, as JSON. What is no list is an empty one; and its items are whatever somebody has put there.
 *
 * @returns changes the list: reads it, lets `edit` make another, and writes that when it differs, one change after the
 * other. Says whether the device has it now. Synchronous where the storage and `edit` are.
 */
export const createList = <T>(storage: SafeStorage, key: string) => {
  let last: MaybePromise<unknown>
  return (edit: (list: T[]) => MaybePromise<T[]>): MaybePromise<boolean> => {
    const change = andThen(last, () =>
      andThen(storage.get(key), (before) => {
        let list: T[] = []
        try {
          list = [...JSON.parse(before as string)]
        } catch {}
        return andThen(edit(list), (after) => {
          const text = JSON.stringify(after)
          return text === (before || '[]') || storage.set(key, text)
        })
      }),
    )
    last = change
    return change
  }
}
