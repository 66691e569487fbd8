import { andThen, type MaybePromise, type SafeStorage } from './ports.ts'

/**
 * A list on the device, as JSON or as `print` and `read` have it. What is no list is an empty one; and its items are
 * whatever somebody has put there.
 *
 * @returns changes the list: reads it, lets `edit` make another, writes that when it differs, and gives it; one change
 * after the other. Synchronous where the storage and `edit` are. What the device does not take is remembered.
 */
export const createList = <T>(
  storage: SafeStorage,
  key: string,
  read: (text: string) => T[] = JSON.parse,
  print: (list: T[]) => string = JSON.stringify,
) => {
  let kept: T[] | undefined
  let last: MaybePromise<unknown>
  return (edit: (list: T[]) => MaybePromise<T[]>): MaybePromise<T[]> => {
    const change = andThen(last, () =>
      andThen(storage.get(key), (before) => {
        let list: T[] = []
        try {
          list = kept ?? [...read(before as string)]
        } catch {}
        return andThen(edit(list), (after) => {
          const text = print(after)
          return andThen(text === (before || print([])) || storage.set(key, text), (taken) => {
            kept = taken ? undefined : after
            return after
          })
        })
      }),
    )
    last = change
    return change
  }
}
