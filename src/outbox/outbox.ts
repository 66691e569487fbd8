import { createList } from '../core/list.ts'
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
  /** What waits, oldest first. */
  readonly writes: readonly Write[]
  /** Settles when what an earlier session left is there, and what was put since is on the device. */
  readonly saved: MaybePromise<void>
  put(...write: Write): void
  /** The server has this value. One that was set anew meanwhile goes on waiting. */
  done(identity: string, key: string, value: TraitValue | null): void
  /** The server will never have this. */
  lose(key: string, why: string): void
  /** What waits for an identity, on the device by then. */
  of(identity: string | undefined): MaybePromise<Map<string, Trait>>
}

export const createOutbox = (
  storage: SafeStorage,
  clock: Clock,
  { maxChars = 32_768, maxAgeMs = 2_592_000_000 }: OutboxOptions,
  report: (error: GuidonError) => void,
): Outbox => {
  let writes: Write[] = []
  /** What was put here, or was on the device at the start. The rest of what is there is for other tabs to send. */
  const ours = new Set<string>()
  const name = ([identity, key]: readonly unknown[]) => `${identity} ${key}`
  let saved: MaybePromise<void>
  /** Changes that the device has not seen yet. */
  let changes = 0
  /** The device did not take the last change: then it is no longer what counts. */
  let failed = false

  const changeThere = createList<Write>(storage, 'outbox')
  const isWrite = (write: Write) => write?.[0] && write[1] && Object(write[2]) !== write[2] && write[3] > 0

  const lose = (key: string, why: string) =>
    report(new GuidonError('dropped-trait', `'${key}': ${why}`, { key }))

  /** Changes what is here at once, and what is on the device, where other tabs' writes are as well, in its turn. */
  const change = (edit: (list: Write[]) => Write[]) => {
    writes = edit(writes)
    changes++
    saved = andThen(
      changeThere((there) => {
        const list = edit(failed ? writes : there.filter(isWrite))
        while (JSON.stringify(list).length > maxChars) lose(list.shift()![1], 'no room')
        if (!--changes) writes = list.filter((write) => ours.has(name(write)))
        return list
      }),
      (kept) => {
        failed = !kept
      },
    )
    return saved
  }

  change((list) =>
    list.filter((write) => {
      ours.add(name(write))
      const fits = write[3] > clock() - maxAgeMs
      if (!fits) lose(write[1], 'too old')
      return fits
    }),
  )

  return {
    get writes() {
      return writes
    },
    get saved() {
      return saved
    },
    put(...write) {
      ours.add(name(write))
      change((list) => [...list.filter((other) => name(other) !== name(write)), write])
    },
    done(identity, key, value) {
      change((list) => list.filter((write) => name(write) !== name([identity, key]) || write[2] !== value))
    },
    lose,
    of: (identity) =>
      andThen(
        writes.length ? change((list) => list) : undefined,
        () =>
          new Map(
            writes
              .filter(([id]) => id === identity)
              .map(([, key, value]) => [key, { value, transient: false }]),
          ),
      ),
  }
}
