import { refusal, responseOf } from '../../edge/answer.ts'
import type { EnvironmentDocument } from '../../edge/document.ts'
import { createEnvironments } from '../../edge/environments.ts'
import { wait } from '../../edge/wait.ts'
import { type Listening, listen } from '../listen.ts'
import type { BackOffice } from './back-office.ts'
import type { Log } from './log.ts'
import type { Metrics } from './metrics.ts'
import type { EdgeSettings } from './settings.ts'

export interface FrontDeskOptions {
  readonly settings: EdgeSettings
  readonly log: Log
  readonly metrics: Metrics
  readonly office: Pick<BackOffice, 'keepTraits' | 'count'>
  /** When upstream last said what the document of an environment is, by its client key, in milliseconds. */
  readonly answered: ReadonlyMap<string, number>
  /** The page for Prometheus. */
  readonly scrape: () => string | Promise<string>
}

/** The side towards clients: an HTTP server. */
export interface FrontDesk {
  /** Begins to listen, and resolves to where. */
  open(): Promise<string>
  replace(document: EnvironmentDocument): void
  /** Takes nothing new, and lets requests that are there come to their end. */
  close(): Promise<void>
}

type Handler = (request: Request) => Response | Promise<Response>

export function createFrontDesk({
  settings,
  log,
  metrics,
  office,
  answered,
  scrape,
}: FrontDeskOptions): FrontDesk {
  const { allowOrigins, graceMs, maxRequests, maxStreams } = settings
  const environments = createEnvironments({
    environments: settings.environments.map(({ clientKey, serverKey }) => ({
      clientKey,
      serverKeys: [serverKey],
    })),
    // As the Edge Proxy: another edge would not know them.
    persistTraits: false,
    maxBodyBytes: settings.maxBodyBytes,
    onTraits: settings.forwardTraits ? office.keepTraits : undefined,
    onCounts: office.count,
  })
  let isClosing = false
  let requests = 0
  let streams = 0

  /** Why nobody should be sent here, if there is a reason. */
  function unready(): string | undefined {
    if (isClosing) return 'shutting down.'
    if (environments.missing().length > 0) return 'environment document(s) not updated.'
    const oldest = lastUpdate()
    if (graceMs !== undefined && !(oldest !== undefined && Date.now() - oldest <= graceMs))
      return 'environment document(s) stale.'
    return undefined
  }

  /** Of the environment that was heard of longest ago. */
  function lastUpdate(): number | undefined {
    const times = settings.environments.map(({ clientKey }) => answered.get(clientKey))
    return times.includes(undefined) ? undefined : Math.min(...(times as number[]))
  }

  function readiness(): Response {
    const reason = unready()
    const oldest = lastUpdate()
    return Response.json(
      {
        status: reason === undefined ? 'ok' : 'error',
        reason: reason ?? null,
        last_successful_update: oldest === undefined ? null : new Date(oldest).toISOString(),
      },
      { status: reason === undefined ? 200 : 503, headers: { 'Cache-Control': 'no-store' } },
    )
  }

  const operators: ReadonlyMap<string, Handler> = new Map<string, Handler>([
    ['/proxy/health', readiness],
    ['/proxy/health/readiness', readiness],
    ['/health', readiness],
    ['/proxy/health/liveness', () => new Response(null, { headers: { 'Content-Length': '0' } })],
    ...(settings.metrics
      ? [
          [
            '/metrics',
            async () =>
              new Response(await scrape(), { headers: { 'Content-Type': 'text/plain; version=0.0.4' } }),
          ] as const,
        ]
      : []),
  ])

  async function handler(request: Request): Promise<Response> {
    const { pathname } = new URL(request.url)
    const own = operators.get(pathname.replace(/(.)\/$/, '$1'))
    if (own && (request.method === 'GET' || request.method === 'HEAD')) return own(request)

    const route = routeOf(pathname)
    const begun = performance.now()
    const response = withOrigin(request, await limited(request, route))
    const seconds = (performance.now() - begun) / 1_000
    const { status } = response
    metrics.add('requests_total', { route, method: methodOf(request), status })
    if (route !== 'stream') metrics.time('request_seconds', { route }, seconds)
    if (settings.accessLog) {
      log('info', 'request', { method: methodOf(request), route, status, ms: Math.round(seconds * 1e4) / 10 })
    }
    return response
  }

  /** Beyond what this process can do at a time, it says so at once instead of being late for everybody. */
  async function limited(request: Request, route: string): Promise<Response> {
    if (requests >= maxRequests || (route === 'stream' && streams >= maxStreams))
      return responseOf(refusal(503, 'Too many requests at a time.', { 'Retry-After': '1' }), request.method)
    requests++
    metrics.set('requests_in_flight', {}, requests)
    try {
      const response = await environments.handler(request)
      const isStream = response.headers.get('Content-Type') === 'text/event-stream'
      return isStream && response.body ? new Response(stream(response.body), response) : response
    } catch (error) {
      log('error', 'request_failed', { route, problem: error instanceof Error ? error.name : 'unknown' })
      return responseOf(refusal(500, 'This request could not be answered.'), request.method)
    } finally {
      requests--
      metrics.set('requests_in_flight', {}, requests)
    }
  }

  /** The same stream, counted for as long as somebody reads it. */
  function stream(body: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
    const reader = body.getReader()
    const count = (by: number) => {
      streams += by
      metrics.set('streams', {}, streams)
    }
    count(1)
    // However it ends: read to the end, broken, or left.
    reader.closed.catch(() => {}).then(() => count(-1))
    return new ReadableStream({
      async pull(controller) {
        const { done, value } = await reader.read()
        if (done) controller.close()
        else controller.enqueue(value)
      },
      cancel: (reason) => reader.cancel(reason),
    })
  }

  /** Where not every page may ask, those that may are told so. */
  function withOrigin(request: Request, response: Response): Response {
    if (allowOrigins.includes('*')) return response
    const origin = request.headers.get('Origin')
    response.headers.append('Vary', 'Origin')
    if (origin !== null && allowOrigins.includes(origin))
      response.headers.set('Access-Control-Allow-Origin', origin)
    else response.headers.delete('Access-Control-Allow-Origin')
    return response
  }

  let server: Listening | undefined
  return {
    async open() {
      server = await listen(handler, {
        port: settings.port,
        host: settings.host,
        onError: () => log('error', 'request_failed'),
        node: {
          maxHeaderSize: settings.maxHeaderBytes,
          requestTimeout: settings.requestMs,
          headersTimeout: settings.requestMs,
          keepAliveTimeout: settings.keepAliveMs,
          // In a cluster all listen to the same port.
          exclusive: false,
        },
      })
      return server.url
    },
    replace: environments.replace,
    async close() {
      isClosing = true
      environments.close()
      const late = new AbortController()
      const isInTime = await Promise.race([
        server?.drain().then(() => true),
        wait(settings.shutdownMs, late.signal).then(() => false),
      ])
      late.abort()
      if (!isInTime) log('warning', 'requests_cut', { requests })
      server?.cut()
    },
  }
}

const ROUTES: Readonly<Record<string, string>> = {
  '/api/v1/flags': 'flags',
  '/api/v1/identities': 'identities',
  '/api/v1/environment-document': 'environment-document',
  '/api/v1/analytics/flags': 'analytics',
}
const METHODS: readonly string[] = ['GET', 'HEAD', 'POST', 'OPTIONS']

/** For numbers and logs: one of a few names, whatever somebody asks for. */
const routeOf = (path: string): string =>
  ROUTES[path.replace(/\/$/, '')] ?? (path.startsWith('/sse/') ? 'stream' : 'other')
const methodOf = ({ method }: Request): string => (METHODS.includes(method) ? method : 'other')
