import {
  type ClientOptions,
  createClient,
  memoryStorage,
  type SnapshotData,
  type TraitValue,
  transient,
} from 'guidon'

/** Somebody to ask for. */
export interface Somebody {
  /** Opaque: with another one there are the environment's flags. */
  readonly id?: string | undefined
  /** For this evaluation alone: they are sent as transient, and stored nowhere. */
  readonly traits?: Readonly<Record<string, TraitValue>> | undefined
  /** The service keeps nothing of them. Default: `false`. */
  readonly transient?: boolean | undefined
}

export interface Service {
  /** The client-side key of the environment. */
  readonly environmentKey: string
  /** The base of the SDK API. Default: Flagsmith's hosted edge. */
  readonly api?: string | undefined
  readonly timeoutMs: number
  /** Default: the global one. */
  readonly fetch?: ClientOptions['fetch']
}

/**
 * Asks a flag service once. It is a client that asks, so guards, checks and errors are those of every app.
 *
 * @throws GuidonError of the guards, `server-side-key`, `network`, `timeout`, `http`, `redirect`, `payload`.
 */
export const askOnce = async (
  { timeoutMs, ...service }: Service,
  who: Somebody | undefined,
): Promise<SnapshotData> => {
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
  // A client that refuses an identity goes on with the environment's flags, which are not what was asked for.
  const refused = client.status.error
  if (refused) client.close()
  const { error = refused } = await client.ready({ from: 'network', timeoutMs: timeoutMs + 1_000 })
  const snapshot = client.snapshot()
  client.close()
  if (error) throw error
  return snapshot
}
