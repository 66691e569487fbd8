import { andThen, type Clock, type MaybePromise, type SafeStorage } from '../core/ports.ts'
import { GuidonError } from '../model/errors.ts'
import type { Trait, TraitValue } from '../model/trait.ts'

/** How much the outbox holds, and how long. What has to go is told as an `error` event, `dropped-trait`. */
export interface OutboxOptions {
  /** Characters on the device. When more waits, the oldest writes go. Default: 32,768. */
  readonly maxChars?: number | undefined
  /** Older writes go. Default: 2,592,000,000 (30 days). */
  readonly maxAgeMs?: number | undefined
}

/**
 * A trait to be written: for whom, which, what (`null` removes it), since when (milliseconds since 1970). Among changes, one
 * of time 0 says that this value need not be written any more.
 */
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
  readonly loaded: MaybePromise<unknown>
  put(identity: string, key: string, value: TraitValue | null): void
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
  /** Oldest first: what was put here, and what was on the device at the start. */
  let writes: readonly Write[] = []
  const own = new WeakSet<Write>()
  /** Changes that the device has not taken yet. */
  let unsaved: readonly Write[] = []
  let saved: MaybePromise<unknown>

  const load = (text: unknown): readonly Write[] => {
    try {
      return (JSON.parse(text as string) as Write[]).filter(
        ([identity, key, value, at]) => identity && key && Object(value) !== value && at > 0,
      )
    } catch {
      return []
    }
  }

  const apply = (list: readonly Write[], change: Write) => {
    const [identity, key, value, at] = change
    const others = list.filter(
      (write) => write[0] !== identity || write[1] !== key || (!at && write[2] !== value),
    )
    return at ? [...others, change] : others
  }

  /** Brings together what is here and what is on the device, where other tabs' writes are as well. One after the other. */
  const save = (isStart?: boolean) => {
    saved = andThen(saved, () =>
      andThen(storage.get('outbox'), (text) => {
        if (text === false) return
        const changes = unsaved
        const there = changes.reduce(apply, load(text))
        const texts = there.map(String)
        // What another tab has delivered since, or set anew, is not to be sent by this one.
        writes = isStart ? there : writes.filter((write) => own.has(write) || texts.includes(`${write}`))
        if (!changes.length) return
        return andThen(
          there.length ? storage.set('outbox', JSON.stringify(there)) : storage.delete('outbox'),
          (ok) => {
            if (ok) unsaved = unsaved.filter((change) => !changes.includes(change))
          },
        )
      }),
    )
    return saved
  }
  const change = (write: Write) => {
    own.add(write)
    writes = apply(writes, write)
    // What was set before does not matter any more.
    unsaved = write[3] ? apply(unsaved, write) : [...unsaved, write]
    save()
  }
  const done = (identity: string, key: string, value: TraitValue | null) => change([identity, key, value, 0])

  const lose = (key: string, why: string) =>
    report(new GuidonError('dropped-trait', `'${key}': ${why}`, { key }))
  /** The oldest go, until all that is left has room and time. */
  const trim = () => {
    for (const [identity, key, value, at] of writes) {
      if (at >= clock() - maxAgeMs && JSON.stringify(writes).length <= maxChars) return
      done(identity, key, value)
      lose(key, 'no room or too old')
    }
  }

  return {
    get writes() {
      return writes
    },
    loaded: andThen(save(true), trim),
    put(identity, key, value) {
      change([identity, key, value, clock()])
      trim()
    },
    done,
    lose,
    of: (identity) =>
      andThen(
        // Nobody waits for a slow device when nothing waits.
        writes.length ? save() : undefined,
        () =>
          new Map(writes.filter((write) => write[0] === identity).map(([, key, value]) => [key, { value }])),
      ),
  }
}
