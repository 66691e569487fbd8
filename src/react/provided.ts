import { type Client, createClient, type SnapshotData } from 'guidon'

/** What hooks read. */
export type Reads = Pick<Client, 'isEnabled' | 'value' | 'flag' | 'traits' | 'status'>

/** What a provider gives to the hooks below it. */
export interface Provided {
  readonly client: Client
  /**
   * What the server rendered from. The page's first render must say the same, though the client may know better by now, from
   * the device or the network. Without a snapshot, and for one of somebody else, it is what the client says.
   */
  readonly reads: () => Reads
}

export const provide = (client: Client, snapshot: SnapshotData | undefined): Provided => {
  /** A client that has the page's flags and no other. It is closed before it could ask for any. */
  let page: Client | undefined
  return {
    client,
    reads() {
      if (!snapshot || (snapshot.identity && snapshot.identity !== client.identity)) return client
      page ??= createClient({
        environmentKey: 'guidon',
        // Bundled flags have no time, and without one it would be none.
        snapshot: { ...snapshot, environment: 'guidon', at: 1, identity: undefined, shared: undefined },
        storage: new Map<string, string>(),
        maxAgeMs: Infinity,
      })
      page.close()
      return { ...page, traits: client.traits }
    },
  }
}
