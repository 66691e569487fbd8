/** How answers look on the wire: JSON, with the API's headers. */
import { etagOf, isMatch } from './etag.ts'
import type { Question } from './question.ts'
import type { Stream } from './stream.ts'
import type { Text } from './text.ts'

/** A response before it is one: a `Response`, or what Node's own server writes. */
export interface Answer {
  /** 0 is none at all: who asked loses the connection. */
  readonly status: number
  readonly headers: HeaderList
  /** What is prepared is bytes, what is made for one request is text, and what has no end is a stream. */
  readonly body: Uint8Array | Text | Stream | null
}

/** What answers questions. Behind an address it is put by `nodeListener`, or as a handler. */
export type Answerer = (question: Question) => Answer | Promise<Answer>

export type HeaderList = Readonly<Record<string, string>>

/** Whoever may ask the API may ask us, from any page, without credentials. */
const commonHeaders: HeaderList = {
  'Access-Control-Allow-Origin': '*',
  'Access-Control-Expose-Headers': 'Retry-After',
  // The same address answers each key differently. (The API writes X_ENVIRONMENT_KEY, which no cache understands.)
  Vary: 'X-Environment-Key',
  'X-Content-Type-Options': 'nosniff',
}

const jsonHeaders: HeaderList = {
  ...commonHeaders,
  'Content-Type': 'application/json',
  'Cache-Control': 'no-store',
}

/** An answer without a body, or with a stream for one. */
export const answer = (status: number, headers: HeaderList = {}, body: Stream | null = null): Answer => ({
  status,
  headers: { ...commonHeaders, ...headers },
  body,
})

/** As `Response.error()` of the Fetch standard. */
export const noAnswer: Answer = { status: 0, headers: {}, body: null }

const utf8 = new TextEncoder()

/** A value as the bytes of its JSON. */
export const jsonBytes = (value: unknown): Uint8Array => utf8.encode(JSON.stringify(value))

/** An answer for this one request: no cache may keep it. */
export const json = (value: unknown, status = 200, headers: HeaderList = {}): Answer =>
  written(jsonBytes(value), status, ofJson(headers))

/** The headers of an answer of JSON, and these. */
export const ofJson = (headers: HeaderList): HeaderList => ({ ...jsonHeaders, ...headers })

/** An answer that is written out, with all of its headers but for its length. */
export const written = (body: Uint8Array | Text, status = 200, headers = jsonHeaders): Answer => ({
  status,
  // What is its own goes first: behind what is spread, V8 takes seven times as long.
  headers: { 'Content-Length': String(bytesIn(body)), ...headers },
  body,
})

const bytesIn = (body: Uint8Array | Text): number => ('text' in body ? body.bytes : body.length)

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
export function revalidatable(body: Text, headers: HeaderList = {}): Revalidatable {
  const etag = etagOf(body.text)
  const validators = { ...headers, ETag: etag, 'Cache-Control': 'no-cache, private' }
  return { etag, whole: written(body, 200, ofJson(validators)), unchanged: answer(304, validators) }
}

/** The same of what will be asked for often. */
export function prepared(value: unknown, headers?: HeaderList): Revalidatable {
  const text = JSON.stringify(value)
  const bytes = utf8.encode(text)
  const { whole, ...rest } = revalidatable({ text, bytes: bytes.length }, headers)
  return { ...rest, whole: { ...whole, body: bytes } }
}

/** The shorter of the two that is right for this asker. */
export const revalidated = ({ etag, whole, unchanged }: Revalidatable, question: Question): Answer =>
  isMatch(question.header('if-none-match'), etag) ? unchanged : whole

export const isStream = (body: Answer['body']): body is Stream => body !== null && 'writeTo' in body
export const isText = (body: Answer['body']): body is Text => body !== null && 'text' in body

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
