import { createEvents } from '../core/events.ts'
import { hash } from '../core/hash.ts'
import { createPersistence } from '../core/persist.ts'
import type { Stop } from '../core/ports.ts'
import { createStore } from '../core/store.ts'
import { within } from '../core/within.ts'
import { GuidonError } from '../model/errors.ts'
import { defaultsTable, toText } from '../model/snapshot.ts'
import { createOutbox } from '../outbox/outbox.ts'
import { localStorage } from '../storage/local-storage.ts'
import { memoryStorage } from '../storage/memory.ts'
import { safeStorage } from '../storage/safe.ts'
import { currentFetch } from '../transport/current-fetch.ts'
import { httpSend } from '../transport/http.ts'
import type { Client, ClientEvents, Consent, Extension } from './client.ts'
import { steadyClock } from './clock.ts'
import { createConversation } from './conversation.ts'
import { createGuards } from './guards.ts'
import type { KnownFlags } from './known-flags.ts'
import { apiBase, type ClientOptions, checkEnvironmentKey } from './options.ts'
import { createReads } from './reads.ts'

/** Infinity, in fewer bytes than by its name. */
const NOBODY_KNOWS = 1 / 0

/**
 * Makes a client. Its flags can be read on the next line; the network follows by itself.
 *
 * @throws GuidonError `invalid-option`, `server-side-key`. What else is wrong shows in `status` and in the events.
 * @example
 * const flags = createClient({ environmentKey: 'your-client-side-key', identity: guid })
 * if (flags.isEnabled('new-checkout')) …
 */
export const createClient = <F extends object = KnownFlags>(options: ClientOptions): Client<F> => {
  const { environmentKey, maxAgeMs = 300_000, timeoutMs = 10_000, keepIdentities = 5 } = options
  checkEnvironmentKey(environmentKey)
  const api = apiBase(options.api)
  const consent = { storage: true, analytics: true }
  /** What is `undefined` is not said. */
  const agree = (change?: Consent) => Object.assign(consent, JSON.parse(JSON.stringify({ ...change })))
  agree(options.consent)

  /** Nothing once the client is closed: then no extension begins. */
  let stops: ReturnType<Extension>[] | undefined = []

  // The parts.
  const clock = steadyClock()
  const events = createEvents()
  const report = (error: GuidonError) => events.emit('error', error)
  const guards = createGuards(options.guards ?? {}, (event) => events.emit('guard', event))
  const store = createStore(defaultsTable(options.defaults), options.apply)
  const scope = hash(`${api} ${environmentKey}`)
  const storage = safeStorage(
    options.storage ?? (typeof document === 'object' ? localStorage() : memoryStorage()),
    `guidon.${scope}.`,
    report,
    consent.storage,
  )
  const disk = createPersistence(storage, scope, keepIdentities)
  const outbox = createOutbox(storage, clock, options.outbox ?? {}, report)

  // What is shown, and how it stands.
  const ageMs = () => {
    // A snapshot from the future says that the clock was set back: nobody knows its age.
    const age = clock() - store.shown.at
    return store.shown.at && age >= 0 ? age : NOBODY_KNOWS
  }
  const isStale = () => ageMs() > maxAgeMs
  const reads = createReads(store, isStale)

  let toldStatus: string | undefined
  /** Something happened: tells of it what looks different now, once for all that happened in one tick. */
  const settle = async () => {
    await events.emit('settled')
    const changed = store.news()
    if (changed.length) await events.emit('change', { changed, source: store.shown.source })
    const now = talk.calls.status
    const summary = now.state + now.error
    if (toldStatus !== summary) events.emit('status', now)
    toldStatus = summary
  }

  const road = (base: string) => httpSend(base, environmentKey, () => inside.fetch, timeoutMs)
  const talk = createConversation(
    options,
    clock,
    store,
    storage,
    disk,
    outbox,
    guards,
    road(api),
    report,
    settle,
    isStale,
  )

  const own: Omit<Client, keyof typeof reads | keyof typeof talk.calls | 'on'> = {
    async setConsent(change) {
      agree(change)
      await storage.allow(consent.storage)
    },
    use: (extend) => void stops?.push(extend(inside)),
    subscribe(run) {
      run(client as never)
      return events.on('change', () => run(client as never))
    },
    onFlag: (name, listener) =>
      events.on('change', ({ changed }: ClientEvents['change']) => {
        if (changed.includes(name)) listener(client.flag(name))
      }),

    async ready({ from, timeoutMs = 5_000 } = {}) {
      let off!: Stop
      const there = new Promise<void>((resolve) => {
        const check = () => {
          if (talk.isHeard() || (from !== 'network' && store.shown.at)) resolve()
        }
        off = events.on('settled', check)
        check()
      })
      await within(timeoutMs, there).catch(() => {})
      off()
      return { source: store.shown.source, ageMs: ageMs(), stale: isStale(), error: talk.calls.status.error }
    },
    snapshot: ({ shared } = {}) =>
      JSON.parse(toText(store.shown, environmentKey, shared ? undefined : store.shown.identity, shared)),
    close() {
      talk.close()
      const ending = stops
      stops = undefined
      ending?.map((stop) => stop?.())
      settle()
    },
  }
  // No spreading: for React Native that is compiled to `Object.assign`, and the getters of `calls` would become values.
  const client = Object.assign(talk.calls, reads, events, own)

  const inside = {
    ...talk,
    client: client as never,
    environmentKey,
    api,
    storage,
    consent: () => consent,
    GuidonError,
    clock,
    ageMs,
    fetch: options.fetch ?? currentFetch,
    road,
    report,
    latest: () => store.latest,
    refresh: () => talk.sync(true),
  }

  talk.start(store.shown.source === 'network' && !options.snapshot?.shared && !isStale())
  // Extensions find a client that has begun.
  options.use?.map(client.use)
  // What was there in this tick is no news to anybody.
  store.told = store.shown.flags
  settle()

  return client as never
}
