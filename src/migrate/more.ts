// What only some apps ask for: loaded when `init` is told of it, as a chunk of its own.

import type { Extension, Inside, MaybePromise, Stop, Storage } from 'guidon'
import type { Experiments } from 'guidon/analytics'
import { sameName } from './names.ts'
import type {
  EventOptions,
  FlagSource,
  IFlagsmithExperiment,
  IFlagsmithFeature,
  IFlagsmithResponse,
  IInitConfig,
} from './types.ts'

/** The part of an AsyncStorage that is used. The official client needs no third method. */
interface Device {
  getItem(key: string): MaybePromise<string | null | undefined>
  setItem(key: string, text: string): MaybePromise<unknown>
  removeItem?(key: string): MaybePromise<unknown>
}

/** Without a third method, an empty text is as good as none. */
const remove = (device: Device, name: string) =>
  device.removeItem ? device.removeItem(name) : device.setItem(name, '')

/** Options that do nothing here. Who passes one hears of it. */
const UNUSED = ['datadogRum', 'sentryClient', 'enableDynatrace', 'angularHttpClient'] as const

/** What an instance has more of, from the moment on that something of it is asked for. */
export interface More {
  /** The app's AsyncStorage, of two methods or three, as ours. */
  storage(device: Device): Promise<Storage>
  /** Removes what the official client left under this name, and its counts, as soon as there is something better. */
  tidy(inside: Inside, device: Device, name: string): void
  /** Headers that the official client sends for `applicationMetadata`. */
  headersOf(config: IInitConfig): object
  /**
   * For `skipAPI`: flags of the device as an answer would bring them, if there are any, and the request says nothing.
   * `loaded` settles when what the official client left is there, too.
   */
  kept(
    inside: Inside,
    body: string | undefined,
    loaded: unknown,
    isExpired: () => boolean,
  ): Promise<string | undefined>
  /** The experiments in an answer, by the name that a flag is compared by. */
  experimentsIn(flags: NonNullable<IFlagsmithResponse['flags']>): Map<string, IFlagsmithExperiment>
  /** What goes on beside a client, for these options. */
  beside(config: IInitConfig): Extension
  /** Polls every so many milliseconds, on average, also beside later clients; with none, not any more. */
  poll(intervalMs?: number, inside?: Inside): void
  /** A flag was read. */
  count(name: string): void
  trackEvent(event: string, options?: EventOptions): void
  trackExposureEvent(feature: string, options?: EventOptions): void
  /** A flag was read as part of an experiment. */
  expose(feature: string, flag: IFlagsmithFeature | undefined, source: FlagSource): void
}

/** The parts of an instance that only some options need. */
export const moreOf = (fail: (error: unknown) => void): More => {
  // Servers render a page and are done: nobody looks on there, and nobody counts.
  const isPage = typeof window === 'object'
  /** The client of now. */
  let here: Inside | undefined
  let events: Promise<Experiments> | undefined
  let intervalMs: number | undefined
  let stopPolling: Stop | undefined

  const names = new Map<string, string>()
  /** A flag's name as the server has it: by another one nobody would find its counts and events there. */
  const nameOf = (name: string): string => {
    if (!names.has(sameName(name)))
      for (const one of Object.keys(here?.client.all() ?? {})) names.set(sameName(one), one)
    return names.get(sameName(name)) ?? name
  }

  /** Names that were read and are not counted yet, … */
  let waiting: string[] | undefined
  /** … and who counts them. */
  let counter: ((name: string) => unknown) | undefined

  /** Adds an extension when it is there. Of a client that is closed by then it does not begin. */
  const add = (coming: Promise<Extension>, { client } = here!) => {
    coming.then((extend) => client.use(extend)).catch(fail)
  }

  const poll = () => {
    stopPolling?.()
    if (!intervalMs || !here) return
    let stop: Stop | undefined
    stopPolling = () => {
      stop?.()
      stop = () => {}
    }
    const coming = import('guidon/live').then(({ polling }) => polling({ intervalMs }))
    add(
      coming.then((extend) => (inside) => {
        stop ??= extend(inside) as Stop
        return stop
      }),
    )
  }

  const track = (event: string, { value, metadata }: EventOptions = {}, feature?: string) => {
    // What could not be loaded has been told.
    events
      ?.then((to) => to.track(event, { value, metadata, feature: feature && nameOf(feature) }))
      .catch(() => {})
  }

  return {
    async storage(device) {
      const { asyncStorage } = await import('guidon/storage')
      return asyncStorage({
        getItem: (key) => device.getItem(key),
        setItem: (key, text) => device.setItem(key, text),
        removeItem: (key) => remove(device, key),
      })
    },
    tidy({ client, environmentKey, latest }, device, name) {
      const look = () => {
        if (latest().source !== 'network') return
        off()
        for (const one of [name, `FLAGSMITH_EVENT_${environmentKey}`])
          (async () => remove(device, one))().catch(() => {})
      }
      const off = client.on('settled', look)
      look()
    },
    headersOf({ applicationMetadata }) {
      const { name, version } = applicationMetadata ?? { name: '' }
      return {
        ...(name && { 'Flagsmith-Application-Name': name }),
        ...(version && { 'Flagsmith-Application-Version': version }),
      }
    },
    async kept(inside, body, loaded, isExpired) {
      await loaded
      // The device answers this after it has answered what the client asked.
      await inside.storage.get('')
      const { source, flags, identity } = inside.latest()
      if (source !== 'storage' || body || isExpired()) return
      const list = Array.from(flags, ([name, [enabled, feature_state_value, variant, reason]]) => ({
        feature: { name },
        enabled,
        feature_state_value,
        variant,
        reason,
      }))
      return JSON.stringify(identity ? { flags: list } : list)
    },
    experimentsIn(flags) {
      const experiments = new Map<string, IFlagsmithExperiment>()
      for (const { feature, metadata } of flags) {
        const { experiment } = metadata ?? {}
        if (!experiment) continue
        const { id, name, in_experiment } = experiment
        experiments.set(sameName(feature.name), { id, name, inExperiment: !!in_experiment })
      }
      return experiments
    },
    beside: (config) => (inside) => {
      here = inside
      names.clear()
      const isCounting = isPage && config.enableAnalytics
      waiting = isCounting ? [] : undefined
      events = counter = undefined
      for (const option of UNUSED) if (config[option]) fail(new inside.GuidonError('unsupported', option))
      if (config.realtime && isPage)
        add(import('guidon/live').then(({ realtime }) => realtime({ url: config.eventSourceUrl })))
      if (isCounting)
        add(
          import('guidon/analytics').then(({ analytics }) => (inside) => {
            const stop = analytics()(inside)
            // It counts what is read of the client.
            counter = (name) => inside.client.flag(nameOf(name))
            waiting?.forEach(counter)
            return stop
          }),
        )
      if (config.enableEvents) {
        const url = config.eventProcessorConfig?.eventsApiUrl
        events = import('guidon/analytics').then(({ experiments }) => experiments({ url }))
        add(events)
      }
      poll()
    },
    poll(ms, inside = here) {
      intervalMs = ms
      here = inside
      poll()
    },
    count(name) {
      if (counter) counter(name)
      else waiting?.push(name)
    },
    trackEvent: track,
    trackExposureEvent: (feature, options) => track('$flag_exposure', options, feature),
    expose(feature, flag, source) {
      if (flag?.enabled && flag.experiment?.inExperiment && source === ('SERVER' as FlagSource))
        events?.then((to) => to.exposure(nameOf(feature))).catch(() => {})
    },
  }
}
