import type { Inside } from '../client/client.ts'
import type { Stop } from '../core/ports.ts'
import type { Source } from './awake.ts'

/** No two polls are planned closer together, whatever an app says. */
const LEAST_MS = 1_000
/** No wait is stretched by failures beyond a quarter of an hour. */
const LONGEST_MS = 900_000
/** Timers cannot run longer than 24 days. When one ends that had to be shorter, nothing is due yet. */
const LONGEST_TIMER_MS = 1e9

/** Refreshes when it is time, while awake, and never twice at once. */
export interface Poller {
  /** Refreshes now, also when a request is out already: that one may not know the news. */
  now(): void
  /** Looks again at what is due: what that depends on has changed. */
  plan(): void
  stop: Stop
}

/**
 * The next poll is due `everyMs()` after the last has settled, times a random number between 0.75 and 1.25 (uniform, drawn
 * anew each time), so that apps that were opened together drift apart. Each failure in a row doubles that wait, up to 15
 * minutes, and it never ends before `status.nextAttemptAt`. While hidden or offline no timer runs; what fell due
 * meanwhile is done on return, when failures are forgotten.
 *
 * @param rests while it says yes, nothing is due but what failed
 */
export const createPoller = (
  inside: Inside,
  awake: Source,
  everyMs: () => number,
  rests?: () => boolean,
): Poller => {
  const { client, clock } = inside
  let timer: ReturnType<typeof setTimeout> | undefined
  /** Refreshes that have not settled. */
  let out = 0
  let failures = 0
  /** Before the first of its own, only the age of the flags counts. */
  let settledAt = 0
  let spread!: number

  const settled = () => {
    spread = 0.75 + Math.random() / 2
    plan()
  }

  const run = async (ask: () => Promise<void>) => {
    clearTimeout(timer)
    out++
    await ask().catch(() => {})
    if (--out) return
    failures = client.status.nextAttemptAt ? failures + 1 : 0
    settledAt = clock()
    settled()
  }

  const plan = () => {
    clearTimeout(timer)
    if (out || !awake.current() || (!failures && rests?.())) return
    const ms = Math.max(everyMs() || 0, LEAST_MS)
    const wait = spread * Math.max(ms, Math.min(ms * 2 ** failures, LONGEST_MS))
    const now = clock()
    // What the app or another tab brought meanwhile counts as well.
    const since = Math.max(settledAt, now - inside.ageMs())
    const left = Math.max(since + wait, client.status.nextAttemptAt ?? 0) - now
    // It plans anew instead of running: the app may have asked meanwhile, and been told to wait.
    if (left > 0) timer = setTimeout(plan, Math.min(left, LONGEST_TIMER_MS))
    else run(client.refresh)
  }

  const deaf = awake.subscribe(() => {
    failures = 0
    plan()
  })
  settled()
  return {
    now: () => void run(inside.refresh),
    plan,
    stop() {
      // One that never settles: nothing is planned any more.
      out++
      deaf()
      clearTimeout(timer)
    },
  }
}
