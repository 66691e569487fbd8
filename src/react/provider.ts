import { type Client, type ClientOptions, createClient, type KnownFlags, type SnapshotData } from 'guidon'
import { createContext, createElement, type ReactNode, useContext, useEffect, useMemo, useState } from 'react'
import { pageReads, type Reads } from './page-reads.ts'

/** What a provider gives to the hooks below it. */
interface Provided {
  readonly client: Client
  /** What the server rendered from, for the render that takes its page over. */
  readonly reads: () => Reads
}

const Context = createContext<Provided | undefined>(undefined)

export const useProvided = (): Provided => {
  const provided = useContext(Context)
  if (!provided)
    throw new Error(
      '[guidon] There is no client here. Put <GuidonProvider client={…}> around this component.',
    )
  return provided
}

/** The client itself: to `identify`, `setTraits`, `refresh`, … and for all that needs no render. */
export const useGuidon = <F extends object = KnownFlags>(): Client<F> => useProvided().client as never

export type GuidonProviderProps<F extends object = KnownFlags> = {
  readonly children?: ReactNode
} & (
  | {
      /** A client of yours. Closing it is yours as well. */
      readonly client: Client<F>
      /** The snapshot that came with the page, if one did, so that hydration begins with what the server rendered. */
      readonly snapshot?: SnapshotData | undefined
      readonly options?: undefined
    }
  | {
      /**
       * For a client that the provider makes, and closes when it is unmounted. Read once. Keep the object outside of
       * components: by the object the second try at a render is recognised, and another one takes another `key`.
       */
      readonly options: ClientOptions
      readonly client?: undefined
      readonly snapshot?: undefined
    }
)

/**
 * Gives a client to all hooks below. The nearest provider counts.
 *
 * @example <GuidonProvider client={flags}><App /></GuidonProvider>
 */
export const GuidonProvider = <F extends object = KnownFlags>({
  client,
  snapshot,
  options,
  children,
}: GuidonProviderProps<F>): ReactNode =>
  client
    ? createElement(Given, { client: client as never, snapshot }, children)
    : createElement(Made, { options }, children)

const Given = ({
  client,
  snapshot,
  children,
}: {
  client: Client
  snapshot: SnapshotData | undefined
  children?: ReactNode
}) => {
  const value = useMemo(() => ({ client, reads: pageReads(client, snapshot) }), [client, snapshot])
  return createElement(Context.Provider, { value }, children)
}

/** A client that a provider made. */
interface Own extends Provided {
  /** How many providers are mounted with it. */
  users: number
  isClosed?: boolean
}

/**
 * React may render twice before it mounts, and forget all about the first time (StrictMode, a sibling that suspends). The
 * options' object is what stays the same, so it leads back to the client that was made the first time.
 */
const owns = new WeakMap<ClientOptions, Own>()

const own = (options: ClientOptions): Own => {
  let found = owns.get(options)
  if (!found || found.isClosed) {
    const client = createClient(options)
    found = { client, reads: pageReads(client, options.snapshot), users: 0 }
    if (typeof window === 'object') {
      owns.set(options, found)
      // React does not say when it throws a render away. What is not mounted after a minute never will be, or begins anew.
      leave(found, 60_000)
    } else {
      // On a server each render is somebody else's, and nothing comes after its flags. (React Native has a window, but no
      // document.)
      client.ready().then(client.close)
    }
  }
  return found
}

/** Closes a client unless it is in use by then: StrictMode unmounts and mounts again in one go. */
const leave = (left: Own, ms?: number) => {
  setTimeout(() => {
    if (left.users) return
    left.isClosed = true
    left.client.close()
  }, ms)
}

const Made = ({ options, children }: { options: ClientOptions; children?: ReactNode }) => {
  const [value, setValue] = useState(() => own(options))
  // biome-ignore lint/correctness/useExhaustiveDependencies: options are read when a client is made.
  useEffect(() => {
    // Hidden and shown again (Activity), or mounted after very long.
    if (value.isClosed) return setValue(own(options))
    value.users++
    return () => {
      value.users--
      leave(value)
    }
  }, [value])
  return createElement(Context.Provider, { value }, children)
}
