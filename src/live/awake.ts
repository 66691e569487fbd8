import { type Stop, stopAll } from '../core/ports.ts'

/** Something that is so or is not: visible, online. */
export interface Source {
  current(): boolean
  /** Calls the listener, with nothing, whenever `current()` may have changed. */
  subscribe(listener: () => void): Stop
}

/** Where an app learns whether it is awake. */
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

/** Awake is visible and online: the one condition under which this room does anything. */
export const createAwake = ({
  visibility = pageVisibility,
  online = pageOnline,
}: AwakeOptions = {}): Source => ({
  current: () => visibility.current() && online.current(),
  subscribe: (listener) => stopAll(visibility.subscribe(listener), online.subscribe(listener)),
})
