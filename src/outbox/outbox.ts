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
  /** Settles when it is known what an earlier session left. */
  readonly loaded: MaybePromise<void>
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
  let writes: readonly Write[] = []
  /** What was put here, or was on the device at the start. The rest of what is there is for other tabs to send. */
  const ours = new Set<string>()
  const name = ([identity, key]: readonly unknown[]) => `${identity} ${key}`
  const list = createList<Write>(storage, 'outbox')

  const lose = (key: string, why: string) =>
    report(new GuidonError('dropped-trait', `'${key}': ${why}`, { key }))

  const change = (edit: (list: Write[]) => Write[]) =>
    andThen(
      list((there) => {
        const left = edit(
          there.filter((write) => write?.[0] && write[1] && Object(write[2]) !== write[2] && write[3] > 0),
        )
        while (JSON.stringify(left).length > maxChars) lose(left.shift()![1], 'no room')
        return left
      }),
      (left) => {
        writes = left.filter((write) => ours.has(name(write)))
      },
    )

  const loaded = change((list) =>
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
    loaded,
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
        ours.size ? change((list) => list) : undefined,
        () => new Map(writes.filter(([id]) => id === identity).map(([, key, value]) => [key, { value }])),
      ),
  }
}
