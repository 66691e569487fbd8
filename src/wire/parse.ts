import { GuidonError } from '../model/errors.ts'
import { type FlagTable, put } from '../model/flag.ts'
import type { Identity } from '../model/identity.ts'

/** An answer longer than this many characters is refused: 5,000 flags are about a million. */
const MAX_CHARACTERS = 5_000_000

/** A flag as servers send it. Only these fields are read; proxies leave out the last two. */
interface WireFlag {
  feature: { name: string }
  enabled: boolean
  feature_state_value: unknown
  variant?: unknown
  reason?: unknown
}

/**
 * The flags in an answer. A success is a JSON body of the right shape and for the right user, whatever the status said:
 * a captive portal's page, `{"detail": …}` with 200, half a body and another user's answer from a careless cache are none.
 *
 * @throws GuidonError `payload`. Its message says what was wrong and repeats nothing of the body: it may hold traits.
 */
export const parseFlags = (text: string, identity: Identity | undefined): FlagTable => {
  try {
    const body = text.length < MAX_CHARACTERS && JSON.parse(text)
    const flags: WireFlag[] = identity ? body.flags : body
    const echoed: unknown = identity && body.identifier
    if (typeof echoed === 'string' && echoed !== identity?.id) throw 0
    const table = new Map()
    for (const { feature, enabled, feature_state_value, variant, reason } of flags) {
      put(
        table,
        feature.name,
        variant == null && reason == null
          ? [enabled, feature_state_value]
          : [enabled, feature_state_value, variant ?? null, reason ?? null],
      )
    }
    return table
  } catch {
    throw new GuidonError('payload', 'no flags')
  }
}
