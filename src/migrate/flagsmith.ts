import { createCalls } from './calls.ts'
import { flagsOf } from './flags.ts'
import { sameName } from './names.ts'
import { loadingOf } from './news.ts'
import type { Open } from './session.ts'
import { stateOf } from './state.ts'
import type {
  EventOptions,
  Flagsmith,
  GetValueOptions,
  HasFeatureOptions,
  IFlagsmithFeature,
  IInitConfig,
} from './types.ts'
import { contextOf, plainTraits } from './user.ts'

// Here is each member. What they share is the session (session.ts); what begins one or changes it is in calls.ts.

/**
 * An instance with the interface of the official client (`@flagsmith/flagsmith`), on top of ours. What is different, and
 * why: docs/migrating.md.
 *
 * @example
 * const flagsmith = createFlagsmithInstance()
 * await flagsmith.init({ environmentID: 'your-client-side-key', cacheFlags: true, onChange: render })
 */
export const createFlagsmithInstance = <F extends string = string, T extends string = string>(): Flagsmith<
  F,
  T
> => {
  const [now, load, withMore, calls] = createCalls(() => flagsmith as never)

  /** All flags, once there is a client. */
  const flags = () => now().client && flagsOf(now() as Open)

  /** A flag that somebody reads. */
  const flagOf = (name: string, isSkipped?: boolean): IFlagsmithFeature | undefined => {
    if (!isSkipped) withMore((more) => more.count(name))
    return flags()?.[sameName(name)]
  }

  const flagsmith = {
    get client() {
      return now().client
    },
    get identity() {
      return now().client?.identity
    },
    get initialised() {
      return !!now().client
    },
    get loadingState() {
      return loadingOf(now())
    },
    get eventsEnabled() {
      return !!now().config.enableEvents
    },
    get api() {
      return now().inside?.api
    },
    get cacheOptions() {
      return { ttl: 0, skipAPI: false, loadStale: false, ...now().config.cacheOptions }
    },
    _trigger: undefined as IInitConfig['_trigger'],
    _triggerLoadingState: undefined as IInitConfig['_triggerLoadingState'],

    // What begins a session, or changes who it is for: `init`, `identify`, `setTraits`, `logout` and their like.
    ...calls,

    // Who it is, and where.
    getContext: () => contextOf(now()),
    getTrait(key: string) {
      const traits = plainTraits(now())
      const name = Object.keys(traits).find((name) => sameName(name) === sameName(key))
      return traits[key] ?? traits[name as string]
    },
    getAllTraits: () => plainTraits(now()),

    // Flags.
    hasFeature(name: string, options?: HasFeatureOptions) {
      const { fallback = false, skipAnalytics } = Object(options)
      return flagOf(name, options === true || skipAnalytics)?.enabled ?? fallback
    },
    getValue(name: string, options: GetValueOptions<unknown> = {}, isSkipped?: boolean) {
      const { fallback, json, skipAnalytics } = options
      const value = flagOf(name, isSkipped || skipAnalytics)?.value ?? null
      if (value === null) return fallback ?? null
      try {
        return json ? JSON.parse(value as string) : value
      } catch {
        return fallback
      }
    },
    getAllFlags: flags,

    /** What a server hands on to a page. */
    getState: () => stateOf(now()),

    // What loads when it is asked for.
    startListening(intervalMs = 1000) {
      load()
      withMore((more) => more.poll(intervalMs, now().inside))
    },
    stopListening: () => withMore((more) => more.poll()),
    trackEvent: (event: string, options?: EventOptions) =>
      withMore((more) => more.trackEvent(event, options)),
    trackExposureEvent: (name: string, options?: EventOptions) =>
      withMore((more) => more.trackExposureEvent(name, options)),
    getExperimentFlag(name: string) {
      const flag = flagOf(name, true)
      withMore((more) => more.expose(name, flag, loadingOf(now()).source))
      return flag ?? null
    },
    /** They are on the device, and sent within ten seconds: there is nothing to wait for. */
    flushEvents: async () => {},
    /** Packages around the official client call it. */
    log() {},
  }
  return flagsmith as never
}

/** The instance that most apps use. */
export const flagsmith: Flagsmith = /* @__PURE__ */ createFlagsmithInstance()
