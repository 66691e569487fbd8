/** Flagsmith's SDK API, served from one environment document. */
import { GuidonError } from '../model/errors.ts'
import type { TraitValue } from '../model/trait.ts'
import {
  type Answer,
  type Answerer,
  answer,
  json,
  preflight,
  refusal,
  revalidatable,
  revalidated,
  written,
} from './answer.ts'
import { type EnvironmentDocument, environmentDocument } from './document.ts'
import { type Audience, type Edition, publish } from './edition.ts'
import { evaluate, type Identity, type Outcome } from './evaluation.ts'
import { handlerOf } from './handler.ts'
import { type IdentityAnswer, identify, lookUp } from './identities.ts'
import { type IdentityRequest, identityRequest, Problem } from './identity-request.ts'
import { isPreflight, type Question } from './question.ts'
import { jsonBody } from './request-body.ts'
import { broadcast } from './stream.ts'
import type { Text } from './text.ts'
import { traitStore } from './trait-store.ts'

/** What `createEdge()` takes. Only `document` is needed. */
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
  /** The same without `Request` and `Response`, for `nodeListener`. Needs no `this`. */
  readonly answer: Answerer
  /** Serves another document from now on, and tells those who listen to the event stream. Throws when it is none. */
  replace(document: EnvironmentDocument): void
  /** Ends the event streams. */
  close(): void
}

/** A request whose key is good. */
interface Call {
  readonly question: Question
  query(): URLSearchParams
  readonly audience: Audience
  readonly edition: Edition
}

type Action = (call: Call) => Answer | Promise<Answer>

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

  const routes: ReadonlyMap<string, Readonly<Record<string, Action>>> = new Map([
    ['/api/v1/flags/', methods({ GET: getFlags })],
    ['/api/v1/identities/', methods({ GET: getIdentity, POST: postIdentity })],
    ['/api/v1/environment-document/', methods({ GET: getDocument })],
    ['/api/v1/analytics/flags/', methods({ POST: postAnalytics })],
  ])

  function answerTo(question: Question): Answer | Promise<Answer> {
    const { method, path, search } = question
    if (isPreflight(question)) return preflight
    if (method === 'GET' && isStream(path)) return stream
    if (path === '/health') return json({ status: 'ok' })

    const actions = routes.get(path)
    if (actions === undefined) {
      return routes.has(`${path}/`)
        ? answer(301, { Location: `${path}/${search}` })
        : refusal(404, 'Not found.')
    }
    const audience = audienceOf(question.header('x-environment-key'))
    if (typeof audience !== 'string') return audience
    const action = actions[method === 'HEAD' ? 'GET' : method]
    return action === undefined
      ? refusal(405, `Method "${method}" not allowed.`, { Allow: Object.keys(actions).join(', ') })
      : action({ question, query: () => new URLSearchParams(search), audience, edition: current })
  }

  /** Never 401: the API does not say how to authenticate, and clients tell a bad key by 403. */
  function audienceOf(key: string | null): Audience | Answer {
    if (!key) return refusal(403, 'Invalid or missing Environment key')
    const audience = serverKeys.includes(key)
      ? 'server'
      : key === current.environment.key
        ? 'client'
        : undefined
    if (audience === undefined) return refusal(403, 'Invalid or missing Environment Key')
    return current.isStopped ? refusal(403, 'Organisation is disabled from serving flags.') : audience
  }

  function getFlags({ question, query, audience, edition }: Call): Answer {
    const name = question.search === '' ? null : query().get('feature')
    if (name === null) return revalidated(edition.environmentFlags(audience), question)
    const flag = edition.environmentFlag(audience, name)
    return flag === undefined ? refusal(404, 'Given feature not found') : revalidated(flag, question)
  }

  function getIdentity({ question, query: queryOf, audience, edition }: Call): Answer {
    const query = queryOf()
    const identifier = query.get('identifier')
    // With status 200. So the API has it, for fear of breaking clients.
    if (!identifier) return json({ detail: 'Missing identifier' })
    const checked = identityRequest({ identifier })
    if (checked instanceof Problem) return json(checked.says, 400)

    // Whatever the text is, `false` included.
    const isTransient = Boolean(query.get('transient'))
    const found = lookUp(edition, storeOf(edition), identifier, isTransient)
    const name = query.get('feature')
    const body = name
      ? edition.identityFlag(
          audience,
          found.outcomes.find(({ feature }) => feature.name === name),
        )
      : identityBody(edition, audience, found)
    if (body === undefined) return refusal(404, 'Given feature not found')
    return revalidated(revalidatable(body, edition.stamp), question)
  }

  async function postIdentity({ question, audience, edition }: Call): Promise<Answer> {
    const body = await jsonBody(question, maxBodyBytes)
    if ('status' in body) return body
    const asked = identityRequest(body.json === undefined ? {} : body.json)
    if (asked instanceof Problem) return json(asked.says, 400)
    const writes = onTraits && persistentTraits(edition, audience, asked)
    try {
      if (writes) await onTraits(writes)
    } catch {
      return refusal(503, 'The traits cannot be taken now.', { 'Retry-After': '1' })
    }
    const found = await identify(edition, storeOf(edition), audience, asked)
    return written(identityBody(edition, audience, found), 200, edition.headers)
  }

  function getDocument({ question, audience, edition }: Call): Answer {
    if (audience === 'client') return refusal(403, 'Invalid or missing Environment key')
    const seconds = Math.floor(edition.updatedAt)
    const headers = {
      'Last-Modified': new Date(seconds * 1000).toUTCString(),
      'Cache-Control': 'no-cache, private',
    }
    const since = Date.parse(question.header('if-modified-since') ?? '') / 1000
    return since >= seconds
      ? answer(304, headers)
      : written(edition.document(), 200, { ...edition.headers, ...headers })
  }

  /** Takes the counts and lets them go, unless somebody else wants them: nobody reads statistics here. */
  async function postAnalytics({ question }: Call): Promise<Answer> {
    const body = await jsonBody(question, maxBodyBytes)
    if ('status' in body) return body
    const { json: counts = {} } = body
    if (typeof counts !== 'object' || counts === null || Array.isArray(counts))
      return json({ non_field_errors: ['Expected a JSON object.'] }, 400)
    onCounts?.(counts as Record<string, unknown>)
    return answer(200, { 'Cache-Control': 'no-store' })
  }

  /** No key in a header, since an `EventSource` cannot send one; the address holds it. */
  const isStream = (path: string): boolean =>
    path.startsWith('/sse/') &&
    [current.environment.key, encodeURIComponent(current.environment.key)].some(
      (key) => path === `/sse/environments/${key}/stream`,
    )

  const stream = answer(
    200,
    {
      'Content-Type': 'text/event-stream',
      'Cache-Control': 'no-store',
      // Else nginx collects events until it has a buffer full of them.
      'X-Accel-Buffering': 'no',
    },
    events.stream,
  )

  const storeOf = (edition: Edition) => (persistTraits && edition.keepsTraits ? traits : undefined)

  return {
    handler: handlerOf(answerTo),
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
    answer: answerTo,
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

/** By method, and nothing else: anybody may ask with `toString`. */
const methods = (actions: Record<string, Action>): Readonly<Record<string, Action>> =>
  Object.assign(Object.create(null), actions)

function identityBody(
  edition: Edition,
  audience: Audience,
  { identifier, traits, outcomes }: IdentityAnswer,
): Text {
  const shownTraits = JSON.stringify(edition.hidesSensitiveData ? [] : traits)
  const head = `{"identifier":${JSON.stringify(identifier)},"traits":${shownTraits},"flags":`
  return edition.identityFlags(audience, outcomes, head, '}')
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
