import { andThen, type Clock, type MaybePromise, type SafeStorage } from '../core/ports.ts'
import { GuidonError } from '../model/errors.ts'
import type { Trait, TraitValue } from '../model/trait.ts'

/** How much the outbox holds, and how long. What has to go is told as an `error` event, `dropped-trait`. */
export interface OutboxOptions {
  /** Characters on the device. When more waits, the oldest writes go. Default: 32,768. */
  readonly maxChars?: number
  /** Older writes go. Default: 2,592,000,000 (30 days). */
  readonly maxAgeMs?: number
}

/** A trait to be written: for whom, which, what (`null` removes it), since when (milliseconds since 1970). */
type Write = readonly [identity: string, key: string, value: TraitValue | null, at: number]

/**
 * Trait writes that must arrive: on the device before they are sent, and there until the server has them. The last write
 * of an identity and key wins. Only persistent traits come here, and only of identities that the server may know. The
 * identifier is among them in clear for as long as a write waits: it is to be sent.
 */
export interface Outbox {
  /** How many writes wait. */
  readonly size: number
  /** Settles when what an earlier session left is there, and what was put since is on the device. */
  readonly saved: MaybePromise<void>
  put(identity: string, key: string, value: TraitValue | null): void
  /** The server has this value. One that was set anew meanwhile goes on waiting. */
  done(identity: string, key: string, value: TraitValue | null): void
  /** The server will never have it. */
  drop(identity: string, key: string, value: TraitValue | null, why: string): void
  /** What waits for an identity, on the device by then. */
  of(identity: string | undefined): MaybePromise<Map<string, Trait>>
  /** For whom something waits. */
  identities(): Set<string>
}

export const createOutbox = (
  storage: SafeStorage,
  clock: Clock,
  { maxChars = 32_768, maxAgeMs = 2_592_000_000 }: OutboxOptions,
  report: (error: GuidonError) => void,
): Outbox => {
  /** Oldest first: what was put here, and what was on the device at the start. */
  let writes: readonly Write[] = []
  const own = new WeakSet<Write>()
  /** The device did not take the last change: then it is no longer what counts. */
  let failed = false
  let saved: MaybePromise<void>

  const load = (text: unknown): readonly Write[] => {
    try {
      return (JSON.parse(text as string) as Write[]).filter(
        ([identity, key, value, at]) => identity && key && Object(value) !== value && at > 0,
      )
    } catch {
      return []
    }
  }

  /** Changes what is here at once, and what is on the device, where other tabs' writes are as well, in its turn. */
  const change = (edit: (list: readonly Write[]) => readonly Write[]) => {
    writes = edit(writes)
    saved = andThen(saved, () =>
      andThen(storage.get('outbox'), (text) => {
        const list = failed ? writes : edit(load(text))
        const kept = list.length ? storage.set('outbox', JSON.stringify(list)) : storage.delete('outbox')
        return andThen(kept, (ok) => {
          failed = !ok
        })
      }),
    )
  }
  const without = (identity: string, key: string) => (write: Write) =>
    write[0] !== identity || write[1] !== key
  const done = (identity: string, key: string, value: TraitValue | null) =>
    change((list) => list.filter((write) => without(identity, key)(write) || write[2] !== value))

  const drop = (identity: string, key: string, value: TraitValue | null, why: string) => {
    done(identity, key, value)
    report(new GuidonError('dropped-trait', `'${key}': ${why}`, { key }))
  }

  saved = andThen(storage.get('outbox'), (text) => {
    const left = load(text)
    // What was put while a slow storage was thinking is newer.
    writes = [...left.filter(([id, key]) => writes.every(without(id, key))), ...writes]
    for (const [identity, key, value, at] of left)
      if (at < clock() - maxAgeMs) drop(identity, key, value, 'too old')
  })

  return {
    get size() {
      return writes.length
    },
    get saved() {
      return saved
    },
    put(identity, key, value) {
      const write: Write = [identity, key, value, clock()]
      own.add(write)
      change((list) => [...list.filter(without(identity, key)), write])
      while (JSON.stringify(writes).length > maxChars) {
        const [identity, key, value] = writes[0] as Write
        drop(identity, key, value, 'no room')
      }
    },
    done,
    drop,
    of: (identity) =>
      andThen(saved, () =>
        andThen(storage.get('outbox'), (text) => {
          const there = load(text).map(String)
          // What another tab has delivered since, or set anew, is not to be sent by this one.
          writes = writes.filter((write) => failed || own.has(write) || there.includes(`${write}`))
          return new Map(
            writes
              .filter((write) => write[0] === identity)
              .map(([, key, value]) => [key, { value, transient: false }]),
          )
        }),
      ),
    identities: () => new Set(writes.map(([identity]) => identity)),
  }
}
