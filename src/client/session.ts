import type { Store } from '../core/store.ts'
import type { GuidonError } from '../model/errors.ts'
import type { Identity } from '../model/identity.ts'
import type { Snapshot } from '../model/snapshot.ts'
import type { Trait, Traits } from '../model/trait.ts'
import { isPassing } from '../transport/backoff.ts'
import { wait } from '../transport/wait.ts'

/**
 * One user's conversation with the server. Each identify and reset makes a new one and ends the old, so what belongs to
 * one user (traits, requests, promises) cannot reach the next.
 */
export interface Session {
  /** Who it is. `undefined`: nobody, which gives the environment's flags; or not known yet. */
  identity?: Identity | undefined
  /** Resolves when it is clear who it is. */
  known?: unknown
  readonly traits: Map<string, Trait>
  /** The device has said what it has of this user. */
  consulted?: boolean
  /** The server has answered, or failed to. */
  heard?: boolean
  /** Why the last request failed, and why the user was refused. */
  failed?: GuidonError | undefined
  refused?: GuidonError
  /** Pending while the server is being asked. */
  run?: Promise<void> | undefined
  /** Brings the flags. A request that is out serves this call too; with `again` one more follows it. */
  sync(again?: boolean): Promise<void>
  /** The traits changed: what is out is out of date. A request that only reads is given up for the next. */
  restart(): Promise<void>
  /** Rejects who waits. A request that may write is let finish, for the server to know; its answer is dropped. */
  end(error: GuidonError): void
}

/**
 * @param ask fetches the flags for these traits. `signal` says that nobody waits for them any more.
 * @param onHeard is told how a request went and whether it was the last of the run; gives the wait before the next.
 */
export const createSession = (
  store: Store,
  traits: Map<string, Trait>,
  retries: number,
  ask: (session: Session, traits: Traits, signal: AbortSignal) => Promise<Snapshot>,
  onStart: () => void,
  onHeard: (session: Session, failed: GuidonError | undefined, last: boolean) => number,
): Session => {
  let stop = new AbortController()
  let more: boolean | undefined
  let over = false
  let rejectAll: (error: GuidonError) => void
  const ended = new Promise<never>((_, reject) => {
    rejectAll = reject
  })

  /** Asks until an answer is of the traits as they are now. One request at a time: writes keep their order. */
  const loop = async () => {
    await session.known // which also makes the calls of one tick one request
    for (let tries = 0; ; ) {
      const { generation } = store
      const sent = new Map(traits)
      let failed: GuidonError | undefined
      stop = new AbortController()
      more = false
      try {
        const snapshot = await ask(session, sent, stop.signal)
        if (over) return
        store.replace(snapshot, generation)
        // A removal that arrived is done. One that was set anew meanwhile is not the one that arrived.
        sent.forEach((trait, key) => {
          if (trait.value === null && traits.get(key) === trait) traits.delete(key)
        })
      } catch (error) {
        failed = error as GuidonError
      }
      if (over) return
      if (more || generation !== store.generation) continue

      const last = !failed || tries++ >= retries || !isPassing(failed)
      if (last) {
        // In one tick with the look at what is wanted, so that no call in between joins a run that is over.
        session.run = undefined
        session.heard = true
        session.failed = failed
      }
      const ms = onHeard(session, failed, last)
      if (!last) await wait(ms, stop.signal)
      else if (failed) throw failed
      else return
    }
  }

  const session: Session = {
    traits,
    sync(again) {
      more = again
      if (!session.run) {
        session.run = quiet(Promise.race([ended, loop()]))
        onStart()
      }
      return session.run
    },
    restart() {
      store.generation++
      stop.abort()
      return session.sync()
    },
    end(error) {
      over = true
      session.run = undefined
      stop.abort()
      quiet(ended)
      rejectAll(error)
    },
  }
  return session
}

/** Marks a promise as looked after: who awaits it still sees it reject, who does not causes no unhandled rejection. */
export const quiet = <T>(promise: Promise<T>): Promise<T> => {
  promise.catch(() => {})
  return promise
}
