import type { Stop } from '../core/ports.ts'

/** Something that is so or is not: visible, online. */
export interface Source {
  current(): boolean
  /** Calls the listener, with nothing, whenever `current()` may have changed. */
  subscribe(listener: () => void): Stop
}

/** Where an app learns whether it is awake. All extensions that are given the same sources listen to them once. */
export interface AwakeOptions {
  /** Whether somebody looks. Default: the page's visibility; always outside of pages. */
  readonly visibility?: Source | undefined
  /** Whether there is a network. Default: `navigator.onLine`; always where that is missing. */
  readonly online?: Source | undefined
}

/** A source that is told of by events of the page, all of which reach its window. */
const page = (current: () => boolean, ...types: string[]): Source => ({
  current,
  subscribe(listener) {
    const hear = ({ type, persisted }: Partial<PageTransitionEvent>) => {
      // Every page that loads is shown. Only one that comes out of the back/forward cache was away.
      if (type !== 'pageshow' || persisted) listener()
    }
    const each = (verb: 'addEventListener' | 'removeEventListener') => {
      for (const type of types) globalThis[verb]?.(type, hear)
    }
    each('addEventListener')
    return () => each('removeEventListener')
  },
})

const pageVisibility = /* @__PURE__ */ page(
  () => globalThis.document?.visibilityState !== 'hidden',
  'visibilitychange',
  'pageshow',
  'resume',
)
const pageOnline = /* @__PURE__ */ page(() => globalThis.navigator?.onLine !== false, 'online', 'offline')

/** Who listens to a source: several who do cost it one listener. */
const ears = new WeakMap<Source, { readonly listeners: Set<() => void>; readonly stop: Stop }>()

const listen = (source: Source, listener: () => void): Stop => {
  let ear = ears.get(source)
  if (!ear) {
    const listeners = new Set<() => void>()
    const tell = () => {
      for (const listener of listeners) listener()
    }
    ear = { listeners, stop: source.subscribe(tell) }
    ears.set(source, ear)
  }
  const { listeners, stop } = ear
  listeners.add(listener)
  return () => {
    if (listeners.delete(listener) && !listeners.size && ears.delete(source)) stop()
  }
}

/** Awake is visible and online: the one condition under which this room does anything. */
export const createAwake = ({ visibility = pageVisibility, online = pageOnline }: AwakeOptions): Source => ({
  current: () => visibility.current() && online.current(),
  subscribe(listener) {
    const stops = [listen(visibility, listener), listen(online, listener)]
    return () => {
      for (const stop of stops) stop()
    }
  },
})
