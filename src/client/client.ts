import type { Clock, SafeStorage, Stop } from '../core/ports.ts'
import type { GuidonError } from '../model/errors.ts'
import type { Flag, FlagValue, Source } from '../model/flag.ts'
import type { Identity } from '../model/identity.ts'
import type { Snapshot, SnapshotData } from '../model/snapshot.ts'
import type { TraitInputs } from '../model/trait.ts'
import type { IdentifierPolicy } from '../privacy/identifier.ts'
import type { TraitPolicy } from '../privacy/traits.ts'
import type { Send } from '../transport/http.ts'
import type { Fetch } from '../transport/platform.ts'
import type { FlagShapes, KnownFlags } from './known-flags.ts'

/** What `json()` gives without a schema: what was declared, else it is not known. */
export type Shape<K> = K extends keyof FlagShapes ? FlagShapes[K] : unknown

/** A flag's name. */
export type Name<F> = keyof F & string

/** `16` asks for a number, not for sixteen. */
export type Widen<T> = T extends string
  ? string
  : T extends number
    ? number
    : T extends boolean
      ? boolean
      : never

/** The part of a Standard Schema (standardschema.dev) that is used: zod, valibot, arktype and others offer it. */
export interface Schema<T> {
  readonly '~standard': {
    readonly version: 1
    readonly validate: (value: unknown) => SchemaResult<T> | Promise<SchemaResult<T>>
    readonly types?: { readonly input: unknown; readonly output: T } | undefined
  }
}
type SchemaResult<T> =
  | { readonly value: T; readonly issues?: undefined }
  | { readonly issues: readonly unknown[] }

/**
 * How it stands. `offline`: the last request found no server. `error`: it failed otherwise. Else `starting`: nothing but
 * defaults yet, and the first request is out; `refreshing`: one is out; `stale`: the flags are older than `maxAgeMs`; `fresh`.
 */
export interface Status {
  readonly state: 'starting' | 'fresh' | 'stale' | 'refreshing' | 'offline' | 'error'
  /** Why the last request failed, or why the identity was refused. */
  readonly error?: GuidonError | undefined
  /** No request is made by itself before this time: milliseconds since 1970. */
  readonly nextAttemptAt?: number | undefined
}

/** What `ready()` got. */
export interface Ready {
  /** Where the flags that are shown came from. */
  readonly source: Source
  /** Age of the flags in milliseconds. `Infinity` for bundled flags, and when the clock was set back. */
  readonly ageMs: number
  /** They are older than `maxAgeMs`. */
  readonly stale: boolean
  /** Why the last request failed, or why the identity was refused. */
  readonly error?: GuidonError | undefined
}

/** What `ready()` waits for, and how long. */
export interface ReadyOptions {
  /**
   * `'any'`: flags of this user, from wherever they come first: the device, the page or the network. `'network'`: the
   * server's answer. Default: `'any'`.
   */
  readonly from?: 'any' | 'network' | undefined
  /** The longest wait. Default: 5,000. */
  readonly timeoutMs?: number | undefined
}

/** A guard did something. Told with the kind of data and the trait's key, never with the data. */
export interface GuardEvent {
  /** What it looked at. */
  readonly subject: 'identifier' | 'trait'
  /** What it looked like: `'personal'`, `'guessable'`, or for traits `'email'`, `'phone'`, … */
  readonly kind: string
  /** What was done about it. */
  readonly action: IdentifierPolicy | TraitPolicy
  /** The trait's key. */
  readonly key?: string | undefined
}

/** What a client tells its listeners, a microtask after it happened. */
export interface ClientEvents {
  /** Flags look different now. Not told when a refresh brought nothing new. */
  change: { readonly changed: readonly string[]; readonly source: Source }
  /** Its state, or why it failed, is another one. */
  status: Status
  /** Something went wrong: what was asked for, or work in the background. */
  error: GuidonError
  /** A guard blocked, changed or let pass what looked personal. */
  guard: GuardEvent
  /** Something happened: an answer, another user, other traits, a failure. Told once for all that happens in a tick. */
  settled: undefined
}

/** What `createClient()` gives. Reads are synchronous and never throw; nothing they return can change the client. */
export interface Client<F extends object = KnownFlags> {
  /** Whether a flag is on. `fallback` (default `false`) is for a flag that is unknown. */
  isEnabled(name: Name<F>, fallback?: boolean): boolean
  /** A flag's value, whether it is on or off. `fallback` gives the type; a value of another type gives the fallback. */
  value<K extends Name<F>, V extends Widen<F[K]>>(name: K, fallback: V): Widen<V>
  /**
   * A value that is JSON, parsed anew at each call. With a `schema` (any Standard Schema, synchronous) it is checked and
   * typed; without one nobody has checked it, so it is `unknown`, or what `FlagShapes` says it was at build time. `fallback`
   * (default `undefined`) is for what is missing, broken or refused.
   */
  json<T>(name: Name<F>, options: { schema: Schema<T>; fallback: T }): T
  json<T>(name: Name<F>, options: { schema: Schema<T> }): T | undefined
  json<K extends Name<F>>(name: K, options: { fallback: Shape<K> }): Shape<K>
  json<K extends Name<F>>(name: K, options?: { fallback?: undefined }): Shape<K> | undefined
  /** All about a flag, or `undefined` for an unknown one. */
  flag(name: Name<F>): Flag | undefined
  /** All flags by name. The record has no prototype, so a flag may have any name. */
  all(): Readonly<Record<string, Flag>>

  /** The identifier that the server is told. `undefined`: these are the environment's flags. */
  readonly identity: string | undefined
  /** The traits this app set, as `setTraits` takes them. */
  traits(): TraitInputs
  /** How it stands at this moment. */
  readonly status: Status
  /** How many trait writes wait for the server, also for users who were here before. */
  readonly pending: number

  /** Waits for flags, never longer than its budget, and never rejects. */
  ready(options?: ReadyOptions): Promise<Ready>
  /** Fetches the flags. A request that is already out serves this call as well. */
  refresh(): Promise<void>
  /**
   * Becomes another user. Readers see that user's stored flags, or the defaults, at once; the promise waits for the server.
   *
   * Rejects with a GuidonError: of the guards (then nothing changed and nothing was sent), of the network (then the flags
   * of the device are shown), `superseded` when yet another user came in between.
   */
  identify(id: string, traits?: TraitInputs): Promise<void>
  /** Adds traits, or removes them with `null`. All or none: one that is refused keeps the others from being set. */
  setTraits(traits: TraitInputs): Promise<void>
  /**
   * Logs out: what is kept of this user is removed from the device, and readers see the environment's flags. The promise
   * waits for the removal and the server, and does not reject: offline you are logged out all the same.
   */
  reset(): Promise<void>

  /**
   * What the user agreed to, or does not any more. The session goes on as it is; the promise waits for the device. Other tabs
   * are to be told by the app.
   */
  setConsent(consent: Consent): Promise<void>

  /**
   * The store contract of Svelte: calls with the client at once, and whenever flags look different. In a component,
   * `$flags.isEnabled('new-checkout')`.
   */
  subscribe(run: (client: this) => void): Stop
  /** Hears of an event, until the function that it gives back is called. A listener that throws stops no other. */
  on<E extends keyof ClientEvents>(event: E, listener: (payload: ClientEvents[E]) => void): Stop
  /** Hears of one flag, with what it is now. */
  onFlag(name: Name<F>, listener: (flag: Flag | undefined) => void): Stop

  /** Adds an extension: one that is loaded later than the client is made. It ends with the client; of a closed one it does not begin. */
  use(extension: Extension): void
  /** What is shown, as plain data for a page. `shared` leaves the identity out: for a page that many visitors get. */
  snapshot(options?: { shared?: boolean | undefined }): SnapshotData
  /** Stops all it started. Reads go on; calls that need the network reject with `closed`. */
  close(): void
}

/** What the user agreed to. What is not said is as it was: in the beginning granted. */
export interface Consent {
  /** Flags, waiting trait writes and an anonymous GUID on the device. Without it: in memory, and the device is wiped. */
  readonly storage?: boolean
  /** Counts of evaluations and events, for the extensions that collect them. Without it: not collected, and removed. */
  readonly analytics?: boolean
}

/**
 * What an extension sees. It may replace methods of `client` by its own that call them: it gets the very object that the
 * app gets, and before the app does.
 */
export interface Inside {
  /** An extension is for any app, so it knows no flags: not even those of `FlagTypes`, which no other door has heard of. */
  readonly client: Client<Record<string, FlagValue>> & {
    /** Tells an event a microtask later. Who replaces reads tells with it that flags look different. */
    emit<E extends keyof ClientEvents>(event: E, payload?: ClientEvents[E]): Promise<void>
  }
  readonly environmentKey: string
  /** The API's base, with its final slash. */
  readonly api: string
  readonly storage: SafeStorage
  /** Who the client is for, and whether they are transient: of those nothing may be kept. */
  identity(): Identity | undefined
  readonly clock: Clock
  /** The age of the flags that are shown. `Infinity` for bundled flags, and when the clock was set back. */
  ageMs(): number
  /** By which all requests go, looked up at each. An extension may replace it by its own that calls it. */
  fetch: Fetch
  /** The client's road to a server: requests with its key and its time limit. They reject with a GuidonError. */
  readonly road: (base: string) => Send
  /**
   * An extension says that there is no network though there is one, and tells `settled` when it says another thing. Then what
   * one tab does for all is done by another.
   */
  isOffline?: boolean
  /** What the user agrees to at this moment. */
  consent(): Required<Consent>
  /** The class of all errors, for a door that has no copy of its own. */
  readonly GuidonError: typeof GuidonError
  /** Tells the `error` event. */
  readonly report: (error: GuidonError) => void
  /** The flags that came last, whether they are shown already or wait for the next start. */
  latest(): Snapshot
  /** Takes flags that another client was given for the same user with the same traits. Older ones are not taken. */
  take(snapshot: Snapshot): void
  /** Like `client.refresh()`, but a request that is already out does not count: one more follows. */
  refresh(): Promise<void>
}

/** Something optional, passed in `use: […]`. What it starts it stops. */
// biome-ignore lint/suspicious/noConfusingVoidType: an extension that starts nothing returns nothing.
export type Extension = (inside: Inside) => Stop | void
