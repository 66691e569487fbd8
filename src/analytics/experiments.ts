import type { Extension } from '../client/client.ts'
import { createBatch } from './batch.ts'

export interface ExperimentsOptions {
  /** Where events go. Default: Flagsmith's `https://events.api.flagsmith.com/`. */
  readonly url?: string | undefined
}

/**
 * What an event may carry besides its name. Nothing personal: it is kept on the device and sent as it is, but for what is
 * marked as `transient()`.
 */
export interface EventDetails {
  /** Any JSON, up to 128 KiB. */
  readonly value?: unknown
  /** The flag it is about. */
  readonly feature?: string | undefined
  /** Up to 8 KiB of JSON. */
  readonly metadata?: Readonly<Record<string, unknown>> | undefined
}

/** An extension for `use: […]` that sends events. One for each client. */
export interface Experiments extends Extension {
  /**
   * Something happened, to the client's identity of now. `false`: it was not taken. There is no client (yet, or any
   * more), the identity is transient, there is no consent, or it is not JSON.
   */
  track(event: string, details?: EventDetails): boolean
  /**
   * The user met what a flag decides. Sent once a session for each user, flag and variant (or value). `false`: it was
   * sent before, the flag is unknown or overridden, or as with `track`.
   */
  exposure(flagName: string): boolean
}

/**
 * Sends events to Flagsmith's experiments, at least once: also after a reload, a crash or a time offline.
 *
 * @example
 * const events = experiments()
 * const flags = createClient({ environmentKey, identity: guid, use: [events] })
 * events.exposure('checkout')
 * events.track('purchase', { value: 42, feature: 'checkout' })
 */
export const experiments = ({
  url = 'https://events.api.flagsmith.com/',
}: ExperimentsOptions = {}): Experiments => {
  const extension: Extension = (inside) => {
    const { client } = inside
    /** The exposures of this session. */
    const seen = new Set<string>()
    const [add, end] = createBatch<unknown>(
      inside,
      url.replace(/\/?$/, '/'),
      'v1/events',
      (waiting) => (event) => waiting.push(event),
      (events) => ({ events }),
    )

    self.track = (event, { feature: feature_name, ...details } = {}) => {
      try {
        const identity = inside.identity()
        // Of somebody who is known to nobody, nothing is kept.
        if (identity?.transient) return false
        return add(
          JSON.parse(
            JSON.stringify(
              {
                ...details,
                event,
                feature_name,
                identifier: identity?.id,
                traits: identity && client.traits(),
                timestamp: inside.clock(),
              },
              // Nor what is marked as `transient()`, wherever it stands.
              (_, part) => (part?.transient ? undefined : part),
            ),
          ),
          true,
        )
      } catch {
        // Not JSON.
        return false
      }
    }

    self.exposure = (feature) => {
      // Not counted as an evaluation, as `flag()` would be.
      const flag = client.all()[feature]
      if (!flag || flag.source === 'override') return false
      const value = flag.variant ?? flag.value
      const key = JSON.stringify([client.identity, feature, value])
      return !seen.has(key) && self.track('$flag_exposure', { feature, value }) && !!seen.add(key)
    }
    return end
  }
  // Until there is a client nothing is taken.
  const self: Experiments = Object.assign(extension, { track: () => false, exposure: () => false })
  return self
}
