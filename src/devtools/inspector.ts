import type { Client, Extension, Inside } from '../client/client.ts'
import { isInUse } from './keeper.ts'
import { readAddress } from './link.ts'
import { createHost, type Host } from './panel/host.ts'
import { createWatch } from './watch.ts'

/** What `inspector()` and `guidonInspector()` take. */
export interface InspectorOptions {
  /**
   * Only for those who ask for it in the address, with `?guidon`, and where flags are overridden already. For everybody else
   * nothing is watched and nothing is shown. Default: `false`, for everybody.
   */
  readonly address?: boolean | undefined
  /** Links may carry overrides: `?guidon=…`. Default: `false`. Whoever gets somebody to open a link sets their flags then. */
  readonly links?: boolean | undefined
  /**
   * Whether it opens at once. Default: as it was left; at first yes when it was asked for, by `guidonInspector()` or by the
   * address. When somebody has just pressed a key or a button, that opens it however it was left.
   */
  readonly open?: boolean | undefined
  /** Where it docks, until somebody moves it. Default: `'bottom'`. */
  readonly dock?: 'bottom' | 'right' | undefined
}

/** A client's inspector. Without a page there is none, and nothing here does anything. */
export interface Inspector {
  readonly isOpen: boolean
  open(): void
  /** The panel goes, and a button stays: what is overridden or simulated goes on. */
  close(): void
  /** Ends it: overrides do not count any more (and are kept), the network is real, nothing is watched, the element is gone. */
  stop(): void
}

interface Attached {
  readonly host: Host
  stop(): void
}
/** The inspector of each client. */
const attached = new WeakMap<object, Attached>()

/** `isWhole`: the client has only just begun. `isCalled`: somebody asks for it right now. */
const attach = (inside: Inside, options: InspectorOptions, isWhole: boolean, isCalled: boolean) => {
  const { client } = inside
  if (typeof document === 'undefined' || attached.has(client)) return attached.get(client)
  const { asks } = readAddress(location.href)
  if (options.address && !asks && !isInUse(inside)) return
  const isAsked = options.address ? asks : isCalled
  const watch = createWatch(inside, isWhole, options.links === true)
  let host: Host
  try {
    host = createHost(watch, options.dock ?? 'bottom', options.open ?? watch.panel.isOpen ?? isAsked)
  } catch (cause) {
    // A browser that lacks something. The app goes on without an inspector.
    watch.stop()
    inside.report(new inside.GuidonError('unsupported', 'the inspector', { cause }))
    return
  }
  const made: Attached = {
    host,
    stop() {
      if (attached.get(client) !== made) return
      attached.delete(client)
      host.remove()
      watch.stop()
    },
  }
  attached.set(client, made)
  return made
}

/**
 * The inspector as an extension: it has the whole story, from the client's first moment. At any place in `use`; of streams it sees those of extensions after it.
 *
 * @example createClient({ environmentKey, use: import.meta.env.DEV ? [inspector()] : [] })
 */
export const inspector =
  (options: InspectorOptions = {}): Extension =>
  (inside) =>
    attach(inside, options, true, false)?.stop

/**
 * The inspector for a client that is there already: it sees what happens from now on, and what the client can tell of
 * before. Opens it where it is attached already. For a page only: on a server it does nothing.
 *
 * @example guidonInspector(flags, { links: true }).open()
 */
export const guidonInspector = <F extends object>(
  client: Client<F>,
  options: InspectorOptions = {},
): Inspector => {
  const known = attached.get(client)
  if (known) known.host.open()
  else {
    client.use((inside) => attach(inside, options, false, true)?.stop)
    // Somebody has just pressed something: then it opens, however it was left.
    if (options.open === undefined && globalThis.navigator?.userActivation?.isActive)
      attached.get(client)?.host.open()
  }
  return {
    get isOpen() {
      return attached.get(client)?.host.isOpen === true
    },
    open: () => attached.get(client)?.host.open(),
    close: () => attached.get(client)?.host.close(),
    stop: () => attached.get(client)?.stop(),
  }
}
