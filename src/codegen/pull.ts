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

/** Whether something can be asked at all. Requests refuse addresses with a password, and errors are not to show one. */
export function isAddress(api: string): boolean {
  if (!URL.canParse(api)) return false
  const { protocol, username, password } = new URL(api)
  return /^https?:$/.test(protocol) && !username && !password
}

/**
 * Asks a server once for flags to bundle.
 *
 * @throws Error for what is no address, which it does not show; GuidonError of the guards, `server-side-key`, `network`, `timeout`, `http`, `redirect`, `payload`.
 */
export const pull = async ({
  environmentKey,
  identity: id,
  traits = {},
  timeoutMs = 10_000,
  ...service
}: PullOptions): Promise<FlagsFile> => {
  if (service.api !== undefined && !isAddress(service.api))
    throw new Error(
      'The base of the SDK API has to be like https://flags.example.com/api/v1/, without a name or password in it.',
    )
  const isTransient = Object.keys(traits).length > 0
  const who = id !== undefined || isTransient ? { id, traits, transient: isTransient } : undefined
  const asked = { ...service, timeoutMs, environmentKey: environmentKey.trim() }
  const { environment, at, flags } = await askOnce(asked, who)
  return { environment, date: new Date(at).toISOString().slice(0, 10), flags: new Map(flags) }
}
