import type { Client, Inside } from '../client/client.ts'
import { hash } from '../core/hash.ts'
import { type Stop, stopAll } from '../core/ports.ts'
import type { Flag, FlagTable, FlagValue, Row } from '../model/flag.ts'
import { browser, fromText, type Kept, type Panel, toList } from './kept.ts'
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
  setPanel(change: Panel): void
  /** What was done, or went wrong, in words. */
  readonly said: string
  say(text: string): void
  /** Hears when anything is different. */
  subscribe(listener: () => void): Stop
  stop: Stop
}

/** Of its own, and not among what the client keeps. A hash, so that a dump of the device shows no key. */
const keyOf = ({ api, environmentKey }: Inside) => `guidon-inspector.${hash(`${api} ${environmentKey}`)}`

/** What an earlier visit left: nothing without consent to storage. */
const keptOf = (inside: Inside): Kept & { readonly road: Road } => {
  const key = keyOf(inside)
  const get = (kind: 'localStorage' | 'sessionStorage') =>
    inside.consent().storage ? browser(kind).get(key) : null
  const road = get('sessionStorage')
  return {
    ...fromText(get('localStorage')),
    road: road === 'slow' || road === 'offline' ? road : 'real',
  }
}

/** Somebody is testing in this browser: flags are overridden, or the network is simulated. */
export const isInUse = (inside: Inside): boolean => {
  const { flags, road } = keptOf(inside)
  return flags.size > 0 || road !== 'real'
}

/**
 * @param isWhole the client has only just begun: nothing was missed
 */
export const createWatch = (inside: Inside, isWhole: boolean, takesLinks: boolean): Watch => {
  const { client } = inside
  const layer = layerOf(client)
  const key = keyOf(inside)
  const listeners = new Set<() => void>()
  let { road, ...kept }: Kept & { road: Road } = keptOf(inside)
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

  /** Without consent to storage nothing is kept. */
  const save = () => {
    const { flags, panel } = kept
    const may = inside.consent().storage
    browser('sessionStorage').set(key, may && road !== 'real' ? road : undefined)
    const text = JSON.stringify({ overrides: toList(flags), panel })
    return browser('localStorage').set(key, may ? text : undefined)
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
  const set = (flags: FlagTable, text: string) => {
    kept = { ...kept, flags }
    const isKept = save() && inside.consent().storage
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

  const requests = watchRequests(
    inside,
    () => road,
    (isForFlags) => story.why(isForFlags),
    tell,
  )
  const streams = watchStreams(
    inside,
    () => road,
    (news) => {
      if (news) story.hearStream(news)
      tell()
    },
  )
  const story: Story = createStory(inside, isWhole, () => requests.all, tell)
  // What may not be kept is not left either.
  if (!inside.consent().storage) save()

  // What there was before the first read is no news.
  show(kept.flags, !isWhole)
  if (kept.flags.size)
    story.add('override', `${plural(kept.flags.size, 'flag')} overridden, as kept in this browser`)

  const address = readAddress(location.href)
  if (address.flags.size) {
    if (takesLinks) {
      set(
        new Map([...kept.flags, ...address.flags]),
        `${plural(address.flags.size, 'override')} from the address`,
      )
      // Else each reload would bring back what was removed meanwhile.
      try {
        history.replaceState(history.state, '', writeAddress(location.href, new Map()))
      } catch {} // Not where the page has no address of its own.
    } else say('The address carries overrides. This app does not take them, so they are ignored.')
  }

  /** Another tab of this browser overrides something. */
  const hear = (event: StorageEvent) => {
    if (event.key !== key) return
    const { flags } = fromText(event.newValue)
    kept = { ...kept, flags }
    const changes = show(flags)
    if (changes.length) story.add('override', 'as overridden in another tab', changes.map(told))
  }
  addEventListener('storage', hear)

  const { setConsent } = client
  const consenting: typeof setConsent = async (consent) => {
    await setConsent(consent)
    if (!isOver) save()
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
      const flags = new Map(kept.flags)
      if (row) flags.set(name, row)
      else flags.delete(name)
      set(flags, `${name || 'The flag without a name'} is ${row ? 'overridden' : 'as on the server'}`)
    },
    clearOverrides: () => set(new Map(), 'No flag is overridden any more'),
    link: () => (takesLinks ? writeAddress(location.href, layer.flags) : undefined),
    takesLinks,
    get road() {
      return road
    },
    set road(next) {
      road = next
      if (road === 'offline') streams.cut()
      save()
      say(
        {
          real: 'Requests go out as they are.',
          slow: 'Requests leave three seconds later.',
          offline: 'Requests find no server.',
        }[road],
      )
    },
    get panel() {
      return kept.panel
    },
    setPanel(change) {
      kept = { ...kept, panel: { ...kept.panel, ...change } }
      save()
      tell()
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
        if (client.setConsent === consenting) client.setConsent = setConsent
        removeEventListener('storage', hear)
      },
      story.stop,
      requests.stop,
      streams.stop,
    ),
  }
}
