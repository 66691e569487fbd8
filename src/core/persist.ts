import { type FlagTable, toTable } from '../model/flag.ts'
import type { Snapshot } from '../model/snapshot.ts'
import { hash } from './hash.ts'
import { andThen, type MaybePromise, type SafeStorage } from './ports.ts'

/**
 * What stays on the device, as JSON under these keys (`<scope>` is a hash of API and environment key, `<user>` one of the
 * identifier):
 *
 *     guidon.<scope>.<user>   [version, its own key, when the server answered (ms since 1970), rows]
 *     guidon.<scope>.users    the users in it, last used first
 *
 * An entry names its own key, so one that was copied under another user or environment is not taken.
 */
const VERSION = 1

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
    load(identity = '') {
      const user = hash(identity)
      const key = prefix + user
      saved = undefined
      return andThen(storage.get(key), (text) => {
        if (text == null) return
        const entry = parse(text)
        const table =
          entry?.[0] === VERSION && entry[1] === key && entry[2] > 0 ? toTable(entry[3]) : undefined
        if (!table) {
          storage.delete(key)
          return
        }
        saved = table
        change(user, async (users) => void users.unshift(user))
        return { identity, source: 'storage', at: entry[2], table }
      })
    },

    save({ identity = '', at, table }) {
      if (saved === table) return
      saved = table
      const user = hash(identity)
      const text = JSON.stringify([VERSION, prefix + user, at, [...table.values()]])
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

    forget(identity = '') {
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
