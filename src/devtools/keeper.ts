import type { Inside } from '../client/client.ts'
import { hash } from '../core/hash.ts'
import type { Stop } from '../core/ports.ts'
import { fromText, type Kept, toList } from './kept.ts'
import type { Road } from './requests.ts'

/** What the inspector keeps in this browser for an environment. All tabs share it, and all clients of a page. */
export interface Keeper {
  readonly kept: Kept
  /** How the road was left, in this tab. */
  readonly road: Road
  /** Keeps what becomes of it. `false`: only until the page goes. */
  keep(change: (kept: Kept) => Partial<Kept>): boolean
  keepRoad(road: Road): void
  /** The user agreed to something else. */
  consent(): void
  stop: Stop
}

/** The browser's storage may be denied or full: then things are kept until the page goes, and `set` says so. */
const browser = (kind: 'localStorage' | 'sessionStorage') => ({
  get(key: string): string | null {
    try {
      return globalThis[kind].getItem(key)
    } catch {
      return null
    }
  },
  /** `undefined` removes. */
  set(key: string, text: string | undefined): boolean {
    try {
      if (text === undefined) globalThis[kind].removeItem(key)
      else globalThis[kind].setItem(key, text)
      return true
    } catch {
      return false
    }
  },
})
const local = browser('localStorage')
const session = browser('sessionStorage')

/** Of its own, and not among what the client keeps. A hash, so that a dump of the device shows no key. */
const keyOf = ({ api, environmentKey }: Inside) => `guidon-inspector.${hash(`${api} ${environmentKey}`)}`

const roadOf = (inside: Inside): Road => {
  const road = inside.consent().storage && session.get(keyOf(inside))
  return road === 'slow' || road === 'offline' ? road : 'real'
}
const textOf = (inside: Inside) => (inside.consent().storage ? local.get(keyOf(inside)) : null)

/** Somebody is testing in this browser: flags are overridden, or the network is simulated. */
export const isInUse = (inside: Inside): boolean =>
  fromText(textOf(inside)).flags.size > 0 || roadOf(inside) !== 'real'

/** The keepers of this page look when one of them has kept something: the browser tells other tabs alone. */
const looks = new Set<() => void>()

/** @param heard another tab, or another client of this page, overrides something else */
export const createKeeper = (inside: Inside, heard: () => void): Keeper => {
  const key = keyOf(inside)
  let text = textOf(inside)
  let kept = fromText(text)
  let road = roadOf(inside)

  const look = () => {
    const now = textOf(inside)
    // One that was wiped says nothing of what a tester wants.
    if (!now || now === text) return
    text = now
    kept = { ...kept, flags: fromText(now).flags }
    heard()
  }
  const save = () => {
    const may = inside.consent().storage
    const next = JSON.stringify({ overrides: toList(kept.flags), panel: kept.panel })
    const isDone = local.set(key, may ? next : undefined)
    if (!isDone || !may) return false
    text = next
    for (const look of [...looks]) look()
    return true
  }
  const keepRoad = (next: Road) => {
    road = next
    session.set(key, inside.consent().storage && road !== 'real' ? road : undefined)
  }
  const consent = () => {
    save()
    keepRoad(road)
  }
  const hear = (event: StorageEvent) => {
    if (event.key === key) look()
  }

  looks.add(look)
  addEventListener('storage', hear)
  // What may not be kept is not left either.
  if (!inside.consent().storage) consent()
  return {
    get kept() {
      return kept
    },
    get road() {
      return road
    },
    keep(change) {
      // Else what others kept meanwhile would be written over.
      look()
      kept = { ...kept, ...change(kept) }
      return save()
    },
    keepRoad,
    consent,
    stop() {
      looks.delete(look)
      removeEventListener('storage', hear)
    },
  }
}
