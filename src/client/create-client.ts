import { diff } from '../core/diff.ts'
import { createEvents } from '../core/events.ts'
import { createPersistence } from '../core/persist.ts'
import { andThen, type MaybePromise } from '../core/ports.ts'
import { Store } from '../core/store.ts'
import { GuidonError } from '../model/errors.ts'
import type { FlagTable } from '../model/flag.ts'
import type { Identity } from '../model/identity.ts'
import { defaultsTable, fromData, type Snapshot, toData } from '../model/snapshot.ts'
import type { Trait, Traits } from '../model/trait.ts'
import { newGuid } from '../privacy/guid.ts'
import { classifyIdentifier } from '../privacy/identifier.ts'
import { localStorage } from '../storage/local-storage.ts'
import { memoryStorage } from '../storage/memory.ts'
import { safeStorage } from '../storage/safe.ts'
import { backoffMs, LONGEST_ASKED_MS } from '../transport/backoff.ts'
import { httpSend } from '../transport/http.ts'
import { parseFlags } from '../wire/parse.ts'
import { flagsRequest } from '../wire/request.ts'
import type { Client, ClientEvents, KnownFlags, Status } from './client.ts'
import { steadyClock } from './clock.ts'
import { createGuards } from './guards.ts'
import { apiBase, type ClientOptions, checkEnvironmentKey, type IdentityOptions } from './options.ts'
import { createReads } from './reads.ts'
import { createSession, quiet, type Session } from './session.ts'

/**
 * Makes a client. Its flags can be read on the next line; the network follows by itself.
 *
 * @throws GuidonError `invalid-option`, `server-side-key`. What else is wrong shows in `status` and in the events.
 * @example
 * const flags = createClient({ environmentKey: 'your-client-side-key', identity: guid })
 * if (flags.isEnabled('new-checkout')) …
 */
export const createClient = <F extends object = KnownFlags>(options: ClientOptions): Client<F> => {
  const { environmentKey, maxAgeMs = 300_000, retries = 2, apply, random, anonymous } = options
  checkEnvironmentKey(environmentKey)
  const api = apiBase(options.api)

  // The parts.
  const clock = steadyClock()
  const events = createEvents()
  const report = (error: GuidonError) => events.emit('error', error)
  const guards = createGuards(options.guards ?? {}, (event) => events.emit('guard', event))
  const store = new Store(
    defaultsTable(options.defaults),
    apply && ((name) => (typeof apply === 'object' ? apply[name] : apply) === 'next-start'),
  )
  const storage = safeStorage(
    options.storage ?? (typeof document === 'object' ? localStorage() : memoryStorage()),
    report,
  )
  const disk = createPersistence(storage, `${api} ${environmentKey}`, options.keepIdentities ?? 5)
  const retryKey = `${disk.prefix}retry`
  const guidKey = `${disk.prefix}guid`
  const send = httpSend(api, environmentKey, options.fetch, options.timeoutMs ?? 10_000)
  const closing = new AbortController()

  let session!: Session
  let closed: GuidonError | undefined
  /** Under whom traits without an identity are sent: a GUID of this client's life. */
  let visitor: Identity | undefined
  /** The health of the server, as far as this device knows. */
  let failures = 0
  let nextAttemptAt: number | undefined
  let delayed: ReturnType<typeof setTimeout> | undefined

  // What is shown, and how it stands.
  const ageMs = () => {
    // A snapshot from the future says that the clock was set back: nobody knows its age.
    const age = clock() - store.shown.at
    return age < 0 || !store.shown.at ? Number.POSITIVE_INFINITY : age
  }
  const isStale = () => ageMs() > maxAgeMs
  const reads = createReads(store, isStale)

  const status = (): Status => {
    const { run, failed, refused } = session
    const error = failed ?? refused
    const rested = failed ? (failed.code === 'network' ? 'offline' : 'error') : isStale() ? 'stale' : 'fresh'
    const state = !run ? rested : store.shown.at ? 'refreshing' : 'starting'
    return { state, error, nextAttemptAt }
  }

  const waiting = new Set<() => void>()
  let toldTable: FlagTable
  let toldStatus: string | undefined
  /** Something happened: tells of it what looks different now, once for all that happened in one tick. */
  const settle = async () => {
    for (const check of waiting) check()
    await null
    const { table, source } = store.shown
    const changed = diff(toldTable, table)
    toldTable = table
    if (changed.length) events.emit('change', { changed, source })
    const now = status()
    const summary = now.state + now.error
    if (toldStatus !== summary) events.emit('status', now)
    toldStatus = summary
  }

  // One request, and what follows from it.
  const onStart = () => {
    clearTimeout(delayed)
    settle()
  }

  const ask = async (me: Session, traits: Traits, signal: AbortSignal): Promise<Snapshot> => {
    const asVisitor = () => (visitor ??= { id: newGuid(random), transient: true })
    const identity = me.identity ?? (traits.size ? asVisitor() : undefined)
    const request = flagsRequest(identity, traits)
    // What may write is let finish when another user comes; only close() ends it.
    const text = await send(request, request.body ? closing.signal : signal)
    return { identity: me.identity?.id, source: 'network', at: clock(), table: parseFlags(text, identity) }
  }

  const onHeard = ({ identity, traits }: Session, failed: GuidonError | undefined, last: boolean): number => {
    const ms = failed ? backoffMs(++failures, failed) : 0
    if (failed) {
      nextAttemptAt = clock() + ms
      storage.set(retryKey, `${nextAttemptAt} ${failures}`)
      if (last) report(failed)
    } else {
      if (failures) storage.delete(retryKey)
      nextAttemptAt = undefined
      failures = 0
      // Of somebody who is known to nobody, nothing is kept.
      if (identity ? !identity.transient : !traits.size) disk.save(store.latest)
    }
    settle()
    return ms
  }

  // Users.
  let { snapshot } = options
  /** Shows what there is of a user without asking the server: in the same tick when storage answers in the same tick. */
  const enter = (me: Session, identity?: Identity) => {
    if (session !== me) return
    const id = identity?.id
    me.identity = identity
    store.begin(id, fromData(snapshot, environmentKey, id))
    snapshot = undefined
    andThen(identity?.transient ? undefined : disk.load(id), (stored) => {
      if (session !== me) return
      me.consulted = true
      if (stored) store.replace(stored, store.generation)
      settle()
    })
  }

  /** Another user. The one before is over: late answers find nobody, and who waits for them hears `superseded`. */
  const begin = (
    who: () => MaybePromise<Identity | undefined>,
    traits = new Map<string, Trait>(),
  ): Session => {
    session?.end(new GuidonError('superseded', 'by another user'))
    const me = createSession(store, traits, retries, ask, onStart, onHeard)
    const refuse = (error: GuidonError) => {
      me.refused = error
      traits.clear()
      report(error)
      enter(me)
    }
    session = me
    store.begin(undefined)
    try {
      const known = andThen(who(), (identity) => enter(me, identity))
      me.known = known?.catch(refuse)
    } catch (error) {
      refuse(error as GuidonError)
    }
    return me
  }

  /** Who it is when the app does not say: nobody, or with `anonymous` a GUID that is kept on this device. */
  const unnamed = () =>
    anonymous
      ? andThen(storage.get(guidKey), (kept) => {
          const id = kept && classifyIdentifier(kept) === 'opaque' ? kept : newGuid(random)
          if (id !== kept) storage.set(guidKey, id)
          return { id, transient: false }
        })
      : undefined

  /** Adds traits. One that is set to what it is already costs no request. */
  const assign = (traits: Traits): Promise<void> => {
    let news = false
    traits.forEach((trait, key) => {
      const old = session.traits.get(key)
      if (old?.value === trait.value && old.transient === trait.transient) return
      session.traits.set(key, trait)
      news = true
    })
    if (news) return session.restart()
    return session.heard && !session.failed ? Promise.resolve() : session.sync()
  }

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
      return session.identity?.id
    },
    get status() {
      return status()
    },
    traits() {
      const traits = Object.create(null)
      session.traits.forEach((trait, key) => {
        if (trait.value !== null) traits[key] = trait.transient ? { ...trait } : trait.value
      })
      return traits
    },
    on: events.on,
    onFlag: (name, listener) =>
      events.on('change', ({ changed }: ClientEvents['change']) => {
        if (changed.includes(name)) listener(reads.flag(name))
      }),

    ready: ({ from, timeoutMs = 5_000 } = {}) =>
      new Promise((resolve) => {
        const done = () => {
          clearTimeout(timer)
          waiting.delete(check)
          resolve({ source: store.shown.source, ageMs: ageMs(), stale: isStale(), error: status().error })
        }
        const check = () => {
          const { heard, consulted } = session
          if (closed || (from === 'network' ? heard : store.shown.at || (heard && consulted))) done()
        }
        const timer = setTimeout(done, timeoutMs)
        waiting.add(check)
        check()
      }),
    refresh: () => call(() => session.sync()),
    identify: (id, inputs) =>
      call(async () => {
        const who = guards.identity(id)
        const traits = guards.traits(inputs)
        const { identity } = session
        if (identity && !identity.transient && identity.id === (who as Identity).id) return assign(traits)
        const me = begin(() => who, traits)
        await me.sync()
        if (me.refused) throw me.refused
      }),
    setTraits: (inputs) => call(() => assign(guards.traits(inputs))),
    reset: () =>
      call(() => {
        const { identity } = session
        const cleaned = identity && disk.forget(identity.id)
        if (anonymous) storage.delete(guidKey)
        visitor = undefined
        return Promise.allSettled([begin(unnamed).sync(), cleaned])
      }),
    snapshot({ shared } = {}) {
      const { shown } = store
      const data = toData(shown, environmentKey, shared ? undefined : shown.identity, shared)
      return { ...data, flags: data.flags.map((row) => [...row] as never) }
    },
    close() {
      if (closed) return
      closed = new GuidonError('closed', 'by close()')
      clearTimeout(delayed)
      session.end(closed)
      closing.abort()
      for (const stop of stops) stop?.()
      settle()
    },
  }

  // The first user, and who looks on.
  const given = options.identity
  const user: IdentityOptions = typeof given === 'string' ? { id: given } : (given ?? {})
  const traits = new Map<string, Trait>()
  begin(() => {
    const who = user.id == null ? unnamed() : guards.identity(user.id, user.transient)
    for (const [key, trait] of guards.traits(user.traits)) traits.set(key, trait)
    return who
  }, traits)
  const inside = {
    client: client as never,
    environmentKey,
    api,
    storage,
    clock,
    refresh: () => session.sync(true),
  }
  const stops = options.use?.map((extend) => extend(inside)) ?? []

  // The first request: not when the page brought what it would bring, and not before a server that failed may be asked
  // again, so that a reload loop does not hammer it. (A storage that answers later is not waited for.)
  const [until, count] = String(storage.get(retryKey)).split(' ').map(Number) as [number, number]
  const wait = Math.min(until - clock(), LONGEST_ASKED_MS)
  failures = count || 0
  if (store.shown.source === 'network' && !options.snapshot?.shared && !isStale()) {
    session.heard = true
    disk.save(store.latest)
  } else if (wait > 0) {
    session.heard = true
    session.failed = new GuidonError('network', 'failed before, waits until nextAttemptAt')
    nextAttemptAt = clock() + wait
    delayed = setTimeout(session.sync, wait)
  } else session.sync()
  // What was there in this tick is no news to anybody.
  toldTable = store.shown.table
  settle()

  return client as never
}
