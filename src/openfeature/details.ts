import type { ErrorCode, FlagMetadata, ResolutionDetails, ResolutionReason } from '@openfeature/web-sdk'
import type { Client } from '../client/client.ts'
import type { Flag } from '../model/flag.ts'

/** The reads that an evaluation is made of. */
export interface Readable extends Pick<Client, 'identity' | 'status'> {
  flag(name: string): Flag | undefined
}

/** Where the value is from goes before why the server decided so: it told that about another moment. */
const reasonOf = ({ source, stale, reason }: Flag, identity: string | undefined): ResolutionReason =>
  source === 'defaults'
    ? 'DEFAULT'
    : stale
      ? 'STALE'
      : source === 'storage'
        ? 'CACHED'
        : // Servers add details: `TARGETING_MATCH; segment=beta`.
          reason?.split(';')[0] || (identity && source === 'network' ? 'TARGETING_MATCH' : 'STATIC')

/** Evaluates flags of a client. Never throws: what is wrong is said in the details, with the caller's `fallback`. */
export const evaluator =
  (client: Readable, hasCome: () => boolean, booleans?: 'value' | 'enabled') =>
  (kind: 'boolean' | 'string' | 'number' | 'object') =>
  <T>(name: string, fallback: T): ResolutionDetails<T> => {
    const { identity } = client
    const flag = client.flag(name)
    // Telemetry takes `contextId` before the targeting key: so what the guards keep back is not told there either.
    const flagMetadata: FlagMetadata = { contextId: identity ?? '' }
    const answer = (value: unknown, reason: ResolutionReason, more?: object | ''): ResolutionDetails<T> => ({
      value: value as T,
      reason,
      flagMetadata,
      ...more,
    })
    const failed = (errorCode: `${ErrorCode}`) =>
      answer(fallback, 'ERROR', { errorCode, errorMessage: `${name} as ${kind}` })

    // Where nothing has come for this user yet, that a flag is not there says nothing.
    if (!flag) return failed(hasCome() ? 'FLAG_NOT_FOUND' : 'PROVIDER_NOT_READY')

    const { enabled, value, source, stale, variant, reason } = flag
    Object.assign(flagMetadata, { enabled, source, stale }, reason && { reason })
    const found = (value: unknown) => answer(value, reasonOf(flag, identity), variant && { variant })

    // Without a value a flag is a switch, and being off is its answer.
    if (kind === 'boolean' && (booleans === 'enabled' || (value ?? '') === '')) return found(enabled)
    if (!enabled) return answer(fallback, 'DISABLED')
    try {
      // Servers send fractions and JSON as text.
      const asked = kind !== 'string' && value && typeof value === 'string' ? JSON.parse(value) : value
      // null has no type, whatever `typeof` says.
      return typeof asked === kind && asked !== null ? found(asked) : failed('TYPE_MISMATCH')
    } catch {
      return failed(kind === 'object' ? 'PARSE_ERROR' : 'TYPE_MISMATCH')
    }
  }
