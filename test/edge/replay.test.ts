/**
 * What a real API and a real Edge Proxy were asked is asked of our server, in the same order, and the answers are
 * compared. What differs on purpose is listed with its reason; everything else must be alike.
 */
import { expect, test } from 'vitest'
import { createEdge, type Edge, type EnvironmentDocument } from '../../src/edge.ts'
import { api, type Exchange, edgeProxy, exchange, recordedDocument } from './recorded.ts'

interface Flag {
  id?: number | null
  feature: { id: number; name: string; type: string }
  feature_state_value: unknown
  enabled: boolean
  variant?: string | null
}

async function ask(edge: Edge, { request: { method, path, headers, body } }: Exchange) {
  const hasBody = body !== null && method !== 'GET' && method !== 'HEAD'
  const response = await edge.handler(
    new Request(`http://edge.test${path}`, {
      method,
      headers,
      ...(hasBody && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    }),
  )
  const text = await response.text()
  const isJson = response.headers.get('Content-Type')?.startsWith('application/json')
  return { response, body: isJson && text !== '' ? JSON.parse(text) : null }
}

const flagsOf = (body: unknown): Flag[] =>
  Array.isArray(body) ? body : ((body as { flags?: Flag[] })?.flags ?? [body as Flag])

/** The recorder shortened long texts, so that these cannot be asked or compared again. */
const isShortened = ({ request, response }: Exchange) =>
  [request.body, response.body, request.path].some((part) => /(chars\)|truncated\))$/.test(String(part)))

test('answers what the real API answered', async () => {
  const document = recordedDocument()
  // The segment's override is in the main environment alone.
  const project = { ...document.project, segments: [] }
  const environments: Record<string, Partial<EnvironmentDocument>> = {
    main: {},
    hide: { project, hide_disabled_flags: true },
    sens: { project, hide_sensitive_data: true },
    notraits: { project, allow_client_traits: false },
    nopersist: { project: { ...project, organisation: { persist_trait_data: false } }, feature_states: [] },
    stopped: { project: { ...project, organisation: { stop_serving_flags: true } } },
  }
  const edges = new Map(
    Object.entries(environments).map(([name, change]) => [
      name,
      createEdge({
        document: { ...document, ...change, api_key: `<${name} client key>` },
        serverKeys: [`<${name} server key>`],
      }),
    ]),
  )
  const edgeFor = (key = '') => edges.get(/^<(\w+) /.exec(key)?.[1] ?? 'main') ?? edges.get('main')!

  const served =
    /^\/(api\/v1\/(flags|identities|environment-document|analytics\/flags)\/?(\?.*)?|health|api\/v1\/nope\/)$/
  const different = new Map([
    ['flags Accept text/html', 'we speak JSON whatever is asked for'],
    ['identities GET Accept text/html', 'we have no page to show'],
    ['flags If-None-Match/If-Modified-Since', 'we know 304'],
    ['flags hide client', 'the API lets a server-only flag out here, we do not'],
    ['OPTIONS with key', 'we describe no parsers'],
    ['POST form body', 'we read JSON alone'],
    ['POST trait object', 'the API stores Python notation, we refuse'],
    ['POST trait array', 'the API stores Python notation, we refuse'],
    ['POST duplicate keys new identity', 'the API breaks, with us the last one wins'],
  ])

  let compared = 0
  for (const recorded of api) {
    const { name, request } = recorded
    if (!served.test(request.path) || isShortened(recorded) || different.has(name)) continue
    const key = request.headers['X-Environment-Key']
    const { response, body } = await ask(edgeFor(key), recorded)
    compared++

    // Where the API breaks with a page of HTML we refuse with JSON.
    const status = recorded.response.status === 500 ? 400 : recorded.response.status
    expect(response.status, name).toBe(status)
    if (status === 200) expect(comparable(body, key), name).toEqual(comparable(recorded.response.body, key))
    else if (typeof recorded.response.body === 'object' && !isParseError(recorded)) {
      expect(body, name).toEqual(recorded.response.body)
    }
    const isDated = status < 400 && key?.includes('main')
    for (const header of [
      'Location',
      'Last-Modified',
      ...(isDated ? ['X-Flagsmith-Document-Updated-At'] : []),
    ]) {
      const expected = recorded.response.headers.find(([candidate]) => candidate === header)?.[1]
      expect(response.headers.get(header) ?? undefined, `${name}: ${header}`).toBe(expected)
    }
  }
  expect(compared).toBeGreaterThan(90)
})

const isParseError = ({ response }: Exchange) => JSON.stringify(response.body).includes('JSON parse error')

/** An answer without what the document cannot tell or the recording does not tell. */
function comparable(body: unknown, key = ''): unknown {
  if (body === null || typeof body !== 'object' || Object.keys(body).length === 0) return body
  if ('detail' in body || 'status' in body) return 'detail' in body ? body : { status: 'ok' }
  if ('DatabaseBackend' in body) return { status: 'ok' }
  // The API draws the uuids of identities anew for every answer.
  if ('feature_states' in body) return JSON.stringify(body).replaceAll(/"identity_uuid":"[^"]*"/g, '')
  const flags = flagsOf(body).map((flag) => {
    // Buckets depend on the key, and the recorder replaced the keys. That a variant fits its value can be said.
    const isSplit = flag.feature.name === 'mv_flag' && flag.variant !== undefined
    if (isSplit)
      expect(['red red', 'blue null', 'control control']).toContain(
        `${flag.feature_state_value} ${flag.variant}`,
      )
    return {
      ...flag,
      ...(isSplit && { feature_state_value: 'a variant', variant: 'its name' }),
      // Rows of the other environments have other numbers.
      ...(!key.includes('main') && { id: null, environment: null }),
      feature: {
        ...flag.feature,
        created_date: null,
        description: null,
        initial_value: null,
        default_enabled: null,
      },
    }
  })
  if (Array.isArray(body) || !('flags' in body)) return flags
  const { identifier, traits } = body as unknown as { identifier: string; traits: object[] }
  return {
    identifier: /^[\da-f]{32}$/.test(identifier) ? 'a new one' : identifier,
    traits: traits.map((trait) => ({ ...trait, id: null })),
    flags,
  }
}

test('gives each identity what the real Edge Proxy gave it, when it keeps no traits', async () => {
  const document = exchange(edgeProxy, 'env document, server key').response.body as EnvironmentDocument
  const edge = createEdge({ document, serverKeys: ['ser.small'], persistTraits: false })
  const different = new Map([
    ['identities GET transient', 'the proxy does not know transient identities'],
    ['identities GET blank identifier', 'the proxy takes an empty identifier'],
    ['identities POST identifier blank', 'the proxy takes an empty identifier'],
  ])

  let compared = 0
  for (const recorded of edgeProxy) {
    const { name, request, response } = recorded
    const isOurs = /^(env|ser)[._]small$/.test(request.headers['X-Environment-Key'] ?? '')
    if (!isOurs || !/(flags|identities)/.test(request.path) || response.status !== 200) continue
    if (isShortened(recorded) || different.has(name) || request.method === 'OPTIONS') continue
    const answered = await ask(edge, recorded)
    if (answered.response.status === 400) continue
    compared++
    expect(bare(answered.body), name).toEqual(bare(response.body))
  }
  expect(compared).toBeGreaterThan(20)
})

/** What the Edge Proxy tells of an answer. */
function bare(body: unknown) {
  const flags = flagsOf(body).map(({ feature: { id, name, type }, enabled, feature_state_value }) => ({
    feature: { id, name, type },
    enabled,
    feature_state_value,
  }))
  const { identifier } = body as { identifier?: string }
  return { identifier, flags }
}
