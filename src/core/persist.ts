import type { FlagTable } from '../model/flag.ts'
import { fromText, type Snapshot, toText } from '../model/snapshot.ts'
import { hash } from './hash.ts'
import { createList } from './list.ts'
import { andThen, type MaybePromise, type SafeStorage } from './ports.ts'

/**
 * What stays on the device: `users` lists the users there are, last used first (a user is a hash of the identifier), and
 * under each user there is a SnapshotData as JSON. It names its own scope and user, so that an entry that was copied
 * under another user or environment is not taken.
 */
export interface Persistence {
  /** The stored flags of a user (or of the environment), checked. What does not fit is removed. */
  load(identity: string | undefined): MaybePromise<Snapshot | undefined>
  /** Keeps a snapshot. Equal flags write nothing; when room is short the longest unused users go first. */
  save(snapshot: Snapshot): void
  /** Removes what is kept of a user. */
  forget(identity: string | undefined): MaybePromise<unknown>
}

export const createPersistence = (storage: SafeStorage, scope: string, keep: number): Persistence => {
  /** The table that is on the disk for the user at hand. Equal flags keep their table, so comparing it is enough. */
  let saved: FlagTable | undefined

  const change = createList<string>(
    storage,
    'users',
    (text) => text.match(/\S+/g) ?? [],
    (users) => users.join(' '),
  )

  return {
    load(identity) {
      const user = hash(identity)
      saved = undefined
      return andThen(storage.get(user), (text) => {
        const stored = fromText(text, scope, user)
        // What is on the device belongs to one user.
        if (stored && !stored.shared) {
          saved = stored.flags
          change((users) => [...new Set([user, ...users])])
          return { ...stored, identity, source: 'storage' }
        }
        if (text != null) storage.delete(user)
        return
      })
    },

    save(snapshot) {
      if (saved === snapshot.flags) return
      saved = snapshot.flags
      const user = hash(snapshot.identity)
      const text = toText(snapshot, scope, user)
      change(async (list) => {
        const users = [...new Set([user, ...list])]
        // When there are too many, or the disk is full, the longest unused makes room, then the next.
        while (users.length > keep || !(await storage.set(user, text))) {
          if (users.length < 2) {
            saved = undefined
            break
          }
          await storage.delete(users.pop() as string)
        }
        return users
      })
    },

    forget(identity) {
      const user = hash(identity)
      return change((users) => andThen(storage.delete(user), () => users.filter((other) => other !== user)))
    },
  }
}
