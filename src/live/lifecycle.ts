import type { Extension } from '../client/client.ts'
import { type AwakeOptions, createAwake } from './awake.ts'

/** What `lifecycle()` takes. */
export interface LifecycleOptions extends AwakeOptions {
  /** Flags that were answered longer ago are refreshed. Default: 60,000. */
  readonly maxAgeMs?: number | undefined
}

/**
 * Refreshes old flags when the user comes back: the page becomes visible, is restored from the back/forward cache or
 * resumes after a freeze, or the network returns. A server that asked for a pause gets it.
 *
 * @example
 * createClient({ environmentKey, use: [lifecycle()] })
 */
export const lifecycle =
  ({ maxAgeMs = 60_000, ...sources }: LifecycleOptions = {}): Extension =>
  ({ client, clock, ageMs }) => {
    const awake = createAwake(sources)
    return awake.subscribe(() => {
      if (!awake.current()) return
      const { state, nextAttemptAt = 0 } = client.status
      // That nobody was found before the network returned says nothing of the server, and writes may wait. Several events may
      // tell of one return: a request that is out serves them all.
      if (state === 'offline' || (nextAttemptAt <= clock() && ageMs() > maxAgeMs)) client.refresh()
    })
  }
