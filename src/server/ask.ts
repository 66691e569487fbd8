import { createClient, memoryStorage, transient } from 'guidon'
import type { Snapshot } from '../model/snapshot.ts'
import type { TraitValue } from '../model/trait.ts'
import type { Fetch } from '../transport/platform.ts'

/** Somebody whose flags are wanted. */
export interface CacheIdentity {
  /** Opaque: with another one there are the environment's flags. */
  readonly id: string
  /** For this evaluation alone: they are sent as transient, and stored nowhere. */
  readonly traits?: Readonly<Record<string, TraitValue>> | undefined
  /** The service keeps nothing of them. Default: `false`. */
  readonly transient?: boolean | undefined
}

export interface ServiceOptions {
  readonly environmentKey: string
  readonly api: string
  readonly timeoutMs: number
  readonly fetch?: Fetch | undefined
}

/**
 * Asks the flag service once. It is a client that asks, so guards, checks and errors are those of every app.
 *
 * @throws GuidonError of the guards, `network`, `timeout`, `http`, `redirect`, `payload`.
 */
export const ask = async (
  { timeoutMs, ...service }: ServiceOptions,
  who: CacheIdentity | undefined,
): Promise<Snapshot> => {
  const client = createClient({
    ...service,
    storage: memoryStorage(),
    timeoutMs,
    retries: 0,
    identity: who && {
      ...who,
      traits: Object.fromEntries(
        Object.entries(who.traits ?? {}).map(([key, value]) => [key, transient(value)]),
      ),
    },
  })
  // A client that refuses an identity goes on with the environment's flags. They are not to be kept for the identity's.
  const refused = client.status.error
  if (refused) client.close()
  const { error = refused } = await client.ready({ from: 'network', timeoutMs: timeoutMs + 1_000 })
  const { at, flags } = client.snapshot()
  client.close()
  if (error) throw error
  return { identity: who?.id, source: 'network', at, flags: new Map(flags) }
}
