import type { Storage } from '../core/ports.ts'
import type { ApplyPolicy } from '../core/store.ts'
import { GuidonError } from '../model/errors.ts'
import type { Defaults, SnapshotData } from '../model/snapshot.ts'
import type { TraitInputs } from '../model/trait.ts'
import type { OutboxOptions } from '../outbox/outbox.ts'
import type { RandomSource } from '../privacy/guid.ts'
import type { Fetch } from '../transport/platform.ts'
import type { Consent, Extension } from './client.ts'
import type { GuardOptions } from './guards.ts'

/** A user: an opaque identifier, and what is known of them. Without `id`, traits of a visitor nobody knows. */
export interface IdentityOptions {
  /** A GUID, or another opaque text of up to 2,000 characters. */
  readonly id?: string | undefined
  /** Known from the start. Persistent ones are a write, so the first request is a POST. */
  readonly traits?: TraitInputs | undefined
  /** Sent as transient, and kept nowhere. Default: `false`. */
  readonly transient?: boolean | undefined
}

/** What `createClient()` takes. Only `environmentKey` is needed, and an option that is `undefined` is one that was not said. */
export interface ClientOptions {
  /** The client-side key of the environment. A server-side key (`ser.…`) is refused. */
  readonly environmentKey: string
  /** The base of the SDK API. Default: Flagsmith's hosted edge. */
  readonly api?: string | undefined
  /** Who the user is. Default: nobody, which gives the environment's flags. */
  readonly identity?: string | IdentityOptions | undefined
  /** Without an `identity`, keep a generated GUID on the device and use that. Default: `false`. */
  readonly anonymous?: boolean | undefined
  /** Flags bundled with the app. */
  readonly defaults?: Defaults | undefined
  /** Flags that came with the page, from `snapshot()` on the server. Others' are not taken. */
  readonly snapshot?: SnapshotData | undefined
  /** Where flags are kept. Default: `localStorage` in pages, memory elsewhere. */
  readonly storage?: Storage | undefined
  /** How many identities' flags are kept; the longest unused goes first. Default: 5. */
  readonly keepIdentities?: number | undefined
  /**
   * Which traits go along with a request. `'complete'`: all that this app set in this session, which a server that keeps
   * none needs (the Edge Proxy). `'changed'`: those the server does not have yet, and transient ones, so that nothing that
   * another device wrote is overwritten. Default: `'complete'`.
   */
  readonly resend?: 'complete' | 'changed' | undefined
  /** How much the outbox holds: trait writes that wait for the server. */
  readonly outbox?: OutboxOptions | undefined
  /** When new values are shown: one answer for all flags, or by name (others: `'now'`). Default: `'now'`. */
  readonly apply?: ApplyPolicy | undefined
  /** Flags older than this are `stale`. Default: 300,000 (five minutes). */
  readonly maxAgeMs?: number | undefined
  /** Time limit of one request. Default: 10,000. */
  readonly timeoutMs?: number | undefined
  /** How often a request that failed in passing is tried again. Default: 2. */
  readonly retries?: number | undefined
  /** What the user agreed to so far. Default: both granted. */
  readonly consent?: Consent | undefined
  /** What the guards against personal data do. */
  readonly guards?: GuardOptions | undefined
  /** Extensions. */
  readonly use?: readonly Extension[] | undefined
  /** The `fetch` to use. Default: the global one, looked up at each request. */
  readonly fetch?: Fetch | undefined
  /** Fills bytes at random, where the runtime has no `crypto.getRandomValues`. */
  readonly random?: RandomSource | undefined
}

const HOSTED_API = 'https://edge.api.flagsmith.com/api/v1/'

/** The API's base, with its final slash. */
export const apiBase = (api = HOSTED_API): string => api.replace(/\/?$/, '/')

/** @throws GuidonError `invalid-option`, `server-side-key`. */
export const checkEnvironmentKey = (key: unknown): void => {
  if (typeof key !== 'string' || !key) throw new GuidonError('invalid-option', 'environmentKey')
  if (/^\s*ser\./.test(key)) throw new GuidonError('server-side-key', 'environmentKey')
}
