import { diff } from '../core/diff.ts'
import { createEvents } from '../core/events.ts'
import { hash } from '../core/hash.ts'
import { createPersistence } from '../core/persist.ts'
import { andThen, type Stop } from '../core/ports.ts'
import { createStore } from '../core/store.ts'
import { within } from '../core/within.ts'
import { GuidonError } from '../model/errors.ts'
import type { FlagTable } from '../model/flag.ts'
import type { Identity } from '../model/identity.ts'
import { defaultsTable, toText } from '../model/snapshot.ts'
import { createOutbox } from '../outbox/outbox.ts'
import { newGuid } from '../privacy/guid.ts'
import { classifyIdentifier } from '../privacy/identifier.ts'
import { localStorage } from '../storage/local-storage.ts'
import { memoryStorage } from '../storage/memory.ts'
import { safeStorage } from '../storage/safe.ts'
import { currentFetch, httpSend } from '../transport/http.ts'
import type { Client, ClientEvents, KnownFlags, Status } from './client.ts'
import { steadyClock } from './clock.ts'
import { createConversation, quiet } from './conversation.ts'
import { createGuards } from './guards.ts'
import { apiBase, type ClientOptions, checkEnvironmentKey, type IdentityOptions } from './options.ts'
import { createReads } from './reads.ts'

/**
 * Makes a client. Its flags can be read on the next line; the network follows by itself.
 *
 * @throws GuidonError `invalid-option`, `server-side-key`. What else is wrong shows in `status` and in the events.
 * @example
 * const flags = createClient({ environmentKey: 'your-client-side-key', identity: guid })
 * if (flags.isEnabled('new-checkout')) …
 */
export const createClient = <F extends object = KnownFlags>(options: ClientOptions): Client<F> => {
  const { environmentKey, maxAgeMs = 300_000, random, anonymous } = options
  checkEnvironmentKey(environmentKey)
  const api = apiBase(options.api)

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
  )
  const disk = createPersistence(storage, scope, options.keepIdentities ?? 5)
  const outbox = createOutbox(storage, clock, options.outbox ?? {}, report)

  let closed: GuidonError | undefined

  // What is shown, and how it stands.
  const ageMs = () => {
    // A snapshot from the future says that the clock was set back: nobody knows its age.
    const age = clock() - store.shown.at
    return age < 0 || !store.shown.at ? Number.POSITIVE_INFINITY : age
  }
  const isStale = () => ageMs() > maxAgeMs
  const reads = createReads(store, isStale)

  const status = (): Status => {
    const { run, failed, refused, nextAttemptAt } = talk.user
    return {
      state: failed
        ? failed.code === 'network'
          ? 'offline'
          : 'error'
        : run
          ? store.shown.at
            ? 'refreshing'
            : 'starting'
          : isStale()
            ? 'stale'
            : 'fresh',
      error: failed ?? refused,
      nextAttemptAt,
    }
  }

  /** The flags and the status that were told last. */
  let told: FlagTable
  let toldStatus: string | undefined
  /** Something happened: tells of it what looks different now, once for all that happened in one tick. */
  const settle = async () => {
    await events.emit('settled')
    const { flags, source } = store.shown
    const changed = diff(told, flags)
    told = flags
    if (changed.length) await events.emit('change', { changed, source })
    const now = status()
    const summary = now.state + now.error
    if (toldStatus !== summary) events.emit('status', now)
    toldStatus = summary
  }

  const fetcher = options.fetch ?? currentFetch
  const road = (base: string) => httpSend(base, environmentKey, fetcher, options.timeoutMs ?? 10_000)
  const send = road(api)
  const talk = createConversation(options, clock, store, storage, disk, outbox, send, report, settle)

  /** Who it is when the app does not say: nobody, or with `anonymous` a GUID that is kept on this device. */
  const unnamed = () =>
    anonymous
      ? andThen(storage.get('guid'), (kept) => {
          const id = kept && classifyIdentifier(kept) === 'opaque' ? kept : newGuid(random)
          if (id !== kept) storage.set('guid', id)
          return { id }
        })
      : undefined

  /** A call of the app: begun at once, and its promise looked after. */
  const call = (action: () => unknown): Promise<void> =>
    quiet(
      (async () => {
        if (closed) throw closed
        await action()
      })(),
    )

  const client: Client<Record<string, never>> = {
    ...reads,
    get identity() {
      return talk.user.identity?.id
    },
    get pending() {
      return outbox.writes.length
    },
    get status() {
      return status()
    },
    traits() {
      const traits = Object.create(null)
      talk.user.traits.forEach((trait, key) => {
        if (trait.value !== null) traits[key] = trait.transient ? { ...trait } : trait.value
      })
      return traits
    },
    on: events.on,
    onFlag: (name, listener) =>
      events.on('change', ({ changed }: ClientEvents['change']) => {
        if (changed.includes(name)) listener(reads.flag(name))
      }),

    async ready({ from, timeoutMs = 5_000 } = {}) {
      let off!: Stop
      const there = new Promise<void>((resolve) => {
        const check = () => {
          if (closed || talk.user.heard || (from !== 'network' && store.shown.at)) resolve()
        }
        off = events.on('settled', check)
        check()
      })
      await within(timeoutMs, there).catch(() => {})
      off()
      return { source: store.shown.source, ageMs: ageMs(), stale: isStale(), error: status().error }
    },
    refresh: () => call(() => talk.sync()),
    identify: (id, inputs) =>
      call(async () => {
        const who = guards.identity(id)
        const traits = guards.traits(inputs)
        const { identity } = talk.user
        if (identity && !identity.transient && identity.id === (who as Identity).id)
          return talk.assign(traits)
        const me = talk.begin(() => [who, traits])
        await talk.sync()
        if (me.refused) throw me.refused
      }),
    setTraits: (inputs) => call(() => talk.assign(guards.traits(inputs))),
    reset: () =>
      call(() => {
        const { identity } = talk.user
        const cleaned = identity && disk.forget(identity.id)
        if (anonymous) storage.delete('guid')
        talk.begin(() => [unnamed(), new Map()])
        return Promise.allSettled([talk.sync(), cleaned])
      }),
    snapshot: ({ shared } = {}) =>
      JSON.parse(toText(store.shown, environmentKey, shared ? undefined : store.shown.identity, shared)),
    close() {
      if (closed) return
      closed = new GuidonError('closed', 'by close()')
      talk.close(closed)
      for (const stop of stops) stop?.()
      settle()
    },
  }

  // The first user, and who looks on.
  const given = options.identity
  const first: IdentityOptions = typeof given === 'string' ? { id: given } : (given ?? {})
  talk.begin(() => [
    first.id == null ? unnamed() : guards.identity(first.id, first.transient),
    guards.traits(first.traits),
  ])
  const inside = {
    client: client as never,
    environmentKey,
    api,
    storage,
    identity: () => talk.user.identity,
    clock,
    fetch: fetcher,
    send,
    road,
    report,
    refresh: () => talk.sync(true),
  }
  const stops = options.use?.map((extend) => extend(inside)) ?? []

  talk.start(store.shown.source === 'network' && !options.snapshot?.shared && !isStale())
  // What was there in this tick is no news to anybody.
  told = store.shown.flags
  settle()

  return client as never
}
