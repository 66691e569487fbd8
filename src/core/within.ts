import { GuidonError } from '../model/errors.ts'

/** What every runtime has: this room compiles without a platform's types. */
declare const setTimeout: (action: () => void, ms: number) => number
declare const clearTimeout: (timer: number | undefined) => void

/** The part of an AbortSignal that is used. */
interface Signal {
  onabort: ((event: never) => void) | null
}

/**
 * A promise that is waited for only so long: at most 23 days, for timers count in 32 bits and take what is longer for nothing.
 *
 * @throws GuidonError `timeout` after `ms` milliseconds, or as soon as `signal` aborts.
 */
export const within = <T>(ms: number, promise: Promise<T>, signal?: Signal): Promise<T> => {
  let timer: number | undefined
  return new Promise<T>((resolve, reject) => {
    const giveUp = () => reject(new GuidonError('timeout', `after ${ms} ms`))
    timer = setTimeout(giveUp, Math.min(ms, 2e9))
    if (signal) signal.onabort = giveUp
    promise.then(resolve, reject)
  }).finally(() => clearTimeout(timer))
}
