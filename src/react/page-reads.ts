import { type Client, createClient, memoryStorage, type SnapshotData, type Status } from 'guidon'

/** What hooks read. */
export type Reads = Pick<Client, 'isEnabled' | 'value' | 'flag' | 'traits' | 'status'>

/**
 * What the server rendered from. The page's first render must say the same, though the client may know better by now, from
 * the device or the network. Without a snapshot, and for one of somebody else, it is what the client says.
 */
export const pageReads = (client: Client, snapshot: SnapshotData | undefined): (() => Reads) => {
  let reads: Reads | undefined
  return () => {
    if (!snapshot || (snapshot.identity && snapshot.identity !== client.identity)) return client
    if (!reads) {
      // A client that has the page's flags and no other. It is closed before it could ask for any.
      const page = createClient({
        environmentKey: 'page',
        snapshot: { ...snapshot, environment: 'page', shared: true },
        storage: memoryStorage(),
        maxAgeMs: Infinity,
      })
      page.close()
      reads = { ...page, traits: client.traits, status: FRESH }
    }
    return reads
  }
}
const FRESH: Status = { state: 'fresh' }
