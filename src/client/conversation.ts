import type { Persistence } from '../core/persist.ts'
import type { Clock, SafeStorage } from '../core/ports.ts'
import type { Store } from '../core/store.ts'
import { within } from '../core/within.ts'
import { GuidonError } from '../model/errors.ts'
import type { Identity } from '../model/identity.ts'
import type { Trait, TraitValue } from '../model/trait.ts'
import { createDelivery, isRefusal } from '../outbox/delivery.ts'
import type { Outbox } from '../outbox/outbox.ts'
import { backoffMs, isPassing, LONGEST_ASKED_MS } from '../transport/backoff.ts'
import type { Send } from '../transport/http.ts'
import { parseFlags } from '../wire/parse.ts'
import { flagsRequest } from '../wire/request.ts'

/**
 * One user's time: each identify and reset begins another, so what belongs to one (traits, requests, promises) cannot reach
 * the next.
 */
export interface User {
  /** Who it is. `undefined`: nobody, which gives the environment's flags; or not known yet. */
  identity?: Identity | undefined
  readonly traits: Map<string, Trait>
  /** Those of them that are not in the outbox yet. */
  fresh?: Map<string, Trait>
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
  /** Why it is over. Who waits is told. */
  over?: GuidonError
  /** Ends the request that is out, or the wait before it. */
  stop?: AbortController
  /** The request that is out may write. It is let finish, for the server to know; only its answer is dropped. */
  writing?: number
}

/** How the server is asked: one request at a time for each user, and again when it failed in passing. */
export interface Conversation {
  /** Begins. A server that failed is not asked before its time, also when that was in an earlier session. */
  start(user: User): void
  /** Brings a user's flags. A request that is out serves this call too; with `again` one more follows it. */
  sync(user: User, again?: boolean): Promise<void>
  /** The traits changed: what is out is out of date, and given up for the next if it only reads. */
  restart(user: User): Promise<void>
  /** Nobody waits for this user any more. A request that may write is let finish, for the server to know. */
  end(user: User, error: GuidonError): void
}

/** What a conversation needs of the house. */
interface Parts {
  readonly store: Store
  readonly storage: SafeStorage
  readonly disk: Persistence
  readonly outbox: Outbox
  readonly send: Send
  readonly clock: Clock
  /** How often a request that failed in passing is tried again. */
  readonly retries: number
  /** Makes the GUID under which traits of nobody are sent. */
  readonly newId: () => string
  readonly report: (error: GuidonError) => void
  readonly settle: () => Promise<void>
}

export const createConversation = ({
  store,
  storage,
  disk,
  outbox,
  send,
  clock,
  retries,
  newId,
  report,
  settle,
}: Parts): Conversation => {
  let more: boolean | undefined
  const delivery = createDelivery(outbox, send)
  /** The health of the server, as far as this device knows. (A storage that answers later is not waited for.) */
  const [until, count] = `${storage.get('retry')}`.split(' ').map(Number) as [number, number]
  let failures = count || 0

  /** To whom writes belong: of who is known to nobody, nothing is kept. */
  const owner = ({ identity }: User) => (identity?.transient ? undefined : identity?.id)

  /** Puts what was set into the outbox, as soon as it is clear for whom. */
  const keep = (user: User) => {
    const id = owner(user)
    if (!id) return
    user.fresh?.forEach(({ value, transient }, key) => {
      if (!transient) outbox.put(id, key, value)
    })
    user.fresh = new Map()
  }

  /** Finds traits that the server refuses, and takes them out. Gives whether there were any. */
  const withoutTheBad = async (id: string, user: User) => {
    const { traits } = user
    let found = false
    // Also one that was delivered before.
    user.fresh = traits
    keep(user)
    const onDrop = (key: string, value: TraitValue | null) => {
      found = true
      if (traits.get(key)?.value === value) traits.delete(key)
    }
    await delivery.deliver(id, onDrop).catch(() => {})
    return found
  }

  /** Asks until an answer is of the traits as they are now. One request at a time: writes keep their order. */
  const loop = async (user: User, ms?: number) => {
    await user.known // which also makes the calls of one tick one request
    const { traits } = user
    const id = owner(user)
    for (let tries = 0; ; ) {
      if (ms && user.nextAttemptAt) {
        user.stop = new AbortController()
        await within(ms, new Promise(() => {}), user.stop.signal).catch(() => {})
      }
      ms = user.nextAttemptAt = undefined
      keep(user)
      const waiting = outbox.size ? await outbox.of(id) : []
      if (user.over) throw user.over
      const { generation } = store
      // What was set in this session comes first, and counts last.
      const sent = new Map([...traits, ...waiting, ...traits])
      let identity = user.identity
      let failed: GuidonError | undefined
      more = false
      user.writing = sent.size
      user.stop = new AbortController()
      try {
        if (sent.size && !identity) user.visitor ??= { id: newId(), transient: true }
        identity ??= user.visitor
        const ask = async () => {
          if (sent.size) await outbox.saved
          // While another write for this user had its turn, something newer may have come.
          if (user.over || generation !== store.generation) return
          const at = clock()
          const text = await send(flagsRequest(identity, sent), user.stop as AbortController)
          const flags = parseFlags(text, identity)
          store.replace({ identity: user.identity?.id, source: 'network', at, flags }, generation)
          sent.forEach((trait, key) => {
            if (id && !trait.transient) outbox.done(id, key, trait.value)
            // A removal that arrived is done. One that was set anew meanwhile is not the one that arrived.
            if (trait.value === null && traits.get(key) === trait) traits.delete(key)
          })
        }
        await (id && sent.size ? delivery.inTurn(id, ask) : ask())
      } catch (error) {
        failed = error as GuidonError
        // Who waits hears of a failure when it is known what the device has.
        await user.loaded
        if (id && isRefusal(failed) && (await withoutTheBad(id, user))) continue
      }
      user.writing = 0
      if (user.over || more || generation !== store.generation) continue

      user.failed = failed
      if (failed) {
        ms = backoffMs(++failures, failed)
        user.nextAttemptAt = clock() + ms
        storage.set('retry', `${user.nextAttemptAt} ${failures}`)
        if (tries++ < retries && isPassing(failed)) {
          settle()
          continue
        }
        report(failed)
      } else {
        if (failures) storage.delete('retry')
        failures = 0
        // Of somebody who is known to nobody, nothing is kept.
        if (!identity?.transient) disk.save(store.latest)
      }
      // In one tick with the look at what is wanted, so that no call in between joins a run that is over.
      user.run = undefined
      user.heard = true
      await settle()
      if (failed) throw failed
      delivery.deliverOthers(id)
      return
    }
  }

  const giveUp = (user: User) => {
    if (!user.writing) user.stop?.abort()
  }

  const sync = (user: User, again?: boolean) => {
    more ||= again
    // What the app asks for is not held back.
    if (user.nextAttemptAt) giveUp(user)
    user.nextAttemptAt = undefined
    user.run ??= quiet(loop(user))
    settle()
    return user.run
  }

  return {
    sync,
    start(user) {
      const ms = Math.min(until - clock(), LONGEST_ASKED_MS)
      user.run = quiet(loop(user, ms))
      if (ms > 0) {
        user.heard = true
        user.failed = new GuidonError('network', 'failed before, waits until nextAttemptAt')
        user.nextAttemptAt = clock() + ms
      }
    },
    restart(user) {
      keep(user)
      store.generation++
      giveUp(user)
      return sync(user)
    },
    end(user, error) {
      keep(user)
      user.over = error
      if (error.code === 'closed') {
        user.writing = 0
        delivery.stop()
      }
      user.run = undefined
      giveUp(user)
    },
  }
}

/** Marks a promise as looked after: who awaits it still sees it reject, who does not causes no unhandled rejection. */
export const quiet = <T>(promise: Promise<T>): Promise<T> => {
  promise.catch(() => {})
  return promise
}
