import type { Persistence } from '../core/persist.ts'
import { andThen, type Clock, type MaybePromise, type SafeStorage } from '../core/ports.ts'
import type { Store } from '../core/store.ts'
import { within } from '../core/within.ts'
import { GuidonError } from '../model/errors.ts'
import type { Identity } from '../model/identity.ts'
import { fromText } from '../model/snapshot.ts'
import type { Trait, Traits } from '../model/trait.ts'
import type { Outbox } from '../outbox/outbox.ts'
import { newGuid } from '../privacy/guid.ts'
import { backoffMs, isPassing, LONGEST_ASKED_MS } from '../transport/backoff.ts'
import type { Send } from '../transport/http.ts'
import { parseFlags } from '../wire/parse.ts'
import { flagsRequest } from '../wire/request.ts'
import type { ClientOptions } from './options.ts'

/**
 * One user's time: each identify and reset begins another, so what belongs to one (traits, requests, promises) cannot reach
 * the next.
 */
export interface User {
  /** Who it is. `undefined`: nobody, which gives the environment's flags; or not known yet. */
  identity?: Identity | undefined
  traits: Map<string, Trait>
  /** Under whom traits of nobody are sent. */
  visitor?: Identity
  /** Settles when it is clear who it is, … */
  known?: unknown
  /** … and when the device has said what it has of them. */
  loaded?: unknown
  /** The server has answered, or failed to. */
  heard?: boolean
  /** Why the last request failed, and why the user was refused. */
  failed?: GuidonError | undefined
  refused?: GuidonError
  /** No request is made by itself before this time: milliseconds since 1970. */
  nextAttemptAt?: number | undefined
  /** Pending while the server is being asked. */
  run?: Promise<void> | undefined
  /** What is out is not all that is wanted: one more follows. */
  more?: boolean | undefined
  /** Ends the request that is out, or the wait before it. */
  stop?: AbortController
  /** The request that is out may write. It is let finish, for the server to know; only its answer is dropped. */
  writing?: number
}

/** Who the client is for, and how the server is asked: one request at a time, and again when it failed in passing. */
export interface Conversation {
  /** The user of the moment. */
  readonly user: User
  /** Another user. The one before is over: late answers find nobody, and who waits for them hears `superseded`. */
  begin(who: () => readonly [MaybePromise<Identity | undefined>, Map<string, Trait>]): User
  /** The first request: not when the page brought what it would bring. A server that failed is not asked before its time, also when that was in an earlier session. */
  start(isFresh: boolean): void
  /** Adds traits. One that is set to what it is already costs no request. */
  assign(traits: Traits): Promise<void> | undefined
  /** Brings the flags. A request that is out serves this call too; with `again` one more follows it. */
  sync(again?: boolean): Promise<void>
  /** Ends all that is out. */
  close(error: GuidonError): void
}

export const createConversation = (
  options: ClientOptions,
  clock: Clock,
  store: Store,
  storage: SafeStorage,
  disk: Persistence,
  outbox: Outbox,
  send: Send,
  report: (error: GuidonError) => void,
  settle: () => Promise<void>,
): Conversation => {
  let user: User = { traits: new Map() }
  let closed: GuidonError | undefined
  let { snapshot } = options
  /** Somebody who was here before, and for whom something waited. */
  let other: User | undefined
  /** The last request for each identity. */
  const turns = new Map<string | undefined, Promise<unknown>>()
  /** The health of the server, as far as this device knows. (A storage that answers later is not waited for.) */
  const [until, count] = `${storage.get('retry')}`.split(' ').map(Number) as [number, number]
  let failures = count || 0

  /** To whom writes belong: of who is known to nobody, nothing is kept. */
  const owner = ({ identity }: User) => (identity?.transient ? undefined : identity?.id)

  /** Puts what was set into the outbox, as soon as it is clear for whom. */
  const keep = (me: User, traits: Traits) => {
    const id = owner(me)
    traits.forEach(({ value, transient }, key) => {
      if (id && !transient) outbox.put(id, key, value, clock())
    })
  }

  /** Shows what there is of a user without asking the server: in the same tick when storage answers in the same tick. */
  const enter = (me: User, identity?: Identity) => {
    me.identity = identity
    keep(me, me.traits)
    if (user !== me) return
    const id = identity?.id
    store.begin(id, snapshot && fromText(JSON.stringify(snapshot), options.environmentKey, id))
    snapshot = undefined
    me.loaded = andThen(identity?.transient ? undefined : disk.load(id), (stored) => {
      if (user !== me) return
      if (stored) store.replace(stored, store.generation)
      settle()
    })
  }

  /** A request that only reads is given up for the next. */
  const giveUp = () => {
    if (!user.writing) user.stop?.abort()
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
      me.more = false
      me.writing = sent.size
      if (sent.size && !me.identity) me.visitor ??= { id: newGuid(options.random), transient: true }
      const identity = me.identity ?? me.visitor

      /** The server has it, or never will. One that was set anew meanwhile is another one, and goes on waiting. */
      const done = (key: string, trait: Trait, lost?: boolean) => {
        if (waiting.has(key) && !trait.transient) outbox.done(id as string, key, trait.value)
        if ((lost || trait.value === null) && traits.get(key) === trait) traits.delete(key)
      }
      const post = async (some: Traits) => {
        if (closed) throw closed
        me.stop = new AbortController()
        const flags = parseFlags(await send(flagsRequest(identity, some), me.stop), identity)
        for (const [key, trait] of some) done(key, trait)
        return flags
      }
      const flags = await post(sent).catch(async (error) => {
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
        return post(sent)
      })
      if (me === user)
        store.replace({ identity: me.identity?.id, source: 'network', at: clock(), flags }, generation)
    })
    turns.set(
      id,
      turn.catch(() => {}),
    )
    return turn
  }

  /** Sends what waits for those who were here before, until one fails. */
  const deliverOthers = async () => {
    if (other) return
    try {
      for (const [id] of outbox.writes) {
        other = { identity: { id }, traits: new Map() }
        if (id !== owner(user)) await ask(other)
      }
    } catch {
      // They go on waiting.
    }
    other = undefined
  }

  /** Asks until an answer is of the traits as they are now. */
  const loop = async (me: User) => {
    await me.known // which also makes the calls of one tick one request
    for (let tries = 0; ; ) {
      if (me.nextAttemptAt) {
        me.stop = new AbortController()
        await within(me.nextAttemptAt - clock(), new Promise(() => {}), me.stop.signal).catch(() => {})
      }
      me.nextAttemptAt = undefined
      if (closed || me !== user) throw closed ?? new GuidonError('superseded', 'by another user')
      const failed = (await ask(me).catch(async (error: GuidonError) => {
        // Who waits hears of a failure when it is known what the device has.
        await me.loaded
        return error
      })) as GuidonError | undefined
      me.writing = 0
      if (closed || me !== user || me.more) continue

      me.failed = failed
      if (failed) {
        me.nextAttemptAt = clock() + backoffMs(++failures, failed)
        storage.set('retry', `${me.nextAttemptAt} ${failures}`)
        if (tries++ < (options.retries ?? 2) && isPassing(failed)) {
          settle()
          continue
        }
        report(failed)
      } else {
        if (failures) storage.delete('retry')
        failures = 0
        // Of somebody who is known to nobody, nothing is kept.
        if (!me.visitor && !me.identity?.transient) disk.save(store.latest)
      }
      // In one tick with the look at what is wanted, so that no call in between joins a run that is over.
      me.run = undefined
      me.heard = true
      await settle()
      if (failed) throw failed
      deliverOthers()
      return
    }
  }

  const sync = (again?: boolean) => {
    user.more ||= again
    // What the app asks for is not held back.
    if (user.nextAttemptAt) giveUp()
    user.nextAttemptAt = undefined
    user.run ??= quiet(loop(user))
    settle()
    return user.run
  }

  return {
    get user() {
      return user
    },
    begin(who) {
      giveUp()
      const me: User = { traits: new Map() }
      user = me
      const refuse = (error: GuidonError) => {
        me.refused = error
        me.traits = new Map()
        report(error)
        enter(me)
      }
      store.begin()
      try {
        const [identity, traits] = who()
        me.traits = traits
        me.known = andThen(identity, (identity) => enter(me, identity))?.catch(refuse)
      } catch (error) {
        refuse(error as GuidonError)
      }
      return me
    },
    start(isFresh) {
      if (isFresh) {
        user.heard = true
        disk.save(store.latest)
      } else {
        sync()
        if (until > clock()) {
          user.nextAttemptAt = Math.min(until, clock() + LONGEST_ASKED_MS)
          user.heard = true
          user.failed = new GuidonError('network', 'no answer before')
        }
      }
      // A slow storage tells later that something waits.
      andThen(outbox.loaded, () => {
        if (outbox.writes.length && !user.nextAttemptAt) sync(true)
      })
    },
    assign(traits) {
      const news = new Map(
        [...traits].filter(([key, { value, transient }]) => {
          const old = user.traits.get(key)
          return old?.value !== value || old.transient !== transient
        }),
      )
      if (news.size) {
        news.forEach((trait, key) => {
          user.traits.set(key, trait)
        })
        keep(user, news)
        store.generation++
        user.more = true
        giveUp()
      }
      return news.size || user.failed || user.run ? sync() : undefined
    },
    sync,
    close(error) {
      closed = error
      user.stop?.abort()
      other?.stop?.abort()
    },
  }
}

/** Marks a promise as looked after: who awaits it still sees it reject, who does not causes no unhandled rejection. */
export const quiet = <T>(promise: Promise<T>): Promise<T> => {
  promise.catch(() => {})
  return promise
}
