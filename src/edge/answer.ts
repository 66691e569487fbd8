/** How answers look on the wire: JSON, with the API's headers. */
import { etagOf, isMatch } from './etag.ts'

/** A text with its validator, ready to be sent many times. */
export interface Prepared {
  readonly text: string
  readonly etag: string
}

export const prepare = (text: string): Prepared => ({ text, etag: etagOf(text) })

type HeaderList = Readonly<Record<string, string>>

/** An answer for this one request: no cache may keep it. */
export const json = (value: unknown, status = 200, headers: HeaderList = {}): Response =>
  jsonText(JSON.stringify(value), status, headers)

export const jsonText = (text: string, status = 200, headers: HeaderList = {}): Response =>
  new Response(text, {
    status,
    headers: { 'Content-Type': 'application/json', 'Cache-Control': 'no-store', ...headers },
  })

/** A refusal in the API's words. */
export const refusal = (status: number, detail: string, headers: HeaderList = {}): Response =>
  json({ detail }, status, headers)

/**
 * An answer that the asker's own cache may keep, if it asks each time whether it is still right; then 304 says yes in
 * 300 bytes. Private, because it is for one key and often for one user.
 */
export function revalidatable(
  request: Request,
  { text, etag }: Prepared,
  headers: HeaderList = {},
): Response {
  const validators = { ...headers, ETag: etag, 'Cache-Control': 'no-cache, private' }
  return isMatch(request.headers.get('If-None-Match'), etag)
    ? new Response(null, { status: 304, headers: validators })
    : jsonText(text, 200, validators)
}

/** Whoever may ask the API may ask us, from any page, without credentials. */
export function withCommonHeaders(response: Response): Response {
  const { headers } = response
  headers.set('Access-Control-Allow-Origin', '*')
  headers.set('Access-Control-Expose-Headers', 'Retry-After')
  // The same address answers each key differently. (The API writes X_ENVIRONMENT_KEY, which no cache understands.)
  headers.set('Vary', 'X-Environment-Key')
  headers.set('X-Content-Type-Options', 'nosniff')
  return response
}

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
export const preflight = (): Response =>
  new Response(null, {
    headers: {
      'Access-Control-Allow-Headers': allowedHeaders,
      'Access-Control-Allow-Methods': 'DELETE, GET, OPTIONS, PATCH, POST, PUT',
      'Access-Control-Max-Age': '86400',
      'Content-Length': '0',
    },
  })
