/** Flagsmith's SDK API, served from one environment document. */
import { GuidonError } from '../model/errors.ts'
import type { TraitValue } from '../model/trait.ts'
import { json, jsonText, preflight, prepare, refusal, revalidatable, withCommonHeaders } from './answer.ts'
import { type EnvironmentDocument, environmentDocument } from './document.ts'
import { type Audience, type Edition, publish } from './edition.ts'
import { evaluate, type Identity, type Outcome } from './evaluation.ts'
import { type IdentityAnswer, identify, lookUp } from './identities.ts'
import { type IdentityRequest, identityRequest, Problem } from './identity-request.ts'
import { jsonBody } from './request-body.ts'
import { broadcast } from './stream.ts'
import { traitStore } from './trait-store.ts'

export interface EdgeOptions {
  /** A Flagsmith environment document. Its `api_key` is the client-side key. */
  document: EnvironmentDocument
  /** The keys of servers, which may see server-only features and read the document. @default none */
  serverKeys?: readonly string[] | undefined
  /**
   * Whether traits are kept for the next request, in memory, as the API keeps them in its database. False makes this
   * server forget, as the Edge Proxy does: each request is evaluated with the traits it brings. @default true
   */
  persistTraits?: boolean | undefined
  /** Room for kept traits; beyond it the identity that was away longest is forgotten. @default 64 MiB */
  maxTraitBytes?: number | undefined
  /** A larger request body is refused. @default 1 MiB */
  maxBodyBytes?: number | undefined
  /** Hears of persistent traits before their sender has an answer. When it rejects, that is a 503. @default nobody */
  onTraits?: ((writes: TraitWrites) => Promise<void>) | undefined
  /** Hears how often flags were evaluated, by name, as clients told it: unchecked. @default nobody */
  onCounts?: ((counts: Readonly<Record<string, unknown>>) => void) | undefined
}

/** Persistent traits that an identity was given. */
export interface TraitWrites {
  readonly identifier: string
  /** Null removes the trait. */
  readonly traits: Readonly<Record<string, TraitValue | null>>
}

/** A server in the shape of a function: whatever can speak HTTP can host it. */
export interface Edge {
  /** Answers one request. Needs no `this`. */
  readonly handler: (request: Request) => Promise<Response>
  /**
   * An identity's flags as its client would be told them, without a request, for what runs in this process. Traits count
   * beside those that are kept, and are not kept themselves. Throws when the document says to serve no flags. Needs no `this`.
   */
  readonly flagsOf: (identity: Identity) => Record<string, Pick<Outcome, 'enabled' | 'value'>>
  /** Serves another document from now on, and tells those who listen to the event stream. Throws when it is none. */
  replace(document: EnvironmentDocument): void
  /** Ends the event streams. */
  close(): void
}

/** A request whose key is good. */
interface Call {
  readonly request: Request
  readonly query: URLSearchParams
  readonly audience: Audience
  readonly edition: Edition
}

type Action = (call: Call) => Response | Promise<Response>

/**
 * A Flagsmith server of one environment, on web standards alone: Node, Deno, Bun and workers.
 *
 * @example
 * const edge = createEdge({ document, serverKeys: ['ser.secret'] })
 * export default { fetch: edge.handler }
 */
export function createEdge({
  document,
  serverKeys = [],
  persistTraits = true,
  maxTraitBytes = 64 * 1024 * 1024,
  maxBodyBytes = 1024 * 1024,
  onTraits,
  onCounts,
}: EdgeOptions): Edge {
  const events = broadcast()
  const traits = traitStore(maxTraitBytes)
  let current = publish(environmentDocument(document), updatedAtOf(document) ?? Date.now() / 1000)

  const routes: ReadonlyMap<string, Action> = new Map<string, Action>([
    ['GET /api/v1/flags/', getFlags],
    ['GET /api/v1/identities/', getIdentity],
    ['POST /api/v1/identities/', postIdentity],
    ['GET /api/v1/environment-document/', getDocument],
    ['POST /api/v1/analytics/flags/', postAnalytics],
  ])
  const methodsOf = (path: string): string[] =>
    [...routes.keys()].filter((route) => route.endsWith(` ${path}`)).map((route) => route.split(' ')[0]!)

  async function handler(request: Request): Promise<Response> {
    const response = withCommonHeaders(await answer(request))
    return request.method === 'HEAD' ? new Response(null, response) : response
  }

  async function answer(request: Request): Promise<Response> {
    const { pathname: path, search, searchParams: query } = new URL(request.url)
    if (request.method === 'OPTIONS' && request.headers.has('Access-Control-Request-Method'))
      return preflight()
    if (request.method === 'GET' && isStream(path)) return stream()
    if (path === '/health') return json({ status: 'ok' })

    const methods = methodsOf(path)
    if (methods.length === 0) {
      return methodsOf(`${path}/`).length > 0
        ? new Response(null, { status: 301, headers: { Location: `${path}/${search}` } })
        : refusal(404, 'Not found.')
    }
    const audience = audienceOf(request.headers.get('X-Environment-Key'))
    if (audience instanceof Response) return audience
    const action = routes.get(`${request.method === 'HEAD' ? 'GET' : request.method} ${path}`)
    return action === undefined
      ? refusal(405, `Method "${request.method}" not allowed.`, { Allow: methods.join(', ') })
      : action({ request, query, audience, edition: current })
  }

  /** Never 401: the API does not say how to authenticate, and clients tell a bad key by 403. */
  function audienceOf(key: string | null): Audience | Response {
    if (!key) return refusal(403, 'Invalid or missing Environment key')
    const audience = serverKeys.includes(key)
      ? 'server'
      : key === current.environment.key
        ? 'client'
        : undefined
    if (audience === undefined) return refusal(403, 'Invalid or missing Environment Key')
    return current.isStopped ? refusal(403, 'Organisation is disabled from serving flags.') : audience
  }

  function getFlags({ request, query, audience, edition }: Call): Response {
    const name = query.get('feature')
    if (name === null) return revalidatable(request, edition.environmentFlags(audience), stamp(edition))
    const flag = edition.environmentFlag(audience, name)
    return flag === undefined ? refusal(404, 'Given feature not found') : revalidatable(request, flag)
  }

  function getIdentity({ request, query, audience, edition }: Call): Response {
    const identifier = query.get('identifier')
    // With status 200. So the API has it, for fear of breaking clients.
    if (!identifier) return json({ detail: 'Missing identifier' })
    const checked = identityRequest({ identifier })
    if (checked instanceof Problem) return json(checked.says, 400)

    // Whatever the text is, `false` included.
    const isTransient = Boolean(query.get('transient'))
    const found = lookUp(edition, storeOf(edition), identifier, isTransient)
    const name = query.get('feature')
    const text = name
      ? edition.identityFlags(
          audience,
          found.outcomes.filter(({ feature }) => feature.name === name),
        )[0]
      : identityText(edition, audience, found)
    if (text === undefined) return refusal(404, 'Given feature not found')
    return revalidatable(request, prepare(text), stamp(edition))
  }

  async function postIdentity({ request, audience, edition }: Call): Promise<Response> {
    const body = await jsonBody(request, maxBodyBytes)
    if (body instanceof Response) return body
    const asked = identityRequest(body.json === undefined ? {} : body.json)
    if (asked instanceof Problem) return json(asked.says, 400)
    const writes = onTraits && persistentTraits(edition, audience, asked)
    try {
      if (writes) await onTraits(writes)
    } catch {
      return refusal(503, 'The traits cannot be taken now.', { 'Retry-After': '1' })
    }
    const found = await identify(edition, storeOf(edition), audience, asked)
    return jsonText(identityText(edition, audience, found), 200, stamp(edition))
  }

  function getDocument({ request, audience, edition }: Call): Response {
    if (audience === 'client') return refusal(403, 'Invalid or missing Environment key')
    const seconds = Math.floor(edition.updatedAt)
    const headers = {
      'Last-Modified': new Date(seconds * 1000).toUTCString(),
      'Cache-Control': 'no-cache, private',
    }
    const since = Date.parse(request.headers.get('If-Modified-Since') ?? '') / 1000
    return since >= seconds
      ? new Response(null, { status: 304, headers })
      : jsonText(edition.text, 200, { ...headers, ...stamp(edition) })
  }

  /** Takes the counts and lets them go, unless somebody else wants them: nobody reads statistics here. */
  async function postAnalytics({ request }: Call): Promise<Response> {
    const body = await jsonBody(request, maxBodyBytes)
    if (body instanceof Response) return body
    const { json: counts = {} } = body
    if (typeof counts !== 'object' || counts === null || Array.isArray(counts))
      return json({ non_field_errors: ['Expected a JSON object.'] }, 400)
    onCounts?.(counts as Record<string, unknown>)
    return new Response(null, { headers: { 'Cache-Control': 'no-store' } })
  }

  /** No key in a header, since an `EventSource` cannot send one; the address holds it. */
  const isStream = (path: string): boolean =>
    [current.environment.key, encodeURIComponent(current.environment.key)].some(
      (key) => path === `/sse/environments/${key}/stream`,
    )

  const stream = (): Response =>
    new Response(events.join(), {
      headers: {
        'Content-Type': 'text/event-stream',
        'Cache-Control': 'no-store',
        // Else nginx collects events until it has a buffer full of them.
        'X-Accel-Buffering': 'no',
      },
    })

  const storeOf = (edition: Edition) => (persistTraits && edition.keepsTraits ? traits : undefined)

  return {
    handler,
    flagsOf(identity) {
      if (current.isStopped)
        throw new GuidonError('http', 'this environment serves no flags', { status: 403 })
      const traits = new Map(identity.traits)
      for (const [key, { value }] of storeOf(current)?.get(identity.identifier) ?? [])
        if (!traits.has(key)) traits.set(key, value)
      const outcomes = evaluate(current.environment, { ...identity, traits })
      return Object.fromEntries(
        current
          .shown('client', outcomes)
          .map(({ feature, enabled, value }) => [feature.name, { enabled, value }]),
      )
    },
    replace(document) {
      const told = updatedAtOf(environmentDocument(document))
      // Who edits a document by hand leaves its date alone. Readers compare dates, and HTTP counts in seconds.
      const earliest = Math.floor(current.updatedAt) + 1
      const updatedAt = told !== undefined && told >= earliest ? told : Math.max(Date.now() / 1000, earliest)
      if (document.api_key !== current.environment.key) traits.clear()
      current = publish(document, updatedAt)
      events.send(updatedAt)
    },
    close: events.close,
  }
}

const stamp = (edition: Edition) => ({ 'X-Flagsmith-Document-Updated-At': String(edition.updatedAt) })

function identityText(
  edition: Edition,
  audience: Audience,
  { identifier, traits, outcomes }: IdentityAnswer,
): string {
  // Put together from texts made once. Writing out a hundred flags would take ten times as long as evaluating them.
  const flags = edition.identityFlags(audience, outcomes).join(',')
  const shownTraits = edition.hidesSensitiveData ? [] : traits
  return `{"identifier":${JSON.stringify(identifier)},"traits":${JSON.stringify(shownTraits)},"flags":[${flags}]}`
}

/** What a request writes for good, when it does; where the environment keeps no traits, nothing. */
function persistentTraits(
  edition: Edition,
  audience: Audience,
  { identifier, transient, traits }: IdentityRequest,
): TraitWrites | undefined {
  const mayWrite = edition.keepsTraits && (audience === 'server' || edition.allowsClientTraits)
  if (identifier === undefined || transient || !mayWrite) return undefined
  const kept = traits.filter((trait) => !trait.transient).map(({ key, value }) => [key, value] as const)
  return kept.length > 0 ? { identifier, traits: Object.fromEntries(kept) } : undefined
}

/** Unix seconds with the microseconds that a `Date` would drop. */
export function updatedAtOf({ updated_at: text }: EnvironmentDocument): number | undefined {
  if (!text) return undefined
  const fraction = /\.(\d{1,6})/.exec(text)?.[1] ?? '0'
  return Number(`${Math.floor(Date.parse(text) / 1000)}.${fraction}`)
}
