import type { GuidonError } from '../model/errors.ts'

/** No wait of our own is longer than a minute, … */
const LONGEST_MS = 60_000
/** … and none that a server asks for (`Retry-After`) than an hour. */
export const LONGEST_ASKED_MS = 3_600_000

/**
 * How long to wait after so many failures in a row (from 1): up to a second, then two, four …, with full jitter, so that
 * the clients of a server that comes back do not all return at once. What the server asks for comes on top.
 */
export const backoffMs = (
  failures: number,
  { retryAfterMs = 0 }: Pick<GuidonError, 'retryAfterMs'> = {},
): number =>
  Math.min(retryAfterMs, LONGEST_ASKED_MS) + Math.random() * Math.min(2 ** failures * 500, LONGEST_MS)

/**
 * Whether the same request is worth another try soon. Other errors are answers, and asking again changes nothing; and a
 * server that asks for a longer wait than ours is left alone.
 */
export const isPassing = ({ code, status = 0, retryAfterMs = 0 }: GuidonError): boolean =>
  (code === 'network' || code === 'timeout' || status > 499 || status === 429) && retryAfterMs < LONGEST_MS
