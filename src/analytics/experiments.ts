import type { Extension, Inside } from '../client/client.ts'
import { type BatchOptions, createBatch } from './batch.ts'

export interface ExperimentsOptions extends BatchOptions {
  /** Where events go. Default: Flagsmith's `https://events.api.flagsmith.com/`. */
  readonly url?: string
  /** How many events wait at most; then the oldest goes. Default: 1,000. */
  readonly maxEvents?: number
}

/** What an event may carry besides its name. Nothing personal: it is kept on the device and sent as it is. */
export interface EventDetails {
  /** Any JSON, up to 128 KiB. */
  readonly value?: unknown
  /** The flag it is about. */
  readonly feature?: string | undefined
  /** Up to 8 KiB of JSON. */
  readonly metadata?: Readonly<Record<string, unknown>>
}

/** An extension for `use: […]` that sends events. One for each client. */
export interface Experiments extends Extension {
  /**
   * Something happened, to the client's identity of now. `false`: it was not taken. There is no client (yet, or any
   * more), the identity is transient, no consent, or the server would refuse it: a name that is empty, longer than 256 characters or begins with
   * `$`; too much of something.
   */
  track(event: string, details?: EventDetails): boolean
  /**
   * The user met what a flag decides. Sent once a session for each user, flag and variant (or value). `false`: it was
   * sent before, the flag is unknown or overridden, or as with `track`.
   */
  exposure(flagName: string): boolean
  /** How many events were given up so far: pushed out by newer, or refused by the server. */
  dropped: number
}

/**
 * Sends events to Flagsmith's experiments, at least once: also after a reload or a time offline.
 *
 * @example
 * const events = experiments()
 * const flags = createClient({ environmentKey, identity: guid, use: [events] })
 * events.exposure('checkout')
 * events.track('purchase', { value: 42, feature: 'checkout' })
 */
export const experiments = ({
  url = 'https://events.api.flagsmith.com/',
  maxEvents: max = 1_000,
  ...options
}: ExperimentsOptions = {}): Experiments => {
  let inside: Inside
  let add: (text: string) => boolean
  /** The exposures of this session. */
  let seen: Set<string>

  const record = (event: string, { value, feature, metadata }: EventDetails): boolean => {
    try {
      const { client, clock } = inside
      const identity = inside.identity()
      // Of somebody who is known to nobody, nothing is kept.
      if (identity?.transient) return false
      // A trait for one evaluation is an object that says so.
      const traits = Object.fromEntries(
        Object.entries(identity ? client.traits() : {}).filter(([, trait]) => typeof trait !== 'object'),
      )
      const parts = [
        [event, 258],
        [feature, 2_002],
        [value, 131_072],
        [traits, 32_768],
        [metadata, 8_192],
      ] as const
      return (
        // The longest JSON that the server takes, with the quotes.
        !parts.some(([part, longest]) => JSON.stringify(part)?.length > longest) &&
        add(
          JSON.stringify({
            event,
            feature_name: feature,
            identifier: identity?.id,
            value,
            traits,
            metadata,
            timestamp: clock(),
          }),
        )
      )
    } catch {
      // Not JSON, or no client yet.
      return false
    }
  }

  const extension: Extension = (its) => {
    inside = its
    seen = new Set()
    const batch = createBatch(its, options, {
      key: 'events',
      send: its.road(url.replace(/\/?$/, '/')),
      path: 'v1/events',
      pack: (events) => `{"events":[${[...events].flatMap(([event, count]) => Array(count).fill(event))}]}`,
      taken(answer, body) {
        try {
          for (const { index, error } of JSON.parse(answer).rejected) {
            const { event } = JSON.parse(body).events[index]
            // Not the class itself: a copy of it in this door would not be the app's.
            const details = { name: 'GuidonError', code: 'http' } as const
            its.report(Object.assign(new Error(`${event}: ${error}`), details))
          }
        } catch {
          // Not an answer of Flagsmith's.
        }
      },
      max,
      lose: (count) => {
        self.dropped += count
      },
    })
    add = batch.add
    return batch.end
  }
  const self = Object.assign(extension, {
    dropped: 0,
    track: (event: string, details: EventDetails = {}) => /^[^$]/.test(event) && record(`${event}`, details),
    exposure(feature: string) {
      // Not counted as an evaluation, as `flag()` would be.
      const flag = inside?.client.all()[feature]
      if (!flag || flag.source === 'override') return false
      const value = flag.variant ?? flag.value
      const key = JSON.stringify([inside.client.identity, feature, value])
      if (seen.has(key) || !record('$flag_exposure', { feature, value })) return false
      seen.add(key)
      return true
    },
  })
  return self
}
