/** Hears of changes at the flag service. */
import { hexOf } from '../edge/hex.ts'
import { limitedBytes } from '../edge/limited-body.ts'
import { GuidonError } from '../model/errors.ts'
import { carefulStore } from './careful-store.ts'
import type { FlagsStore } from './flags-store.ts'
import { memoryStore } from './memory-store.ts'

/** What Flagsmith sends. Who changed what stands in `data`, and is for your eyes: guidon reads times and the environment. */
export interface WebhookEvent {
  /** `FLAG_UPDATED`, `FLAG_DELETED`, `NEW_VERSION_PUBLISHED`, `AUDIT_LOG_CREATED`; more in newer servers. */
  readonly event_type: string
  readonly data: Readonly<Record<string, unknown>>
}

/** What `webhook()` takes. */
export interface WebhookOptions {
  /** The secret that was set with the webhook. */
  readonly secret: string
  /** Called for each event that is new and genuine. While it fails the sender is told so, and sends the event again. */
  readonly onChange: (event: WebhookEvent) => unknown
  /** The number or the name of the environment, when the address hears of others too. Default: all are meant. */
  readonly environment?: number | string | undefined
  /** Where events are remembered, so that all processes refuse a replay: the cache's. Default: in this process. */
  readonly store?: FlagsStore | undefined
  /** How far an event's time may be from ours. Default: 300,000 (five minutes). */
  readonly toleranceMs?: number | undefined
  /** The largest body that is read. Default: 1,000,000. */
  readonly maxBytes?: number | undefined
  /** Hears why `onChange` failed, and once of a store that is down. */
  readonly onError?: ((error: unknown) => void) | undefined
}

/** Events without a time (`NEW_VERSION_PUBLISHED`) cannot be too old. They are remembered for a month. */
const TIMELESS_MS = 30 * 24 * 60 * 60 * 1000

/**
 * A receiver for Flagsmith's webhooks. They are signed with the HMAC-SHA256 of the raw body under the webhook's secret, as hex in
 * `X-Flagsmith-Signature` (Flagsmith's `api/core/signing.py` and `api/webhooks/webhooks.py`).
 *
 * Answers say what to do and not why: 200, 400 (no event), 401 (no right signature), 405, 409 (seen before, or not of this
 * time), 413, 500 (`onChange` failed). Flagsmith sends an event again when the answer is no success, three times in all, and then
 * gives up with a mail. So 409 costs two more requests at most, and shows a replay in every log, where 200 would hide it.
 *
 * @example
 * const receive = webhook({ secret, store, onChange: () => cache.invalidate() })
 * app.post('/flags-changed', (context) => receive(context.req.raw))
 */
export const webhook = ({
  secret,
  onChange,
  environment,
  store,
  toleranceMs = 300_000,
  maxBytes = 1_000_000,
  onError,
}: WebhookOptions): ((request: Request) => Promise<Response>) => {
  if (!secret) throw new GuidonError('invalid-option', 'secret')
  const key = crypto.subtle.importKey(
    'raw',
    new TextEncoder().encode(secret),
    { name: 'HMAC', hash: 'SHA-256' },
    false,
    ['verify'],
  )
  const report = (error: unknown) => {
    try {
      onError?.(error)
    } catch {
      // A listener that throws is its own trouble.
    }
  }
  // Both, for while the store is down this process at least remembers.
  const own = memoryStore()
  const shared = carefulStore(store, report)

  /** Whether this is the first time. Of two that come together one is. */
  const remember = async (name: string, ttlMs: number): Promise<boolean> => {
    if (!(await own.lease?.(name, ttlMs))) return false
    if (store?.lease) return (await shared.lease(name, ttlMs)) !== false
    const seen = await shared.get(name)
    await shared.set(name, '', ttlMs)
    return seen == null
  }

  return async (request) => {
    if (request.method !== 'POST') return answer(405, { Allow: 'POST' })
    const signature = bytesOf(request.headers.get('X-Flagsmith-Signature') ?? '')
    if (!signature) return answer(401)

    let body: Uint8Array<ArrayBuffer> | undefined
    try {
      body = await limitedBytes(request, maxBytes)
    } catch {
      // The sender is gone.
      return answer(400)
    }
    if (!body) return answer(413)
    // In constant time, as Web Crypto verifies.
    if (!(await crypto.subtle.verify('HMAC', await key, signature, body))) return answer(401)

    const event = eventIn(body)
    if (!event) return answer(400)
    const { timestamp, created_date = timestamp } = event.data
    const isTimeless = created_date == null
    const distance = Math.abs(Date.now() - Date.parse(`${created_date}`))
    if (!isTimeless && !(distance <= toleranceMs)) return answer(409)

    const there = environmentOf(event)
    if (environment !== undefined && there && there.id !== environment && there.name !== environment)
      return answer(200)

    const name = `guidon.webhook.${hexOf(signature)}`
    // Twice, because the event may come from a clock that is ahead.
    if (!(await remember(name, isTimeless ? TIMELESS_MS : 2 * toleranceMs))) return answer(409)
    try {
      await onChange(event)
      return answer(200)
    } catch (error) {
      report(error)
      // It will come again, and is to be heard then.
      await Promise.all([own.delete(name), shared.delete(name)])
      return answer(500)
    }
  }
}

const answer = (status: number, headers: Record<string, string> = {}): Response =>
  new Response(null, { status, headers: { ...headers, 'Cache-Control': 'no-store' } })

const bytesOf = (hex: string): Uint8Array<ArrayBuffer> | undefined =>
  /^[\da-f]{64}$/i.test(hex)
    ? Uint8Array.from(hex.match(/../g) as string[], (pair) => Number.parseInt(pair, 16))
    : undefined

const eventIn = (body: Uint8Array): WebhookEvent | undefined => {
  try {
    const event = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body))
    if (typeof event.event_type === 'string' && typeof event.data === 'object' && event.data) return event
  } catch {}
  return
}

/** Where something changed: on the flag's state, or on the entry of the audit log. `undefined`: in all environments, or not said. */
const environmentOf = ({ data }: WebhookEvent): { id?: unknown; name?: unknown } | undefined => {
  const state = (data.new_state ?? data.previous_state ?? data) as { environment?: unknown }
  const { environment } = state
  return typeof environment === 'object' ? (environment ?? undefined) : undefined
}
