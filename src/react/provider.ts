import { type Client, type ClientOptions, createClient, type KnownFlags, type SnapshotData } from 'guidon'
import {
  createContext,
  createElement,
  type FunctionComponent,
  type ReactNode,
  useContext,
  useEffect,
  useMemo,
  useState,
} from 'react'
import { type Provided, provide } from './provided.ts'

const Context = createContext<Provided | undefined>(undefined)

export const useProvided = (): Provided => {
  const provided = useContext(Context)
  if (!provided) throw new Error('[guidon] No GuidonProvider')
  return provided
}

/** The client itself: to `identify`, `setTraits`, `refresh`, … and for all that needs no render. */
export const useGuidon = <F extends object = KnownFlags>(): Client<F> => useProvided().client as never

/** A client of the app’s own, or the options of one that the provider makes and closes. */
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
export const GuidonProvider = <F extends object = KnownFlags>(props: GuidonProviderProps<F>): ReactNode =>
  createElement((props.client ? Given : Made) as FunctionComponent<object>, props)

interface GivenProps {
  client: Client
  snapshot: SnapshotData | undefined
  children: ReactNode
}
const Given = ({ client, snapshot, children }: GivenProps) => {
  const value = useMemo(() => provide(client, snapshot), [client, snapshot])
  return createElement(Context.Provider, { value, children })
}

/** A client that a provider made. */
interface Own {
  readonly client: Client
  /** How many providers are mounted with it; -1 when it is closed. */
  users: number
}

/**
 * React may render twice before it mounts, and forget all about the first time (StrictMode, a sibling that suspends). The
 * options' object is what stays the same, so it leads back to the client that was made the first time.
 */
const owns = new WeakMap<ClientOptions, Own>()

const own = (options: ClientOptions): Own => {
  let found = owns.get(options)
  if (!found || found.users < 0) {
    found = { client: createClient(options), users: 0 }
    if (typeof window === 'object') {
      owns.set(options, found)
      // React does not say when it throws a render away. What is not mounted after a minute never will be, or begins anew.
      leave(found, 60_000)
    } else {
      // On a server each render is somebody else's, and nothing comes after its flags. (React Native has a window, but no
      // document.)
      found.client.ready().then(found.client.close)
    }
  }
  return found
}

/** Closes a client unless it is in use by then: StrictMode unmounts and mounts again in one go. */
const leave = (left: Own, ms?: number) => {
  setTimeout(() => {
    if (left.users) return
    left.users = -1
    left.client.close()
  }, ms)
}

interface MadeProps {
  options: ClientOptions
  children: ReactNode
}
const Made = ({ options, children }: MadeProps) => {
  const [made, make] = useState(() => own(options))
  // biome-ignore lint/correctness/useExhaustiveDependencies: options are read when a client is made.
  useEffect(() => {
    // Hidden and shown again (Activity), or mounted after very long.
    if (made.users < 0) return make(own(options))
    made.users++
    return () => {
      made.users--
      leave(made)
    }
  }, [made])
  return createElement(Given, { client: made.client, snapshot: options.snapshot, children })
}
