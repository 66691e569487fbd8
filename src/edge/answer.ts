/** How answers look on the wire: JSON, with the API's headers. */
import { etagOf, isMatch } from './etag.ts'
import type { Question } from './question.ts'
import type { EventStream } from './stream.ts'

/** A response before it is one: a `Response`, or what Node's own server writes. */
export interface Answer {
  readonly status: number
  readonly headers: HeaderList
  /** A text is ASCII, so that it has as many bytes as characters. */
  readonly body: string | EventStream | null
}

type HeaderList = Readonly<Record<string, string>>

/** Whoever may ask the API may ask us, from any page, without credentials. */
const commonHeaders: HeaderList = {
  'Access-Control-Allow-Origin': '*',
  'Access-Control-Expose-Headers': 'Retry-After',
  // The same address answers each key differently. (The API writes X_ENVIRONMENT_KEY, which no cache understands.)
  Vary: 'X-Environment-Key',
  'X-Content-Type-Options': 'nosniff',
}

/** An answer without a body, or with a stream for one. */
export const answer = (
  status: number,
  headers: HeaderList = {},
  body: EventStream | null = null,
): Answer => ({
  status,
  headers: { ...commonHeaders, ...headers },
  body,
})

/** An answer for this one request: no cache may keep it. */
export const json = (value: unknown, status = 200, headers: HeaderList = {}): Answer =>
  jsonText(asciiJson(value), status, headers)

/** The same of what is ASCII JSON already. */
export const jsonText = (text: string, status = 200, headers: HeaderList = {}): Answer => ({
  status,
  headers: {
    ...commonHeaders,
    'Content-Type': 'application/json',
    'Content-Length': String(text.length),
    'Cache-Control': 'no-store',
    ...headers,
  },
  body: text,
})

/** JSON as the API writes it, with `\uXXXX` for whatever is not ASCII. Then a text is as long as its bytes are many. */
export function asciiJson(value: unknown): string {
  const text = JSON.stringify(value)
  return /[\u0080-\uffff]/.test(text) ? text.replace(/[\u0080-\uffff]/g, escaped) : text
}

const escaped = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`

/** A refusal in the API's words. */
export const refusal = (status: number, detail: string, headers: HeaderList = {}): Answer =>
  json({ detail }, status, headers)

/** An answer to be given many times, as long as nothing changes. */
export interface Revalidatable {
  readonly etag: string
  readonly whole: Answer
  /** Says that what the asker has is still right. */
  readonly unchanged: Answer
}

/**
 * An answer that the asker's own cache may keep, if it asks each time whether it is still right; then 304 says yes in
 * 300 bytes. Private, because it is for one key and often for one user.
 */
export function revalidatable(text: string, headers: HeaderList = {}): Revalidatable {
  const etag = etagOf(text)
  const validators = { ...headers, ETag: etag, 'Cache-Control': 'no-cache, private' }
  return { etag, whole: jsonText(text, 200, validators), unchanged: answer(304, validators) }
}

/** The shorter of the two that is right for this asker. */
export const revalidated = ({ etag, whole, unchanged }: Revalidatable, question: Question): Answer =>
  isMatch(question.header('if-none-match'), etag) ? unchanged : whole

/** The `Response` that an answer is. */
export const responseOf = ({ status, headers, body }: Answer, method: string): Response =>
  new Response(method === 'HEAD' ? null : typeof body === 'string' || !body ? body : body.readable(), {
    status,
    headers,
  })

/** What a page may send: the API's list to the letter, so that what passes here passes there. */
const allowedHeaders = [
  'accept',
  'accept-encoding',
  'authorization',
  'baggage',
  'content-type',
  'dnt',
  'flagsmith-application-name',
  'flagsmith-application-version',
  'flagsmith-sdk-user-agent',
  'origin',
  'sentry-trace',
  'traceparent',
  'tracestate',
  'user-agent',
  'x-csrftoken',
  'x-e2e-test-auth-token',
  'x-environment-key',
  'x-requested-with',
].join(', ')

/** The answer to a browser that asks before it asks. */
export const preflight: Answer = answer(200, {
  'Access-Control-Allow-Headers': allowedHeaders,
  'Access-Control-Allow-Methods': 'DELETE, GET, OPTIONS, PATCH, POST, PUT',
  'Access-Control-Max-Age': '86400',
  'Content-Length': '0',
})
