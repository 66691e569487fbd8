import type { FlagTable } from '../model/flag.ts'
import { fromData, type Snapshot, toData } from '../model/snapshot.ts'
import { hash } from './hash.ts'
import { andThen, type MaybePromise, type SafeStorage } from './ports.ts'

/**
 * What stays on the device, as JSON under these keys (`<scope>` is a hash of API and environment key, `<user>` one of the
 * identifier):
 *
 *     guidon.<scope>.<user>   a SnapshotData that names its own scope and user
 *     guidon.<scope>.users    the users in it, last used first
 *
 * An entry that was copied under another user or environment names another, and is not taken.
 */
export interface Persistence {
  /** What all keys of this environment begin with. */
  readonly prefix: string
  /** The stored flags of a user (or of the environment), checked. What does not fit is removed. */
  load(identity: string | undefined): MaybePromise<Snapshot | undefined>
  /** Keeps a snapshot. Equal flags write nothing; when room is short the longest unused users go first. */
  save(snapshot: Snapshot): void
  /** Removes what is kept of a user. */
  forget(identity: string | undefined): Promise<void>
}

export const createPersistence = (storage: SafeStorage, scope: string, keep: number): Persistence => {
  const prefix = `guidon.${hash(scope)}.`
  /** The table that is on the disk for the user at hand. Equal flags keep their table, so comparing it is enough. */
  let saved: FlagTable | undefined

  /** Only the first read has to be synchronous. All that changes the disk happens here, one after the other. */
  let queue = Promise.resolve()
  const change = (user: string, write: (others: string[]) => Promise<void>) => {
    queue = queue.then(async () => {
      const list = parse(await storage.get(`${prefix}users`))
      const users = Array.isArray(list) ? list.filter((other) => other !== user) : []
      await write(users)
      if (`${users}` !== `${list}`) await storage.set(`${prefix}users`, JSON.stringify(users))
    })
    return queue
  }

  return {
    prefix,
    load(identity) {
      const user = hash(identity)
      const key = prefix + user
      saved = undefined
      return andThen(storage.get(key), (text) => {
        if (text == null) return
        const data = parse(text)
        // Nothing on the device is for whoever reads it.
        const stored = data?.shared ? undefined : fromData(data, prefix, user)
        if (!stored) {
          storage.delete(key)
          return
        }
        saved = stored.table
        change(user, async (users) => void users.unshift(user))
        return { ...stored, identity, source: 'storage' }
      })
    },

    save(snapshot) {
      if (saved === snapshot.table) return
      saved = snapshot.table
      const user = hash(snapshot.identity)
      const text = JSON.stringify(toData(snapshot, prefix, user))
      change(user, async (users) => {
        users.unshift(user)
        while (users.length > keep) await storage.delete(prefix + users.pop())
        // When the disk is full, the longest unused makes room, then the next.
        while (!(await storage.set(prefix + user, text))) {
          if (users.length < 2) {
            saved = undefined
            return
          }
          await storage.delete(prefix + users.pop())
        }
      })
    },

    forget(identity) {
      const user = hash(identity)
      return change(user, async () => void (await storage.delete(prefix + user)))
    },
  }
}

const parse = (text: unknown) => {
  try {
    return JSON.parse(text as string)
  } catch {}
}
