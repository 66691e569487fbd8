import { apiBase } from '../client/options.ts'
import { streamsOf } from '../live/realtime.ts'
import { edgeUrl } from './network.ts'

/** The part of a `Request` that is used. */
interface Asked {
  readonly method: string
  readonly url: string
  readonly headers: object
  text(): Promise<string>
}

/** The part of MSW's `http` that is used. */
export interface MswHttp<Q, A, H> {
  all(path: string, resolver: (info: { request: Q }) => Promise<A>): H
}

/** A server as a function: `createEdge()` and `createEnvironments()` of `guidon/edge` make such. */
export interface HandledServer<Q, A> {
  readonly handler: (request: Q) => Promise<A>
}

/** What `mswHandlers()` takes beside the server. */
export interface MswOptions {
  /** The base of the SDK API that the app asks. Default: Flagsmith's hosted edge, which is the client's default too. */
  readonly api?: string | undefined
}

/**
 * Handlers for MSW that answer the app's requests for flags with a server of ours, event streams included. `http` is MSW's own, so
 * that this door needs no MSW.
 *
 * @example
 * const edge = createEdge({ document: environment({ flags: { 'new-checkout': true } }) }) // of guidon/edge
 * setupServer(...mswHandlers(http, edge))
 */
export const mswHandlers = <Q extends Asked, A, H>(
  http: MswHttp<Q, A, H>,
  { handler }: HandledServer<Q, A>,
  { api }: MswOptions = {},
): H[] => {
  const base = apiBase(api)
  return [
    http.all(`${base}*`, async ({ request }) => handler(await atTheRoot(request, base))),
    http.all(`${streamsOf(base)}/sse/*`, ({ request }) => handler(request)),
  ]
}

/** Wherever the app's API lies, the server's lies at the root. */
const atTheRoot = async <Q extends Asked>(request: Q, base: string): Promise<Q> => {
  const { method, url, headers } = request
  // In a page the base may be a path without a host.
  const path = url.slice(url.indexOf(base) + base.length)
  // Its text, for a request that outlives its page (`keepalive`) may not be made of a stream.
  const body = (await request.text()) || null
  return new Request(edgeUrl(path), { method, headers: headers as HeadersInit, body }) as never
}
