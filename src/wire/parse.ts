import { GuidonError } from '../model/errors.ts'
import { type FlagTable, toTable } from '../model/flag.ts'
import type { Identity } from '../model/identity.ts'

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
  let table: FlagTable | undefined
  try {
    const body = JSON.parse(text)
    const flags: WireFlag[] = identity ? body.flags : body
    const echoed: unknown = identity && body.identifier
    if (typeof echoed !== 'string' || echoed === identity?.id) {
      table = toTable(
        flags.map(({ feature, enabled, feature_state_value, variant, reason }) =>
          variant == null && reason == null
            ? [feature.name, enabled, feature_state_value]
            : [feature.name, enabled, feature_state_value, variant ?? null, reason ?? null],
        ),
      )
    }
  } catch {}
  if (!table) throw new GuidonError('payload', 'the answer is not flags for this user')
  return table
}
