import type { Extension } from '../client/client.ts'
import { type AwakeOptions, createAwake } from './awake.ts'
import { createPoller } from './poller.ts'

/** What `polling()` takes. */
export interface PollingOptions extends AwakeOptions {
  /** From the end of one poll to the next, on average. At least 1,000; `Infinity` pauses. Default: 60,000. */
  readonly intervalMs?: number | undefined
}

/** The extension, whose pace can be changed. */
export type Polling = Extension & {
  /** Another interval, from now on and in all clients that use this. What is overdue by it is done at once. */
  setInterval(ms: number): void
}

/**
 * Refreshes again and again while the app is visible and online; when it comes back at once, if a poll is overdue.
 *
 * The wait between the end of a poll and the next is uniformly distributed over 0.75 to 1.25 times `intervalMs`. Each
 * failure in a row doubles it, up to 15 minutes; and no poll is made before `client.status.nextAttemptAt`.
 *
 * @example
 * const poll = polling({ intervalMs: 30_000 })
 * createClient({ environmentKey, use: [poll] })
 * poll.setInterval(5_000)
 */
export const polling = ({ intervalMs = 60_000, ...sources }: PollingOptions = {}): Polling => {
  const plans = new Set<() => void>()
  const extend: Extension = (inside) => {
    const { plan, stop } = createPoller(inside, createAwake(sources), () => intervalMs)
    plans.add(plan)
    return () => {
      plans.delete(plan)
      stop()
    }
  }
  return Object.assign(extend, {
    setInterval(ms: number) {
      intervalMs = ms
      for (const plan of plans) plan()
    },
  })
}
