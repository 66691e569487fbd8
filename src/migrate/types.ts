import type { Client, ClientOptions } from 'guidon'

// The official client's public types, by its names, so that code that imports them compiles after the move.

/** Where the flags that are shown come from. An enum, because theirs is one, and no text is assignable to an enum. */
export enum FlagSource {
  NONE = 'NONE',
  DEFAULT_FLAGS = 'DEFAULT_FLAGS',
  CACHE = 'CACHE',
  SERVER = 'SERVER',
}

/** A flag's value, or a trait's. */
export type IFlagsmithValue<T = string | number | boolean | null> = T

/** The experiment that a flag was evaluated in. */
export interface IFlagsmithExperiment {
  id: number
  name: string
  /** Whether this identity takes part. */
  inExperiment: boolean
}

/** A flag, as `getAllFlags()` and the hooks give it. */
export interface IFlagsmithFeature<Value = IFlagsmithValue> {
  /** The server's number for it. Not known of flags that come from the device. */
  id?: number
  enabled: boolean
  value: Value
  variant?: string
  reason?: string
  experiment?: IFlagsmithExperiment
}

/** A trait's value, and whether it is for this evaluation only. */
export interface TraitEvaluationContext {
  transient?: boolean
  // biome-ignore lint/suspicious/noExplicitAny: as theirs.
  value: any
  // biome-ignore lint/suspicious/noExplicitAny: as theirs.
  [property: string]: any
}
/** The environment of a context, by its client-side key. */
export interface EnvironmentEvaluationContext {
  apiKey: string
  // biome-ignore lint/suspicious/noExplicitAny: as theirs.
  [property: string]: any
}
/** The user of a context. */
export interface IdentityEvaluationContext {
  identifier?: null | string
  traits?: { [key: string]: null | TraitEvaluationContext }
  transient?: boolean | null
  // biome-ignore lint/suspicious/noExplicitAny: as theirs.
  [property: string]: any
}
/** Where flags are evaluated, and for whom: what `getContext()` gives. */
export interface EvaluationContext {
  environment?: null | EnvironmentEvaluationContext
  identity?: null | IdentityEvaluationContext
  // biome-ignore lint/suspicious/noExplicitAny: as theirs.
  [property: string]: any
}

/** A trait as an app writes it. */
export type IFlagsmithTrait = IFlagsmithValue | TraitEvaluationContext
/** Flags by name. */
export type IFlags<F extends string = string> = Record<F, IFlagsmithFeature>
/** Traits by name, as an app writes them. */
export type ITraits<T extends string = string> = Record<T, IFlagsmithTrait>
/** Traits by name, as a context has them. `null` removes one. */
export type Traits<T extends string = string> = Record<T, TraitEvaluationContext | null>

/** A context as an app writes it: traits may be plain values. */
export interface ClientIdentityEvaluationContext extends Omit<IdentityEvaluationContext, 'traits'> {
  traits?: null | ITraits
}
/** What `setContext()` and `updateContext()` take. */
export interface ClientEvaluationContext extends Omit<EvaluationContext, 'identity'> {
  identity?: null | ClientIdentityEvaluationContext
}

/** The second argument of `getValue()`. */
// biome-ignore lint/suspicious/noExplicitAny: as theirs.
export type GetValueOptions<T = Array<any> | object> = {
  skipAnalytics?: boolean
  /** Parses the value as JSON. */
  json?: boolean
  /** For a flag that is unknown or has no value, and with `json` for a value that is not JSON. */
  fallback?: T
}
/** The second argument of `hasFeature()`. A boolean is `skipAnalytics`. */
export type HasFeatureOptions = { skipAnalytics?: boolean; fallback?: boolean } | boolean

/** An identifier. */
export type IIdentity<T = string> = T

/** What `onChange` is told. */
export interface IRetrieveInfo {
  isFromServer: boolean
  flagsChanged: string[] | null
  traitsChanged: string[] | null
}

/** What `getState()` gives: for a page that a server renders. */
export interface IState<F extends string = string> {
  api: string
  flags?: IFlags<F>
  evaluationContext?: EvaluationContext
  evaluationEvent?: Record<string, Record<string, number>> | null
  ts?: number
  identity?: string
}

/** What is under way, and where the flags come from. */
export type LoadingState = {
  error: Error | null
  isFetching: boolean
  /** There are no flags yet. */
  isLoading: boolean
  source: FlagSource
}

/** Hears of new flags and traits: the flags before, what has changed, and the state. */
export type OnChange<F extends string = string> = (
  previousFlags: IFlags<F> | null,
  params: IRetrieveInfo,
  loadingState: LoadingState,
) => void

/** The app's name and version. They go along as headers, as the official client sends them. */
export type ApplicationMetadata = { name: string; version?: string }

/** Not used, and told by `onError`: see docs/migrating.md. */
export type IDatadogRum = {
  trackTraits: boolean
  client: {
    setUser: (newUser: { [x: string]: unknown }) => void
    getUser: () => { [x: string]: unknown }
    // biome-ignore lint/suspicious/noExplicitAny: as theirs.
    [extraProps: string]: any
  }
}
/** Not used, and told by `onError`: see docs/migrating.md. */
export type ISentryClient =
  | {
      getIntegrationByName(
        name: 'FeatureFlags',
      ): { addFeatureFlag(flag: string, enabled: boolean): void } | undefined
    }
  | undefined

type ICacheOptions = {
  /** How long stored flags count, in milliseconds. `0`: for ever. */
  ttl?: number
  /** No request at the start when the device has flags. */
  skipAPI?: boolean
  /** Where the official client kept its flags, when not where it does by itself. */
  storageKey?: string
  /** Stored flags that are too old are shown all the same, until the server has answered. */
  loadStale?: boolean
}

type FKey<F> = F extends string ? F : keyof F
// biome-ignore lint/suspicious/noExplicitAny: as theirs.
type FValue<F, K extends FKey<F>> = F extends Record<string, any> ? F[K] | null : IFlagsmithValue

/** What can be said of `createClient()` as well, for a team that is on its way: above all `guards`. */
type NativeOptions = Partial<
  Omit<ClientOptions, 'environmentKey' | 'api' | 'identity' | 'defaults' | 'snapshot' | 'fetch'>
>

/** What `init()` takes. */
export interface IInitConfig<
  // biome-ignore lint/suspicious/noExplicitAny: as theirs.
  F extends string | Record<string, any> = string,
  T extends string = string,
> extends NativeOptions {
  // biome-ignore lint/suspicious/noExplicitAny: as theirs.
  AsyncStorage?: any
  api?: string
  evaluationContext?: ClientEvaluationContext
  cacheFlags?: boolean
  cacheOptions?: ICacheOptions
  datadogRum?: IDatadogRum
  sentryClient?: ISentryClient
  defaultFlags?: IFlags<FKey<F> & string>
  // biome-ignore lint/suspicious/noExplicitAny: as theirs.
  fetch?: any
  realtime?: boolean
  eventSourceUrl?: string
  enableAnalytics?: boolean
  enableDynatrace?: boolean
  enableLogs?: boolean
  // biome-ignore lint/suspicious/noExplicitAny: as theirs.
  angularHttpClient?: any
  environmentID?: string
  headers?: object
  identity?: IIdentity
  traits?: ITraits<T>
  onChange?: OnChange<FKey<F> & string>
  onError?: (err: Error) => void
  preventFetch?: boolean
  state?: IState
  _trigger?: () => void
  _triggerLoadingState?: () => void
  applicationMetadata?: ApplicationMetadata
  enableEvents?: boolean
  eventProcessorConfig?: { eventsApiUrl?: string; maxBuffer?: number; flushInterval?: number }
}

/** What goes along with an event. */
export type EventOptions = {
  identifier?: string | null
  value?: IFlagsmithValue
  traits?: ITraits
  metadata?: Record<string, unknown>
}

/** The official client's interface, member by member. What is different, and why: docs/migrating.md. */
export interface IFlagsmith<
  // biome-ignore lint/suspicious/noExplicitAny: as theirs.
  F extends string | Record<string, any> = string,
  T extends string = string,
> {
  init: (config: IInitConfig<FKey<F>, T>) => Promise<void>
  setContext: (context: ClientEvaluationContext) => Promise<void>
  updateContext: (context: ClientEvaluationContext) => Promise<void>
  getContext: () => EvaluationContext
  getFlags: () => Promise<void>
  getAllFlags: () => IFlags<FKey<F> & string>
  identify: (userId: string, traits?: Record<T, IFlagsmithTrait>) => Promise<void>
  getState: () => IState
  setState: (state: IState) => void
  logout: () => Promise<void>
  startListening: (interval?: number) => void
  stopListening: () => void
  hasFeature: (key: FKey<F>, optionsOrSkipAnalytics?: HasFeatureOptions) => boolean
  getValue<K extends FKey<F>>(
    key: K,
    options?: GetValueOptions<FValue<F, K>>,
    skipAnalytics?: boolean,
  ): IFlagsmithValue<FValue<F, K>>
  getTrait: (key: T) => IFlagsmithValue
  getAllTraits: () => Record<string, IFlagsmithValue>
  setTrait: (key: T, value: IFlagsmithTrait) => Promise<void>
  setTraits: (traits: ITraits) => Promise<void>
  trackEvent: (event: string, opts?: EventOptions) => void
  trackExposureEvent: (featureName: string, opts?: EventOptions) => void
  getExperimentFlag: (featureName: string) => IFlagsmithFeature | null
  flushEvents: () => Promise<void>
  readonly eventsEnabled: boolean
  identity?: IIdentity
  initialised?: boolean
  loadingState?: LoadingState
  _trigger?: () => void
  _triggerLoadingState?: () => void
  cacheOptions: { ttl: number; skipAPI: boolean; loadStale: boolean }
  api: string
}

/** An instance: the official interface, and the client that does the work. */
export interface Flagsmith<
  // biome-ignore lint/suspicious/noExplicitAny: as theirs.
  F extends string | Record<string, any> = string,
  T extends string = string,
> extends IFlagsmith<F, T> {
  /** The client underneath, from `init` on: what is moved already calls it. A new `init` makes another one. */
  readonly client: Client | undefined
}

/** An answer of the API, as the official types call it. */
export interface IFlagsmithResponse {
  identifier?: string
  traits?: { trait_key: string; trait_value: IFlagsmithValue; transient?: boolean }[]
  flags?: {
    enabled: boolean
    feature_state_value: IFlagsmithValue
    variant?: string
    reason?: string
    feature: { id: number; name: string }
    metadata?: {
      experiment?: { id: number; name: string; in_experiment: boolean }
      [key: string]: unknown
    }
  }[]
}
/** Only for code that imports it. */
export type DynatraceObject = {
  javaLongOrObject: Record<string, number>
  date: Record<string, Date>
  shortString: Record<string, string>
  javaDouble: Record<string, number>
}
