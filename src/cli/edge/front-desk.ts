import { type Answer, isStream, jsonBytes, refusal } from '../../edge/answer.ts'
import type { EnvironmentDocument } from '../../edge/document.ts'
import { createEnvironments } from '../../edge/environments.ts'
import type { Question } from '../../edge/question.ts'
import type { Stream } from '../../edge/stream.ts'
import { wait } from '../../edge/wait.ts'
import { type Listening, listen } from '../listen.ts'
import type { BackOffice } from './back-office.ts'
import type { Log } from './log.ts'
import { found, type Metrics } from './metrics.ts'
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

/** A connection on which nothing moves for so long is dropped. Event streams say something three times as often. */
const LONGEST_SILENCE_MS = 60_000

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
  /** Those that wait for something: a body, or the disk. */
  let requests = 0
  let streams = 0
  metrics.gauge('requests_in_flight', {}, () => requests)
  metrics.gauge('streams', {}, () => streams)
  metrics.gauge('heap_bytes', {}, () => process.memoryUsage().heapUsed)
  metrics.gauge('memory_bytes', {}, () => process.memoryUsage.rss())

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

  function readiness(): Answer {
    const reason = unready()
    const oldest = lastUpdate()
    const status = reason === undefined ? 'ok' : 'error'
    const since = oldest === undefined ? null : new Date(oldest).toISOString()
    const body = jsonBytes({ status, reason: reason ?? null, last_successful_update: since })
    return forOperators(body, 'application/json', status === 'ok' ? 200 : 503)
  }

  const numbers = async (): Promise<Answer> =>
    forOperators(new TextEncoder().encode(await scrape()), 'text/plain; version=0.0.4')

  const operators: ReadonlyMap<string, () => Answer | Promise<Answer>> = withSlashes({
    '/proxy/health': readiness,
    '/proxy/health/readiness': readiness,
    '/health': readiness,
    '/proxy/health/liveness': () => forOperators(new Uint8Array(0), 'text/plain'),
    ...(settings.metrics && { '/metrics': numbers }),
  })

  function answerTo(question: Question): Answer | Promise<Answer> {
    const { method, path } = question
    const own = method === 'GET' || method === 'HEAD' ? operators.get(path) : undefined
    if (own) return own()

    const route = ROUTES.get(path) ?? (path.startsWith('/sse/') ? 'stream' : 'other')
    const begun = performance.now()
    const done = (answer: Answer): Answer => {
      took(route, METHODS.includes(method) ? method : 'other', answer.status, performance.now() - begun)
      return withOrigin(answer, question.header('origin'))
    }
    const answered = limited(question, route)
    return answered instanceof Promise ? answered.then(done) : done(answered)
  }

  /** Beyond what this process can do at a time, it says so at once instead of being late for everybody. */
  function limited(question: Question, route: string): Answer | Promise<Answer> {
    if (requests >= maxRequests || (route === 'stream' && streams >= maxStreams))
      return refusal(503, 'Too many requests at a time.', { 'Retry-After': '1' })
    try {
      const answered = environments.answer(question)
      if (answered instanceof Promise) return awaited(answered, route)
      return isStream(answered.body) ? { ...answered, body: counted(answered.body) } : answered
    } catch (error) {
      return failed(error, route)
    }
  }

  async function awaited(answered: Promise<Answer>, route: string): Promise<Answer> {
    requests++
    try {
      return await answered
    } catch (error) {
      return failed(error, route)
    } finally {
      requests--
    }
  }

  function failed(error: unknown, route: string): Answer {
    log('error', 'request_failed', { route, problem: error instanceof Error ? error.name : 'unknown' })
    return refusal(500, 'This request could not be answered.')
  }

  /** The same stream, counted for as long as somebody reads it. */
  const counted = (stream: Stream): Stream => ({
    writeTo(reader) {
      streams++
      const leave = stream.writeTo(reader)
      return () => {
        streams--
        leave()
      }
    },
  })

  // By route, method and status. Each is named once: thousands a second are of the same few kinds.
  const counters = new Map<string, Map<string, Map<number, () => void>>>()
  const timers = new Map<string, (seconds: number) => void>()
  function took(route: string, method: string, status: number, ms: number): void {
    const ofMethod = found(found(counters, route, newMap), method, newMap)
    found(ofMethod, status, () => metrics.counter('requests_total', { route, method, status }))()
    if (route !== 'stream') {
      found(timers, route, () => metrics.histogram('request_seconds', { route }))(ms / 1_000)
    }
    if (settings.accessLog) log('info', 'request', { method, route, status, ms: Math.round(ms * 10) / 10 })
  }

  /** Where not every page may ask, those that may are told so. */
  function withOrigin(answer: Answer, origin: string | null): Answer {
    if (allowOrigins.includes('*')) return answer
    const { 'Access-Control-Allow-Origin': _, ...headers } = answer.headers
    const isAllowed = origin !== null && allowOrigins.includes(origin)
    return {
      ...answer,
      headers: {
        ...headers,
        Vary: headers.Vary ? `${headers.Vary}, Origin` : 'Origin',
        ...(isAllowed && { 'Access-Control-Allow-Origin': origin }),
      },
    }
  }

  let server: Listening | undefined
  return {
    async open() {
      server = await listen(answerTo, {
        port: settings.port,
        host: settings.host,
        idleMs: Math.max(settings.requestMs, LONGEST_SILENCE_MS),
        onError: () => log('error', 'request_failed'),
        onRefusal(refusal) {
          took('other', 'other', refusal.status, 0)
          return withOrigin(refusal, null)
        },
        node: {
          maxHeaderSize: settings.maxHeaderBytes,
          requestTimeout: settings.requestMs,
          headersTimeout: settings.requestMs,
          connectionsCheckingInterval: Math.ceil(Math.min(settings.requestMs, LONGEST_SILENCE_MS) / 4),
          keepAliveTimeout: settings.keepAliveMs,
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

/** Not for pages, which may not read it. */
const forOperators = (body: Uint8Array, type: string, status = 200): Answer => ({
  status,
  headers: { 'Content-Type': type, 'Content-Length': String(body.length), 'Cache-Control': 'no-store' },
  body,
})

const newMap = () => new Map()

/** The same under each path with a slash at its end. */
const withSlashes = <T>(paths: Readonly<Record<string, T>>): ReadonlyMap<string, T> =>
  new Map(Object.entries(paths).flatMap(([path, one]) => [[path, one] as const, [`${path}/`, one] as const]))

/** For numbers and logs: one of a few names, whatever somebody asks for. */
const ROUTES = withSlashes({
  '/api/v1/flags': 'flags',
  '/api/v1/identities': 'identities',
  '/api/v1/environment-document': 'environment-document',
  '/api/v1/analytics/flags': 'analytics',
})
const METHODS: readonly string[] = ['GET', 'HEAD', 'POST', 'OPTIONS']
