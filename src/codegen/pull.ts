import { askOnce } from '../asking/ask-once.ts'
import type { TraitValue } from '../model/trait.ts'
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
 * Asks a server once for flags to bundle.
 *
 * @throws GuidonError of the guards, `server-side-key`, `network`, `timeout`, `http`, `redirect`, `payload`.
 */
export const pull = async ({
  identity: id,
  traits = {},
  timeoutMs = 10_000,
  ...service
}: PullOptions): Promise<FlagsFile> => {
  const isTransient = Object.keys(traits).length > 0
  const who = id !== undefined || isTransient ? { id, traits, transient: isTransient } : undefined
  const { environment, at, flags } = await askOnce({ ...service, timeoutMs }, who)
  return { environment, date: new Date(at).toISOString().slice(0, 10), flags: new Map(flags) }
}
