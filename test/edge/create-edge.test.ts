import { afterEach, expect, test, vi } from 'vitest'
import { createEdge, type EdgeOptions, type EnvironmentDocument } from '../../src/edge.ts'
import { GuidonError } from '../../src/model/errors.ts'
import { recordedDocument } from './recorded.ts'

afterEach(() => void vi.useRealTimers())

interface Asked {
  key?: string | null
  method?: string
  body?: unknown
  headers?: Record<string, string>
}

function setup(options: Partial<EdgeOptions> = {}) {
  const document = { ...recordedDocument(), api_key: 'client-key' }
  const edge = createEdge({ document, serverKeys: ['ser.key'], ...options })
  async function ask(path: string, { key = 'client-key', method, body, headers = {} }: Asked = {}) {
    const response = await edge.handler(
      new Request(`https://edge.test${path}`, {
        method: method ?? (body === undefined ? 'GET' : 'POST'),
        headers: {
          ...(key !== null && { 'X-Environment-Key': key }),
          ...(body !== undefined && { 'Content-Type': 'application/json' }),
          ...headers,
        },
        ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      }),
    )
    return { status: response.status, headers: response.headers, text: await response.text() }
  }
  const identities = async (body: unknown, key?: string) =>
    JSON.parse((await ask('/api/v1/identities/', { body, ...(key !== undefined && { key }) })).text)
  return { edge, document, ask, identities }
}

const withFlag = (document: EnvironmentDocument, value: string): EnvironmentDocument => ({
  ...document,
  feature_states: document.feature_states.map((state) =>
    state.feature.name === 'str_flag' ? { ...state, feature_state_value: value } : state,
  ),
})
const plan = (trait_value: unknown, more: object = {}) => ({ trait_key: 'plan', trait_value, ...more })
const theme = (answer: { flags: { feature: { name: string }; feature_state_value: unknown }[] }) =>
  answer.flags.find(({ feature }) => feature.name === 'str_flag')?.feature_state_value

// Validators

test.each(['/api/v1/flags/', '/api/v1/flags/?feature=str_flag', '/api/v1/identities/?identifier=vip'])(
  'answers 304 to a cache that has %s already',
  async (path) => {
    const { ask } = setup()
    const first = await ask(path)
    expect(first.headers.get('Cache-Control')).toBe('no-cache, private')
    expect(first.headers.get('Vary')).toBe('X-Environment-Key')
    const second = await ask(path, { headers: { 'If-None-Match': first.headers.get('ETag')! } })
    expect(second).toMatchObject({ status: 304, text: '' })
    expect(second.headers.get('ETag')).toBe(first.headers.get('ETag'))
    expect(second.headers.get('Vary')).toBe('X-Environment-Key')
  },
)

test('gives different answers different validators', async () => {
  const { edge, document, ask } = setup()
  const tags = async () =>
    Promise.all(
      [
        ask('/api/v1/flags/'),
        ask('/api/v1/flags/', { key: 'ser.key' }),
        ask('/api/v1/identities/?identifier=vip'),
        ask('/api/v1/identities/?identifier=someone'),
      ].map(async (answer) => (await answer).headers.get('ETag')),
    )
  const before = await tags()
  edge.replace(withFlag(document, 'changed'))
  expect(new Set([...before, ...(await tags())]).size).toBe(7) // vip has an own value, so nothing changed for vip
})

test('lets no cache keep an answer to POST, nor a refusal', async () => {
  const { ask } = setup()
  expect((await ask('/api/v1/identities/', { body: {} })).headers.get('Cache-Control')).toBe('no-store')
  expect((await ask('/api/v1/flags/', { key: 'nope' })).headers.get('Cache-Control')).toBe('no-store')
})

// Keys, methods, paths

test('may be asked from any page, refusals included', async () => {
  const { ask } = setup()
  for (const path of ['/api/v1/flags/', '/api/v1/nope/', '/api/v1/flags', '/health']) {
    const { headers } = await ask(path, { key: null })
    expect(headers.get('Access-Control-Allow-Origin'), path).toBe('*')
    expect(headers.get('Access-Control-Expose-Headers'), path).toBe('Retry-After')
  }
})

test('answers a preflight as the API does, without a key', async () => {
  const { ask } = setup()
  const { status, headers, text } = await ask('/api/v1/identities/', {
    key: null,
    method: 'OPTIONS',
    headers: { Origin: 'https://app.example', 'Access-Control-Request-Method': 'POST' },
  })
  expect({ status, text }).toEqual({ status: 200, text: '' })
  expect(headers.get('Access-Control-Max-Age')).toBe('86400')
  expect(headers.get('Access-Control-Allow-Methods')).toBe('DELETE, GET, OPTIONS, PATCH, POST, PUT')
  const allowed = headers.get('Access-Control-Allow-Headers')!.split(', ')
  expect(allowed).toHaveLength(18)
  expect(allowed).toEqual(expect.arrayContaining(['x-environment-key', 'content-type']))
  expect(allowed).not.toContain('if-none-match')
})

test('answers HEAD like GET, without the body', async () => {
  const { ask } = setup()
  const { status, headers, text } = await ask('/api/v1/flags/', { method: 'HEAD' })
  expect({ status, text }).toEqual({ status: 200, text: '' })
  expect(headers.get('ETag')).toBe((await ask('/api/v1/flags/')).headers.get('ETag'))
})

test('says which methods there are', async () => {
  const { ask } = setup()
  const { status, headers } = await ask('/api/v1/identities/', { method: 'DELETE' })
  expect(status).toBe(405)
  expect(headers.get('Allow')).toBe('GET, POST')
  expect((await ask('/api/v1/flags/', { method: 'toString' })).status).toBe(405)
})

test('keeps the query when it sends someone to the final slash', async () => {
  const { ask } = setup()
  const { status, headers } = await ask('/api/v1/identities?identifier=a%20b')
  expect(status).toBe(301)
  expect(headers.get('Location')).toBe('/api/v1/identities/?identifier=a%20b')
})

test('is healthy for whoever asks', async () => {
  const { ask } = setup()
  expect(await ask('/health', { key: null })).toMatchObject({ status: 200, text: '{"status":"ok"}' })
})

// Who sees what

test('shows server-only features to servers alone, also where disabled ones are hidden', async () => {
  const { ask, identities } = setup({
    document: { ...recordedDocument(), api_key: 'client-key', hide_disabled_flags: true },
  })
  for (const [key, sees] of [
    ['client-key', false],
    ['ser.key', true],
  ] as const) {
    const texts = [
      (await ask('/api/v1/flags/', { key })).text,
      JSON.stringify(await identities({ identifier: 'a' }, key)),
      (await ask('/api/v1/identities/?identifier=a', { key })).text,
    ]
    for (const text of texts) {
      expect(text.includes('server_only'), key).toBe(sees)
      expect(text).not.toContain('off_flag')
    }
    expect((await ask('/api/v1/identities/?identifier=a&feature=server_only', { key })).status).toBe(
      sees ? 200 : 404,
    )
  }
})

test('lets the environment decide before the project whether disabled flags are hidden', async () => {
  const document = { ...recordedDocument(), api_key: 'client-key' }
  const project = { ...document.project, hide_disabled_flags: true }
  const hidden = setup({ document: { ...document, project, hide_disabled_flags: null } })
  expect((await hidden.ask('/api/v1/flags/')).text).not.toContain('off_flag')
  const shown = setup({ document: { ...document, project, hide_disabled_flags: false } })
  expect((await shown.ask('/api/v1/flags/')).text).toContain('off_flag')
})

// Traits

test('keeps a trait until null removes it', async () => {
  const { identities } = setup()
  expect(theme(await identities({ identifier: 'a', traits: [plan('pro')] }))).toBe('pro-value')
  expect(theme(await identities({ identifier: 'a' }))).toBe('pro-value')
  expect(theme(await identities({ identifier: 'b' }))).toBe('hello')
  const { traits } = await identities({ identifier: 'a', traits: [plan(null)] })
  expect(traits).toEqual([])
  expect(theme(await identities({ identifier: 'a' }))).toBe('hello')
})

test('uses stored traits in GET as well, unless the identity is transient', async () => {
  const { ask, identities } = setup()
  await identities({ identifier: 'a', traits: [plan('pro')] })
  expect(theme(JSON.parse((await ask('/api/v1/identities/?identifier=a')).text))).toBe('pro-value')
  expect(theme(JSON.parse((await ask('/api/v1/identities/?identifier=a&transient=false')).text))).toBe(
    'hello',
  )
})

test('forgets transient traits and transient identities at once', async () => {
  const { identities } = setup()
  for (const body of [
    { identifier: 'a', traits: [plan('pro', { transient: true })] },
    { identifier: 'a', transient: true, traits: [plan('pro')] },
  ]) {
    const answer = await identities(body)
    expect(theme(answer)).toBe('pro-value')
    expect(answer.traits).toEqual([{ id: null, ...plan('pro'), transient: true }])
    expect(await identities({ identifier: 'a' })).toMatchObject({ traits: [] })
  }
})

test('lays what a transient identity sends over what is stored, and leaves that alone', async () => {
  const { identities } = setup()
  await identities({ identifier: 'a', traits: [plan('pro'), { trait_key: 'age', trait_value: 4 }] })
  const answer = await identities({ identifier: 'a', transient: true, traits: [plan(null)] })
  expect(theme(answer)).toBe('hello')
  expect(answer.traits).toMatchObject([
    plan(null, { id: null, transient: true }),
    { trait_key: 'age', transient: false },
  ])
  expect(theme(await identities({ identifier: 'a' }))).toBe('pro-value')
})

test('keeps nothing when told not to persist', async () => {
  const { identities } = setup({ persistTraits: false })
  expect(theme(await identities({ identifier: 'a', traits: [plan('pro')] }))).toBe('pro-value')
  expect(await identities({ identifier: 'a' })).toMatchObject({ traits: [] })
})

test('takes the last of two values for one key', async () => {
  const { identities } = setup()
  const { traits } = await identities({ identifier: 'a', traits: [plan('free'), plan('pro')] })
  expect(traits).toMatchObject([plan('pro')])
})

test('keeps traits with names that plain objects stumble over', async () => {
  const { identities } = setup()
  const traits = ['__proto__', 'constructor', 'toString'].map((trait_key) => ({
    trait_key,
    trait_value: 'x',
  }))
  await identities({ identifier: '__proto__', traits })
  expect((await identities({ identifier: '__proto__' })).traits).toMatchObject(traits)
})

test('gives who has no identifier the same one for the same traits, as the API makes it', async () => {
  const { identities } = setup()
  const { identifier } = await identities({ traits: [plan('pro')] })
  expect(identifier).toBe('9746f9086f61e37ea956bac460df92fc8108e27b344f6b716dab539fcd89e75b')
  const beta = { trait_key: 'beta', trait_value: true }
  const both = await identities({ traits: [plan('pro'), beta] })
  expect((await identities({ traits: [beta, plan('pro')] })).identifier).toBe(both.identifier)
  expect((await identities({})).identifier).not.toBe((await identities({})).identifier)
})

test('holds no more traits than it has room for', async () => {
  const { identities } = setup({ maxTraitBytes: 10_000 })
  const traits = [{ trait_key: 'note', trait_value: 'x'.repeat(1000) }]
  for (let user = 0; user < 10; user++) await identities({ identifier: `user-${user}`, traits })
  expect((await identities({ identifier: 'user-0' })).traits).toEqual([])
  expect((await identities({ identifier: 'user-9' })).traits).toHaveLength(1)
})

test('refuses a body that is too large, without reading it to the end', async () => {
  const { edge, ask } = setup({ maxBodyBytes: 1000 })
  expect((await ask('/api/v1/identities/', { body: { identifier: 'x'.repeat(1000) } })).status).toBe(413)

  let sent = 0
  const endless = new ReadableStream({
    pull: (controller) => {
      sent += 500
      controller.enqueue(new Uint8Array(500))
    },
  })
  const init = {
    method: 'POST',
    headers: { 'X-Environment-Key': 'client-key' },
    body: endless,
    duplex: 'half',
  }
  const response = await edge.handler(
    new Request('https://edge.test/api/v1/identities/', init as RequestInit),
  )
  expect(response.status).toBe(413)
  expect(sent).toBeLessThan(5000)
})

test('does not repeat a broken body in its answer', async () => {
  const { ask } = setup()
  const { status, text } = await ask('/api/v1/identities/', { body: '{"identifier":"someone@example.org"' })
  expect(status).toBe(400)
  expect(text).not.toContain('someone')
})

test('refuses a body that breaks off or is no text', async () => {
  const { edge } = setup()
  const bodies = [
    new ReadableStream({ start: (controller) => controller.error(new Error('gone')) }),
    new Uint8Array([0x22, 0xff, 0x22]),
  ]
  for (const body of bodies) {
    const headers = { 'X-Environment-Key': 'client-key', 'Content-Type': 'application/json' }
    const init = { method: 'POST', headers, body, duplex: 'half' }
    const response = await edge.handler(new Request('https://edge.test/api/v1/identities/', init))
    expect(response.status).toBe(400)
  }
})

test.each(['x'.repeat(2001), 'a%00b'])(
  'refuses an identifier at which the API breaks',
  async (identifier) => {
    const { ask } = setup()
    expect((await ask(`/api/v1/identities/?identifier=${identifier}`)).status).toBe(400)
  },
)

// The document

test('gives the document to servers, and 304 to those that have it', async () => {
  const { document, ask } = setup()
  const { headers, text } = await ask('/api/v1/environment-document/', { key: 'ser.key' })
  expect(JSON.parse(text)).toEqual(document)
  expect(headers.get('Last-Modified')).toBe('Sat, 21 Nov 2026 02:34:44 GMT')
  expect(headers.get('X-Flagsmith-Document-Updated-At')).toBe('1795228484.023477')
  const again = { 'If-Modified-Since': headers.get('Last-Modified')! }
  expect(await ask('/api/v1/environment-document/', { key: 'ser.key', headers: again })).toMatchObject({
    status: 304,
    text: '',
  })
  expect((await ask('/api/v1/environment-document/')).status).toBe(403)
})

test('serves another document from the moment it is replaced', async () => {
  const { edge, document, ask, identities } = setup()
  edge.replace(withFlag(document, 'changed'))
  expect(theme({ flags: JSON.parse((await ask('/api/v1/flags/')).text) })).toBe('changed')
  expect(theme(await identities({ identifier: 'someone' }))).toBe('changed')
})

test('dates a replaced document later, also when its own date was left alone', async () => {
  vi.useFakeTimers({ now: Date.parse('2026-11-21T02:34:44.5Z'), toFake: ['Date'] })
  const { edge, document, ask } = setup()
  const date = async () => (await ask('/api/v1/flags/')).headers.get('X-Flagsmith-Document-Updated-At')
  expect(await date()).toBe('1795228484.023477')
  edge.replace(withFlag(document, 'one'))
  // By a whole second: a server that polls with If-Modified-Since counts in seconds.
  expect(await date()).toBe('1795228485')
  vi.setSystemTime(Date.parse('2026-12-01T00:00:00.25Z'))
  edge.replace(withFlag(document, 'two'))
  expect(await date()).toBe(String(Date.UTC(2026, 11, 1) / 1000 + 0.25))
  edge.replace({ ...withFlag(document, 'three'), updated_at: '2026-12-02T00:00:00.000001+00:00' })
  expect(await date()).toBe(`${Date.UTC(2026, 11, 2) / 1000}.000001`)
})

test('keeps the old document when the new one is none', async () => {
  const { edge, ask } = setup()
  const before = await ask('/api/v1/flags/')
  expect(() => edge.replace({} as EnvironmentDocument)).toThrow(GuidonError)
  expect((await ask('/api/v1/flags/')).text).toBe(before.text)
})

test('refuses to start with what is no document', () => {
  expect(() => createEdge({ document: {} as EnvironmentDocument })).toThrow(
    'api_key should be a key, but is missing',
  )
})

test('forgets the traits of an environment when it serves another', async () => {
  const { edge, document, identities } = setup()
  await identities({ identifier: 'a', traits: [plan('pro')] })
  edge.replace({ ...document, api_key: 'other-key' })
  expect(await identities({ identifier: 'a' }, 'other-key')).toMatchObject({ traits: [] })
  expect(await identities({ identifier: 'a' })).toEqual({ detail: 'Invalid or missing Environment Key' })
})

test('serves what it was given, whatever is done to that later', async () => {
  const { document, ask } = setup()
  const before = await ask('/api/v1/environment-document/', { key: 'ser.key' })
  ;(document.feature_states as unknown[]).length = 0
  expect((await ask('/api/v1/environment-document/', { key: 'ser.key' })).text).toBe(before.text)
  expect((await ask('/api/v1/flags/')).text).toContain('str_flag')
})

// The event stream

test('tells the event stream when the document is replaced, and ends it when closed', async () => {
  vi.useFakeTimers({ now: Date.UTC(2026, 11, 1) })
  const { edge, document } = setup()
  const response = await edge.handler(new Request('https://edge.test/sse/environments/client-key/stream'))
  expect(response.headers.get('Content-Type')).toBe('text/event-stream')
  expect(response.headers.get('Access-Control-Allow-Origin')).toBe('*')
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader()
  expect((await reader.read()).value).toBe(': connected\n\n')

  edge.replace({ ...document, updated_at: '2030-01-01T00:00:00.5+00:00' })
  const { value } = await reader.read()
  expect(value).toBe(
    `event: environment_updated\ndata: {"updated_at":${Date.UTC(2030, 0, 1) / 1000 + 0.5}}\n\n`,
  )

  edge.close()
  expect(await reader.read()).toMatchObject({ done: true })
  expect(vi.getTimerCount()).toBe(0)
})

test('opens no event stream for HEAD', async () => {
  vi.useFakeTimers()
  const { ask } = setup()
  expect((await ask('/sse/environments/client-key/stream', { method: 'HEAD' })).status).toBe(404)
  expect(vi.getTimerCount()).toBe(0)
})

test('has an event stream for its own key alone', async () => {
  const { ask } = setup()
  expect((await ask('/sse/environments/other-key/stream')).status).toBe(404)
  expect((await ask('/sse/environments/%E0%A4%A/stream')).status).toBe(404)
})
