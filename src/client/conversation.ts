import type { Persistence } from '../core/persist.ts'
import { andThen, type Clock, type MaybePromise, quiet, type SafeStorage } from '../core/ports.ts'
import type { Store } from '../core/store.ts'
import { within } from '../core/within.ts'
import { GuidonError } from '../model/errors.ts'
import type { Identity } from '../model/identity.ts'
import { fromText, type Snapshot } from '../model/snapshot.ts'
import { asInputs, type Trait, type Traits } from '../model/trait.ts'
import type { Outbox } from '../outbox/outbox.ts'
import { newGuid } from '../privacy/guid.ts'
import { classifyIdentifier } from '../privacy/identifier.ts'
import { backoffMs, isPassing, LONGEST_ASKED_MS } from '../transport/backoff.ts'
import type { Send } from '../transport/http.ts'
import { parseFlags } from '../wire/parse.ts'
import { flagsRequest } from '../wire/request.ts'
import type { Client, Status } from './client.ts'
import type { Guards } from './guards.ts'
import type { ClientOptions, IdentityOptions } from './options.ts'

/** Somebody the server is asked for. Each identify and reset brings another, so nothing of one can reach the next. */
interface User {
  /** Who it is. `undefined`: nobody, which gives the environment's flags; or not known yet. */
  identity?: Identity | undefined
  traits: Map<string, Trait>
  /** Ends the request that is out, or the wait before it. */
  stop?: AbortController
  /** The request that is out may write. It is let finish, for the server to know; only its answer is dropped. */
  writing?: number
}

/** Who the client is for, and how the server is asked: one request at a time, and again when it failed in passing. */
export interface Conversation {
  /** What an app calls. */
  readonly calls: Pick<
    Client,
    'identity' | 'status' | 'pending' | 'traits' | 'refresh' | 'identify' | 'setTraits' | 'reset'
  >
  identity(): Identity | undefined
  /** The server has answered, or failed to, or will not be asked any more. */
  isHeard(): boolean | undefined
  /** The first user, and the first request: not when the page brought what it would bring. */
  start(isFresh: boolean): void
  /** Brings the flags. A request that is out serves this call too; with `again` one more follows it. */
  sync(again?: boolean): Promise<void>
  /** Takes flags that another client was given. */
  take(snapshot: Snapshot): void
  /** Ends all that is out. */
  close(): void
}

export const createConversation = (
  options: ClientOptions,
  clock: Clock,
  store: Store,
  storage: SafeStorage,
  disk: Persistence,
  outbox: Outbox,
  guards: Guards,
  send: Send,
  report: (error: GuidonError) => void,
  settle: () => Promise<void>,
  isStale: () => boolean,
): Conversation => {
  let { environmentKey, anonymous, random, resend, retries = 2, snapshot } = options
  let closed: GuidonError | undefined

  // The user of the moment, and all that is forgotten when another begins.
  let user: User = { traits: new Map() }
  /** Settles when it is clear who it is, … */
  let known: unknown
  /** … and when the device has said what it has of them. */
  let loaded: unknown
  /** Under whom traits of nobody are sent. */
  let visitor: Identity | undefined
  /** Pending while the server is being asked. */
  let run: Promise<void> | undefined
  /** What is out is not all that is wanted: one more follows. */
  let more: boolean | undefined
  /** The server has answered, or failed to, or will not be asked any more. */
  let heard: boolean | undefined
  /** Why the last request failed, and why the user was refused. */
  let failed: GuidonError | undefined
  let refused: GuidonError | undefined
  /** No request is made by itself before this time: milliseconds since 1970. */
  let nextAttemptAt: number | undefined

  /** Somebody who was here before, and for whom something waited. */
  let other: User | undefined
  /** The last request for each identity. */
  const turns = new Map<string | undefined, Promise<unknown>>()
  /** The health of the server, as far as this device knows. (A storage that answers later is not waited for.) */
  let [until, failures] = `${storage.get('retry')}`.split(' ').map(Number) as [number, number]
  failures |= 0

  /** To whom writes belong: of who is known to nobody, nothing is kept. */
  const owner = ({ identity }: User) => (identity?.transient ? undefined : identity?.id)

  /** Puts what was set into the outbox, as soon as it is clear for whom. */
  const keep = (me: User, traits: Traits) => {
    const id = owner(me)
    for (const [key, { value, transient }] of traits) if (id && !transient) outbox.put(id, key, value)
  }

  /** Shows what there is of a user without asking the server: in the same tick when storage answers in the same tick. */
  const enter = (me: User, identity?: Identity) => {
    me.identity = identity
    keep(me, me.traits)
    if (user !== me) return
    const id = identity?.id
    store.begin(id, snapshot && fromText(JSON.stringify(snapshot), environmentKey, id))
    snapshot = undefined
    loaded = andThen(identity?.transient ? undefined : disk.load(id), (stored) => {
      if (stored) store.replace(stored, store.generation)
      settle()
    })
  }

  /** A request that only reads is given up for the next. */
  const giveUp = () => {
    if (!user.writing) user.stop?.abort()
  }

  /** Another user. The one before is over: late answers find nobody, and who waits for them hears `superseded`. */
  const begin = (identity?: MaybePromise<Identity | undefined>, traits = new Map<string, Trait>()) => {
    giveUp()
    const me: User = { traits }
    user = me
    run = heard = failed = refused = nextAttemptAt = visitor = undefined
    store.begin()
    known = andThen(identity, (identity) => enter(me, identity))?.catch((error) => refuse(me, error))
  }

  /** The guards refuse who it is. The app goes on with the environment's flags. */
  const refuse = (me: User, error: GuidonError) => {
    me.traits = new Map()
    report(error)
    enter(me)
    if (user === me) refused = error
  }

  /** Requests for one identity go one after the other: the server ends with the last that was set. */
  const ask = (me: User) => {
    const id = owner(me)
    const turn = Promise.resolve(turns.get(id)).then(async () => {
      const waiting = await outbox.of(id)
      // Of who is not here any more, only what waits is sent.
      if (me !== user && !waiting.size) return
      const { generation } = store
      const { traits } = me
      // What was set in this session comes first, and counts last.
      const sent = new Map([...traits, ...waiting, ...traits])
      if (id && resend === 'changed')
        for (const [key, { transient }] of traits) if (!transient && !waiting.has(key)) sent.delete(key)
      if (sent.size && !me.identity) visitor ??= { id: newGuid(random), transient: true }
      const identity = me.identity ?? visitor

      /** The server has it, or never will. One that was set anew meanwhile is another one, and goes on waiting. */
      const done = (key: string, trait: Trait, lost?: boolean) => {
        if (waiting.has(key) && !trait.transient) outbox.done(id as string, key, trait.value)
        if ((lost || trait.value === null) && traits.get(key) === trait) traits.delete(key)
      }
      const post = async (some: Traits): Promise<Snapshot> => {
        if (closed) throw closed
        me.stop = new AbortController()
        me.writing = some.size
        const at = clock()
        const flags = parseFlags(await send(flagsRequest(identity, some), me.stop), identity)
        for (const [key, trait] of some) done(key, trait)
        return { identity: me.identity?.id, source: 'network', at, flags }
      }
      const answer = await post(sent).catch(async (error) => {
        // 400: asking again changes nothing. One of the traits is bad, and the others are not to suffer for it.
        if (error.status !== 400 || !sent.size) throw error
        for (const [key, trait] of sent) {
          await post(new Map([[key, trait]])).catch((error) => {
            if (error.status !== 400) throw error
            done(key, trait, true)
            sent.delete(key)
            outbox.lose(key, 'refused')
          })
        }
        // Who is not here any more needs no flags.
        return me === user ? post(sent) : undefined
      })
      if (answer && me === user) store.replace(answer, generation)
    })
    const over: Promise<unknown> = turn
      .catch(() => {})
      .then(() => {
        if (turns.get(id) === over) turns.delete(id)
      })
    turns.set(id, over)
    return turn
  }

  /** Sends what waits for those who were here before (or waits still), until one fails. */
  const deliver = async () => {
    // Who is being asked for takes along what waits for them, and then it is the others' turn.
    if (run || other) return
    try {
      for (const [id] of outbox.writes) {
        other = { identity: { id }, traits: new Map() }
        await ask(other)
      }
    } catch {
      // They go on waiting.
    }
    other = undefined
  }

  /** Asks until an answer is of the traits as they are now. */
  const loop = async (me: User) => {
    await known // which also makes the calls of one tick one request
    for (let tries = 0; ; ) {
      if (nextAttemptAt && me === user) {
        me.stop = new AbortController()
        await within(nextAttemptAt - clock(), new Promise(() => {}), me.stop.signal).catch(() => {})
      }
      if (closed || me !== user) throw closed ?? new GuidonError('superseded', 'another user')
      nextAttemptAt = undefined
      more = false
      const error = (await ask(me).catch(async (error: GuidonError) => {
        // Who waits hears of a failure when it is known what the device has.
        await loaded
        return error
      })) as GuidonError | undefined
      me.writing = 0
      if (closed || me !== user || more) continue

      failed = error
      if (error) {
        nextAttemptAt = clock() + backoffMs(++failures, error)
        storage.set('retry', `${nextAttemptAt} ${failures}`)
        if (tries++ < retries && isPassing(error)) {
          settle()
          continue
        }
        report(error)
      } else {
        if (failures) storage.delete('retry')
        failures = 0
        // Of somebody who is known to nobody, nothing is kept.
        if (!visitor && !me.identity?.transient) disk.save(store.latest)
      }
      // In one tick with the look at what is wanted, so that no call in between joins a run that is over.
      run = undefined
      heard = true
      await settle()
      if (error) throw error
      deliver()
      return
    }
  }

  const sync = (again?: boolean) => {
    more ||= again
    // What the app asks for is not held back.
    if (nextAttemptAt) giveUp()
    nextAttemptAt = undefined
    run ??= quiet(loop(user))
    settle()
    return run
  }

  /** Adds traits. One that is set to what it is already costs no request. */
  const assign = (traits: Map<string, Trait>) => {
    for (const [key, trait] of traits) {
      const old = user.traits.get(key)
      if (old?.value === trait.value && old.transient === trait.transient) traits.delete(key)
      else user.traits.set(key, trait)
    }
    if (traits.size) {
      keep(user, traits)
      store.generation++
      more = true
      giveUp()
    }
    return traits.size || failed || run ? sync() : undefined
  }

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

  const given = options.identity
  const first = (Object(given) === given ? given : { id: given }) as IdentityOptions
  try {
    begin(
      first.id == null ? unnamed() : guards.identity(first.id, first.transient),
      guards.traits(first.traits),
    )
  } catch (error) {
    refuse(user, error as GuidonError)
  }

  return {
    calls: {
      get identity() {
        return user.identity?.id
      },
      get status(): Status {
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
      },
      get pending() {
        return outbox.writes.length
      },
      traits: () => asInputs(user.traits),
      refresh: () => call(() => sync()),
      identify: (id, inputs) =>
        call(async () => {
          const who = guards.identity(id)
          const traits = guards.traits(inputs)
          const here = owner(user)
          if (here && here === (who as Identity).id) return assign(traits)
          begin(who, traits)
          await sync()
          if (refused) throw refused
        }),
      setTraits: (inputs) => call(() => assign(guards.traits(inputs))),
      reset: () =>
        call(async () => {
          const { identity } = user
          const cleaned = identity && disk.forget(identity.id)
          if (anonymous) storage.delete('guid')
          begin(unnamed())
          await sync().catch(() => {})
          await cleaned
        }),
    },
    identity: () => user.identity,
    isHeard: () => heard,
    start(isFresh) {
      if (isFresh) {
        heard = true
        disk.save(store.latest)
      } else {
        sync()
        if (until > clock()) {
          nextAttemptAt = Math.min(until, clock() + LONGEST_ASKED_MS)
          heard = true
          failed = new GuidonError('network', 'no answer')
        }
      }
      // A slow storage tells later that something waits.
      andThen(outbox.loaded, () => {
        if (outbox.writes.length && !nextAttemptAt) sync(true)
      })
    },
    sync,
    take(snapshot) {
      heard = true
      failed = nextAttemptAt = undefined
      store.replace(snapshot, store.generation)
      settle()
    },
    close() {
      closed = new GuidonError('closed', 'ended')
      heard = true
      user.stop?.abort()
      other?.stop?.abort()
    },
  }
}
