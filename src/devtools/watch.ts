import type { Client, Inside } from '../client/client.ts'
import { type Stop, stopAll } from '../core/ports.ts'
import type { Flag, FlagTable, FlagValue, Row } from '../model/flag.ts'
import { createKeeper } from './keeper.ts'
import type { Panel } from './kept.ts'
import { layerOf } from './layer.ts'
import { readAddress, writeAddress } from './link.ts'
import { type Asked, type Road, watchRequests } from './requests.ts'
import { type Change, changesBetween, createStory, type Story, standing } from './story.ts'
import { type Streams, watchStreams } from './streams.ts'
import { plural } from './words.ts'

/** All that there is to see of a client, and to do with it: the inspector without its panel. */
export interface Watch {
  readonly inside: Inside
  readonly client: Client<Record<string, FlagValue>>
  readonly story: Pick<Story, 'entries' | 'guards'>
  readonly requests: readonly Asked[]
  readonly stream: Streams['state']
  /** All flags as the app reads them, without being counted as a read. The same record until something happens. */
  flags(): Readonly<Record<string, Flag>>
  /** What the client has of a flag that may be overridden. */
  original(name: string): Flag | undefined
  /** What is overridden in this browser. */
  readonly overrides: FlagTable
  /** Overrides a flag, or no longer. */
  override(name: string, row: Row | undefined): void
  clearOverrides(): void
  /** The page's address with the overrides. `undefined`: the app does not take such, or it would be too long. */
  link(): string | undefined
  readonly takesLinks: boolean
  road: Road
  readonly panel: Panel
  /** Keeps how the panel is now. */
  setPanel(change: Panel): void
  /** What was done, or went wrong, in words. */
  readonly said: string
  say(text: string): void
  /** Hears when anything is different. */
  subscribe(listener: () => void): Stop
  stop: Stop
}

/**
 * @param isWhole the client has only just begun: nothing was missed
 */
export const createWatch = (inside: Inside, isWhole: boolean, takesLinks: boolean): Watch => {
  const { client } = inside
  const layer = layerOf(client)
  const listeners = new Set<() => void>()
  let said = ''
  let all: Readonly<Record<string, Flag>> | undefined
  let isOver = false
  /** One word for all that happens in a tick. */
  let isTelling = false
  const tell = () => {
    all = undefined
    if (isTelling || isOver) return
    isTelling = true
    queueMicrotask(() => {
      isTelling = false
      for (const listener of [...listeners]) listener()
    })
  }
  const say = (text: string) => {
    said = text
    tell()
  }

  const show = (flags: FlagTable, isNews = true) => {
    const changes = changesBetween(layer.flags, flags)
    layer.flags = flags
    tell()
    if (!changes.length || !isNews) return changes
    client.emit('settled')
    client.emit('change', { changed: changes.map(({ name }) => name), source: 'override' })
    return changes
  }
  const set = (change: (flags: FlagTable) => FlagTable, text: string) => {
    const isKept = keeper.keep(({ flags }) => ({ flags: change(flags) }))
    const { flags } = keeper.kept
    const changes = show(flags)
    if (changes.length) story.add('override', text, changes.map(told))
    say(isKept || !flags.size ? `${text}.` : `${text}, until this page goes: nothing can be kept here.`)
  }
  /** Beside an override there is what it overrides. */
  const told = ({ name, ...states }: Change): Change => {
    const flag = layer.below()[name]
    const own = flag && standing(flag)
    return { name, before: states.before ?? own, after: states.after ?? own }
  }

  const keeper = createKeeper(inside, () => {
    const changes = show(keeper.kept.flags)
    if (changes.length) story.add('override', 'as overridden elsewhere in this browser', changes.map(told))
  })
  const road = () => keeper.road
  const requests = watchRequests(inside, road, (isForFlags) => story.why(isForFlags), tell)
  const streams = watchStreams(inside, road, (news) => {
    if (news) story.hearStream(news)
    tell()
  })
  /** Other extensions hear of it, too: who leads the tabs lets another lead. */
  const heed = (isOffline: boolean) => {
    inside.isOffline = isOffline
    if (isOffline) streams.cut()
    client.emit('settled')
  }
  const story: Story = createStory(inside, isWhole, () => requests.all, tell)
  heed(keeper.road === 'offline')
  // What there was before the first read is no news.
  show(keeper.kept.flags, !isWhole)
  if (layer.flags.size)
    story.add('override', `${plural(layer.flags.size, 'flag')} overridden, as kept in this browser`)

  const address = readAddress(location.href)
  if (address.flags.size) {
    if (takesLinks) {
      set(
        (flags) => new Map([...flags, ...address.flags]),
        `${plural(address.flags.size, 'override')} from the address`,
      )
      // Else each reload would bring back what was removed meanwhile.
      try {
        history.replaceState(history.state, '', writeAddress(location.href, new Map()))
      } catch {} // Not where the page has no address of its own.
    } else say('The address carries overrides. This app does not take them, so they are ignored.')
  }

  const { setConsent } = client
  const consenting: typeof setConsent = async (consent) => {
    await setConsent(consent)
    if (!isOver) keeper.consent()
  }
  client.setConsent = consenting

  return {
    inside,
    client,
    story,
    requests: requests.all,
    get stream() {
      return streams.state
    },
    flags: () => {
      all ??= client.all()
      return all
    },
    original: (name) => layer.below()[name],
    get overrides() {
      return layer.flags
    },
    override(name, row) {
      const change = (flags: FlagTable) => {
        const next = new Map(flags)
        if (row) next.set(name, row)
        else next.delete(name)
        return next
      }
      set(change, `${name || 'The flag without a name'} is ${row ? 'overridden' : 'as on the server'}`)
    },
    clearOverrides: () => set(() => new Map(), 'No flag is overridden any more'),
    link: () => (takesLinks ? writeAddress(location.href, layer.flags) : undefined),
    takesLinks,
    get road() {
      return road()
    },
    set road(road) {
      keeper.keepRoad(road)
      heed(road === 'offline')
      say(
        {
          real: 'Requests go out as they are.',
          slow: 'Requests leave three seconds later.',
          offline: 'Requests find no server.',
        }[road],
      )
    },
    get panel() {
      return keeper.kept.panel
    },
    setPanel(change) {
      keeper.keep(({ panel }) => ({ panel: { ...panel, ...change } }))
    },
    get said() {
      return said
    },
    say,
    subscribe(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    stop: stopAll(
      () => {
        // Before it is over: the app is told that its flags are the server's again.
        show(new Map())
        isOver = true
        heed(false)
        if (client.setConsent === consenting) client.setConsent = setConsent
      },
      keeper.stop,
      story.stop,
      requests.stop,
      streams.stop,
    ),
  }
}
