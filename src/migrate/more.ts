// What only some apps ask for: loaded when `init` is told of it, as a chunk of its own.

import type { Extension, Inside, MaybePromise, Stop, Storage } from 'guidon'
import type { Experiments } from 'guidon/analytics'
import { sameName } from './names.ts'
import type { EventOptions, IFlagsmithExperiment, IFlagsmithResponse, IInitConfig } from './types.ts'

/** The part of an AsyncStorage that is used. The official client needs no third method. */
interface Device {
  getItem(key: string): MaybePromise<string | null | undefined>
  setItem(key: string, text: string): MaybePromise<unknown>
  removeItem?(key: string): MaybePromise<unknown>
}

/** Options that do nothing here. Who passes one hears of it. */
const UNUSED = ['datadogRum', 'sentryClient', 'enableDynatrace', 'angularHttpClient'] as const

/** What reads flags is told here, until somebody else takes it. */
export interface Reads {
  readonly waiting: string[]
  take(name: string): unknown
}

/** What an instance has more of, for its options. */
export interface More {
  /** The app's AsyncStorage, of two methods or three, as ours. */
  readonly storage: Promise<Storage> | undefined
  /** Headers that the official client sends for `applicationMetadata`. */
  readonly headers: object
  /** For `skipAPI`: flags of the device as an answer would bring them, if there are any, and the request says nothing. */
  kept(inside: Inside, body: string | undefined, isExpired: () => boolean): Promise<string | undefined>
  /** Looks for experiments in an answer. */
  look(flags: NonNullable<IFlagsmithResponse['flags']>): void
  /** The experiment of a flag, by the name that it is compared by. */
  readonly experiments: ReadonlyMap<string, IFlagsmithExperiment>
  /** Begins what goes on beside a client. */
  begin(inside: Inside, fail: (error: unknown) => void, reads: Reads | undefined): void
  end(): void
  /** Polls every so many milliseconds, on average; with none, not any more. */
  poll(intervalMs?: number): void
  track(event: string, options: EventOptions | undefined, feature?: string): void
  expose(feature: string): void
}

/** The parts of an instance that only some options need. */
export const moreOf = (config: IInitConfig): More => {
  const { AsyncStorage, applicationMetadata, eventProcessorConfig } = config
  const { name, version } = applicationMetadata ?? { name: '' }
  const device: Device | undefined = AsyncStorage
  const experiments = new Map<string, IFlagsmithExperiment>()
  let inside: Inside | undefined
  let fail: (error: unknown) => void
  let events: Promise<Experiments> | undefined
  let intervalMs: number | undefined
  const stops = new Set<Stop>()
  let stopPolling: Stop | undefined

  const names = new Map<string, string>()
  /** A flag's name as the server has it: by another one nobody would find its counts and events there. */
  const nameOf = (name: string): string => {
    if (!names.has(sameName(name)))
      for (const one of Object.keys(inside?.client.all() ?? {})) names.set(sameName(one), one)
    return names.get(sameName(name)) ?? name
  }

  /** Runs an extension beside the client of now, as long as that is the one. */
  const run = (coming: Promise<Extension>): Stop => {
    const mine = inside
    // biome-ignore lint/suspicious/noConfusingVoidType: what starts nothing returns nothing.
    let stop: Stop | void
    let isOver = !mine
    coming.then((extend) => {
      if (!isOver) stop = extend(mine!)
    }, fail)
    const end = () => {
      isOver = true
      stop?.()
      stops.delete(end)
    }
    stops.add(end)
    return end
  }

  const more: More = {
    storage:
      device &&
      import('guidon/storage').then(({ asyncStorage }) =>
        asyncStorage({
          getItem: (key) => device.getItem(key),
          setItem: (key, text) => device.setItem(key, text),
          removeItem: (key) => (device.removeItem ? device.removeItem(key) : device.setItem(key, '')),
        }),
      ),
    headers: {
      ...(name && { 'Flagsmith-Application-Name': name }),
      ...(version && { 'Flagsmith-Application-Version': version }),
    },
    async kept(inside, body, isExpired) {
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
    experiments,
    look(flags) {
      experiments.clear()
      for (const { feature, metadata } of flags) {
        const { experiment } = metadata ?? {}
        if (!experiment) continue
        const { id, name, in_experiment } = experiment
        experiments.set(sameName(feature.name), { id, name, inExperiment: !!in_experiment })
      }
    },
    begin(now, told, reads) {
      more.end()
      inside = now
      fail = told
      for (const option of UNUSED) if (config[option]) fail(new now.GuidonError('unsupported', option))
      // Servers render a page and are done: nobody looks on there, and nobody counts.
      const isPage = typeof window === 'object'
      if (config.realtime && isPage)
        run(import('guidon/live').then(({ realtime }) => realtime({ url: config.eventSourceUrl })))
      if (reads && isPage)
        run(
          import('guidon/analytics').then(({ analytics }) => (now) => {
            const stop = analytics()(now)
            // It counts what is read of the client.
            reads.take = (name) => now.client.flag(nameOf(name))
            reads.waiting.splice(0).forEach(reads.take)
            return stop
          }),
        )
      if (config.enableEvents) {
        const url = eventProcessorConfig?.eventsApiUrl
        events = import('guidon/analytics').then(({ experiments }) => experiments({ url }))
        run(events)
      }
      if (intervalMs) more.poll(intervalMs)
    },
    end() {
      inside = undefined
      for (const stop of stops) stop()
    },
    poll(ms) {
      stopPolling?.()
      intervalMs = ms
      if (ms) stopPolling = run(import('guidon/live').then(({ polling }) => polling({ intervalMs: ms })))
    },
    track(event, { value, metadata } = {}, feature) {
      // What could not be loaded has been told.
      events
        ?.then((to) => to.track(event, { value, metadata, feature: feature && nameOf(feature) }))
        .catch(() => {})
    },
    expose(feature) {
      events?.then((to) => to.exposure(nameOf(feature))).catch(() => {})
    },
  }
  return more
}
