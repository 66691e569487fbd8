import { createClient, memoryStorage, type TraitValue, transient } from 'guidon'
import type { FlagsFile } from './flags-file.ts'

/** Which flags to pull, and from where. */
export interface PullOptions {
  /** The client-side key of the environment. */
  readonly environmentKey: string
  /** The base of the SDK API. Default: Flagsmith's hosted edge. */
  readonly api?: string | undefined
  /** An opaque identifier to evaluate for. Default: nobody, which gives the environment's flags. */
  readonly identity?: string | undefined
  /** Traits to evaluate with. They are sent as transient: a build changes nobody. */
  readonly traits?: Readonly<Record<string, TraitValue>> | undefined
  /** Default: 10,000. */
  readonly timeoutMs?: number | undefined
  /** Default: the global one. */
  readonly fetch?: typeof fetch | undefined
}

/**
 * Asks a server once for flags to bundle. It is a client that asks, so guards, checks and errors are those of every app.
 *
 * @throws GuidonError of the guards, `server-side-key`, `network`, `timeout`, `http`, `redirect`, `payload`.
 */
export const pull = async ({
  environmentKey,
  api,
  identity: id,
  traits = {},
  timeoutMs = 10_000,
  fetch,
}: PullOptions): Promise<FlagsFile> => {
  const sent = Object.entries(traits)
  const client = createClient({
    environmentKey,
    storage: memoryStorage(),
    timeoutMs,
    retries: 0,
    ...(api !== undefined && { api }),
    ...(fetch && { fetch }),
    identity: sent.length
      ? {
          ...(id !== undefined && { id }),
          traits: Object.fromEntries(sent.map(([key, value]) => [key, transient(value)])),
          transient: true,
        }
      : id,
  })
  // A client that refuses an identity goes on with the environment's flags. A build would rather know.
  const refused = client.status.error
  if (refused) client.close()
  const { error = refused } = await client.ready({ from: 'network', timeoutMs: timeoutMs + 5_000 })
  const { environment, at, flags } = client.snapshot()
  client.close()
  if (error) throw error
  return { environment, date: new Date(at).toISOString().slice(0, 10), flags: new Map(flags) }
}
