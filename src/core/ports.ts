/** A value that is there already, or comes later. Code that takes one stays synchronous whenever it can. */
export type MaybePromise<T> = T | Promise<T>

/** Goes on with a value: at once when it is there, later when it is a promise (of any make). */
export const andThen = <T, R>(
  value: MaybePromise<T>,
  next: (value: T) => MaybePromise<R>,
): MaybePromise<R> =>
  (value as Promise<T> | undefined)?.then ? Promise.resolve(value).then(next) : next(value as T)

/** Marks a promise as looked after: who awaits it still sees it reject, who does not causes no unhandled rejection. */
export const quiet = <T>(promise: Promise<T>): Promise<T> => {
  promise.catch(() => {})
  return promise
}

/**
 * Where guidon keeps text. Each method answers now or later; a store that answers now makes the start synchronous.
 * It may throw, reject or hang: guidon wraps it.
 */
export interface Storage {
  get(key: string): MaybePromise<string | null | undefined>
  set(key: string, text: string): MaybePromise<unknown>
  delete(key: string): MaybePromise<unknown>
  keys(): MaybePromise<Iterable<string>>
}

/** A storage that never throws, rejects or hangs. `false` says that it did not work. */
export interface SafeStorage {
  get(key: string): MaybePromise<string | null | undefined | false>
  set(key: string, text: string): MaybePromise<boolean>
  delete(key: string): MaybePromise<unknown>
}

/** Milliseconds since 1970 that never run backwards within one client. */
export type Clock = () => number

/** Ends what was started. */
export type Stop = () => void

/** One end of several things. */
export const stopAll =
  // biome-ignore lint/suspicious/noConfusingVoidType: what starts nothing returns nothing.
    (...stops: readonly (Stop | void)[]): Stop =>
    () => {
      for (const stop of stops) stop?.()
    }
