/**
 * What went wrong, as a code to branch on. `docs/errors.md` says for each what happened and what to do.
 *
 * - Wiring, thrown by `createClient`: `invalid-option`, `server-side-key`.
 * - Guards: `personal-identifier`, `guessable-identifier`, `invalid-identifier`, `personal-trait`, `invalid-trait`.
 * - The outbox: `dropped-trait` (a trait that the server will never have).
 * - The road: `network` (no answer: offline, reset, CORS), `timeout`, `http` (a status that is not a success),
 *   `redirect`, `payload` (an answer that is not flags).
 * - The client: `superseded` (another user came in between), `closed`.
 * - The surroundings: `storage`, `listener` (a listener of yours threw), `unsupported` (the runtime lacks something).
 */
export type ErrorCode =
  | 'invalid-option'
  | 'server-side-key'
  | 'personal-identifier'
  | 'guessable-identifier'
  | 'invalid-identifier'
  | 'personal-trait'
  | 'invalid-trait'
  | 'dropped-trait'
  | 'network'
  | 'timeout'
  | 'http'
  | 'redirect'
  | 'payload'
  | 'superseded'
  | 'closed'
  | 'storage'
  | 'listener'
  | 'unsupported'

/** What some codes carry besides the message. */
export interface ErrorDetails {
  /** The error underneath, when there is one. */
  cause?: unknown
  /** `http`: the status of the answer. */
  status?: number
  /** `http`: how long the server asked us to wait (its `Retry-After`), in milliseconds. */
  retryAfterMs?: number | undefined
  /** `personal-trait`, `invalid-trait`, `dropped-trait`: the trait's key. Never its value. */
  key?: string | undefined
}

/** The one error class of guidon. A message says what happened and what to do, and never repeats personal data. */
export class GuidonError extends Error {
  declare readonly name: 'GuidonError'
  /** What to branch on. */
  declare readonly code: ErrorCode
  /** `http`: the status of the answer. */
  declare readonly status?: number | undefined
  /** `http`: how long the server asked us to wait, in milliseconds. */
  declare readonly retryAfterMs?: number | undefined
  /** The trait's key, where it is about one. */
  declare readonly key?: string | undefined

  constructor(code: ErrorCode, message: string, details?: ErrorDetails) {
    super(`[guidon] ${code}: ${message}`, details)
    Object.assign(this, { name: 'GuidonError', code }, details)
  }
}
