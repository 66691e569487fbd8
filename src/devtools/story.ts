import type { GuardEvent, Inside } from '../client/client.ts'
import { diff } from '../core/diff.ts'
import { type Stop, stopAll } from '../core/ports.ts'
import type { Flag, FlagTable } from '../model/flag.ts'
import type { Snapshot } from '../model/snapshot.ts'
import type { Asked } from './requests.ts'
import type { StreamNews } from './streams.ts'
import { age, plain, plural, short, shown } from './words.ts'

export type Kind =
  | 'defaults'
  | 'storage'
  | 'page'
  | 'network'
  | 'tab'
  | 'stream'
  | 'override'
  | 'user'
  | 'status'
  | 'guard'
  | 'error'

/** A flag that is another than before. `undefined`: there was, or is, none. */
export interface Change {
  readonly name: string
  readonly before: string | undefined
  readonly after: string | undefined
}

/** Something that happened. */
export interface Entry {
  readonly at: number
  readonly kind: Kind
  readonly text: string
  /** The first of the flags that differ. */
  readonly changes: readonly Change[]
  /** How many more of them there are. */
  readonly more: number
}

/** So many entries are remembered, and of each so many changes. */
const MOST = 200
const MOST_CHANGES = 100

export interface Story {
  /** Newest first. */
  readonly entries: readonly Entry[]
  /** What the guards did, newest first. */
  readonly guards: readonly GuardEvent[]
  add(kind: Kind, text: string, changes?: readonly Change[], more?: number): void
  /** Why the next request is made, as far as anybody knows. */
  why(isForFlags: boolean): string
  hearStream(news: StreamNews): void
  stop: Stop
}

/** How a flag stands, in words. A long value is cut: it is kept as often as it changes. */
export const standing = ({ enabled, value }: Pick<Flag, 'enabled' | 'value'>): string =>
  `${enabled ? 'on' : 'off'}, ${short(shown(value))}`
const rowOf = (flags: FlagTable, name: string): string | undefined => {
  const row = flags.get(name)
  return row && standing({ enabled: row[0], value: row[1] })
}

/** What differs between two tables, in words. */
export const changesBetween = (before: FlagTable, after: FlagTable): readonly Change[] =>
  diff(before, after).map((name) => ({ name, before: rowOf(before, name), after: rowOf(after, name) }))

/**
 * Tells what happens to a client, as it happens.
 *
 * @param isWhole the client has only just begun
 * @param asked the requests of the client, newest first
 */
export const createStory = (
  { client, latest, clock, identity }: Inside,
  isWhole: boolean,
  asked: () => readonly Asked[],
  tell: () => void,
): Story => {
  const entries: Entry[] = []
  const guards: GuardEvent[] = []
  let reason: string | undefined = isWhole ? 'the start' : undefined
  /** A request was out when the inspector came. */
  let isUnseen = !isWhole && /ing$/.test(client.status.state)
  /** The last request that an arrival was explained with. */
  let told: Asked | undefined
  let last = latest()
  let who = identity()

  const add: Story['add'] = (kind, text, changes = [], more = 0) => {
    entries.unshift({ at: clock(), kind, text, changes, more })
    entries.length = Math.min(entries.length, MOST)
    tell()
  }

  /** Where a snapshot came from. */
  const origin = ({ source }: Snapshot): [Kind, because: string] => {
    if (source !== 'network') return [source, '']
    const answered = asked().find(({ isForFlags, outcome }) => isForFlags && outcome)
    if (answered && answered !== told) {
      told = answered
      return ['network', `, because of ${answered.why}`]
    }
    // Flags that nobody here asked for were given by another tab.
    if (!isUnseen) return ['tab', '']
    isUnseen = false
    return ['network', ', by a request that was not seen']
  }

  const arrived = (next: Snapshot) => {
    const { flags, source, at } = next
    const [kind, because] = origin(next)
    const changes = changesBetween(last.flags, flags)
    add(
      kind,
      `${plural(flags.size, 'flag')}${source === 'defaults' ? '' : `, ${changes.length ? `${changes.length.toLocaleString('en')} different` : 'nothing new'}`}${
        source === 'storage' ? `, ${age(clock() - at)} old` : ''
      }${because}`,
      changes.slice(0, MOST_CHANGES),
      Math.max(0, changes.length - MOST_CHANGES),
    )
    last = next
  }

  const begin = () => {
    const { flags, source, at } = last
    const kind = source === 'network' ? (isWhole ? 'page' : 'network') : source
    const when = source === 'defaults' ? '' : `, ${age(clock() - at)} old`
    add(
      kind,
      isWhole
        ? `${plural(flags.size, 'flag')}${when}, at the start`
        : `${plural(flags.size, 'flag')}${when}: there already when the inspector came. What was before is not known.`,
    )
  }

  const look = () => {
    const now = identity()
    if (now?.id !== who?.id || now?.transient !== who?.transient) {
      who = now
      add('user', now ? (now.transient ? 'a transient identity' : `identity ${now.id}`) : 'nobody')
    }
    const next = latest()
    if (next !== last) arrived(next)
    tell()
  }

  /** Calls of the app, and of extensions that call what the app calls. */
  const wraps = (['refresh', 'identify', 'setTraits', 'reset'] as const).map((name) => {
    const call = client[name] as (...args: never[]) => Promise<void>
    const ours = (...args: never[]) => {
      const mine = `${name}()`
      reason ??= mine
      const done = call(...args)
      // A request that was out already has served it.
      const over = () => {
        if (reason === mine) reason = undefined
      }
      done.then(over, over)
      return done
    }
    client[name] = ours as never
    return () => {
      if ((client[name] as unknown) === ours) client[name] = call as never
    }
  })

  begin()
  return {
    entries,
    guards,
    add,
    why(isForFlags) {
      if (!isForFlags) return 'an extension'
      const why = reason ?? (client.status.error ? 'a failure before' : 'the client or an extension')
      reason = undefined
      return why
    },
    hearStream(news) {
      if (news === 'told') reason = 'an event'
      add('stream', { opened: 'open', told: 'something changed on the server', closed: 'closed' }[news])
    },
    stop: stopAll(
      client.on('settled', look),
      client.on('status', ({ state, error }) => add('status', error ? `${state}, ${error.code}` : state)),
      client.on('error', (error) => add('error', plain(error))),
      client.on('guard', (event) => {
        guards.unshift(event)
        guards.length = Math.min(guards.length, MOST)
        const { subject, key, kind, action } = event
        add('guard', `${subject}${key ? ` “${key}”` : ''} looks ${kind}: ${action}`)
      }),
      ...wraps,
    ),
  }
}
