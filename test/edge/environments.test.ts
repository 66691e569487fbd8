import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test, vi } from 'vitest'
import {
  createEdge,
  createEnvironments,
  type EnvironmentsOptions,
  followServer,
  nodeListener,
} from '../../src/edge.ts'
import { recordedDocument } from './recorded.ts'

const shop = { ...recordedDocument(), api_key: 'shop', name: 'Shop' }
const desk = { ...shop, api_key: 'desk/1', name: 'Desk', feature_states: shop.feature_states.slice(0, 1) }

const ends: (() => void)[] = []
afterEach(() => {
  for (const end of ends.splice(0)) end()
})

function setup(options: Partial<EnvironmentsOptions> = {}) {
  const environments = createEnvironments({
    environments: [{ clientKey: 'shop', serverKeys: ['ser.shop'] }, { clientKey: 'desk/1' }],
    ...options,
  })
  ends.push(environments.close)
  const ask = (path: string, key?: string, init: RequestInit = {}) =>
    environments.handler(
      new Request(`https://edge.example.com${path}`, {
        ...init,
        headers: { ...(key && { 'X-Environment-Key': key }), 'Content-Type': 'application/json' },
      }),
    )
  return { ...environments, ask }
}

const detailOf = async (response: Response) => ((await response.json()) as { detail: string }).detail

test('answers each key with its own environment', async () => {
  const { ask, replace, missing } = setup()
  expect(missing()).toEqual(['shop', 'desk/1'])
  replace(shop)
  replace(desk)
  expect(missing()).toEqual([])
  const count = async (key: string) => ((await (await ask('/api/v1/flags/', key)).json()) as []).length
  expect([await count('shop'), await count('ser.shop'), await count('desk/1')]).toEqual([6, 7, 1])
  expect(await (await ask('/api/v1/environment-document/', 'ser.shop')).json()).toMatchObject({
    name: 'Shop',
  })
  expect((await ask('/api/v1/environment-document/', 'desk/1')).status).toBe(403)
})

test('refuses a missing or an unknown key with 403, which pages may read', async () => {
  const { ask, replace } = setup()
  replace(shop)
  for (const [key, says] of [
    [undefined, 'Invalid or missing Environment key'],
    ['other', 'Invalid or missing Environment Key'],
  ] as const) {
    for (const path of ['/api/v1/flags/', '/api/v1/identities/?identifier=a', '/api/v1/anything']) {
      const response = await ask(path, key)
      expect(response.status).toBe(403)
      expect(response.headers.get('Access-Control-Allow-Origin')).toBe('*')
      expect(await detailOf(response)).toBe(says)
    }
  }
  expect((await ask('/elsewhere')).status).toBe(404)
  expect((await ask('/sse/environments/other/stream')).status).toBe(403)
  expect((await ask('/sse/environments/%E0%A4%A/stream')).status).toBe(403)
  expect((await ask('/sse/environments/ser.shop/stream')).status).toBe(404)
})

test('says that a document has not come yet, and serves it when it has', async () => {
  const { ask, replace } = setup()
  const response = await ask('/api/v1/flags/', 'shop')
  expect([response.status, response.headers.get('Retry-After')]).toEqual([503, '1'])
  expect(response.headers.get('Access-Control-Allow-Origin')).toBe('*')
  replace(shop)
  expect((await ask('/api/v1/flags/', 'shop')).status).toBe(200)
  expect((await ask('/api/v1/flags/', 'desk/1')).status).toBe(503)
})

test('answers preflights without a key', async () => {
  const { handler } = setup()
  const headers = { 'Access-Control-Request-Method': 'GET' }
  const response = await handler(
    new Request('https://edge.example.com/api/v1/flags/', { method: 'OPTIONS', headers }),
  )
  expect(response.headers.get('Access-Control-Allow-Headers')).toContain('x-environment-key')
})

test('answers questions of Node’s own server as it does requests', async () => {
  const { handler, answer, replace } = setup()
  replace(shop)
  const server = createServer(nodeListener(answer))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  ends.push(() => void server.close())
  const { port } = server.address() as AddressInfo
  for (const [path, key] of [
    ['/api/v1/flags/', 'shop'],
    ['/api/v1/flags/', 'desk/1'],
    ['/api/v1/flags/', 'other'],
    ['/api/v1/identities/?identifier=a%20b', 'ser.shop'],
    ['/elsewhere', 'shop'],
  ] as const) {
    const init = { headers: { 'X-Environment-Key': key, Connection: 'close' } }
    const short = await fetch(`http://127.0.0.1:${port}${path}`, init)
    const long = await handler(new Request(`http://127.0.0.1:${port}${path}`, init))
    expect([short.status, await short.text()]).toEqual([long.status, await long.text()])
    for (const [name, value] of long.headers) expect(short.headers.get(name), name).toBe(value)
  }
})

test('tells a change to the readers of that environment alone', async () => {
  const { ask, replace } = setup()
  replace(shop)
  replace(desk)
  const reader = async (key: string) =>
    (await ask(`/sse/environments/${encodeURIComponent(key)}/stream`))
      .body!.pipeThrough(new TextDecoderStream())
      .getReader()
  const [inShop, atDesk] = [await reader('shop'), await reader('desk/1')]
  for (const stream of [inShop, atDesk]) expect((await stream.read()).value).toContain('connected')
  replace({ ...desk, feature_states: [] })
  expect((await atDesk.read()).value).toContain('environment_updated')
  replace({ ...shop, feature_states: [] })
  expect((await inShop.read()).value).toContain('environment_updated')
})

test('refuses the document of an environment that it does not have', () => {
  const { replace } = setup()
  expect(() => replace({ ...shop, api_key: 'other' })).toThrow('another environment')
})

const identity = { identifier: 'guid', traits: [{ trait_key: 'plan', trait_value: 'pro' }] }
const post = (body: unknown): RequestInit => ({ method: 'POST', body: JSON.stringify(body) })

test('tells of persistent traits before their sender has the answer, and of no others', async () => {
  const onTraits = vi.fn(async () => {})
  const { ask, replace } = setup({ onTraits })
  replace(shop)
  const more = [
    { trait_key: 'beta', trait_value: null },
    { trait_key: 'ip', trait_value: '203.0.113.7', transient: true },
  ]
  for (const body of [
    { ...identity, traits: [...identity.traits, ...more] },
    { ...identity, transient: true },
    { traits: identity.traits },
    { identifier: 'guid', traits: more.slice(1) },
    { identifier: 'guid' },
    { ...identity, traits: null },
  ])
    await ask('/api/v1/identities/', 'shop', post(body))
  expect(onTraits.mock.calls).toEqual([['shop', { identifier: 'guid', traits: { plan: 'pro', beta: null } }]])
})

test('tells nothing of traits that a client may not set, or that the organisation does not keep', async () => {
  const onTraits = vi.fn(async () => {})
  const { ask, replace } = setup({ onTraits })
  replace({ ...shop, allow_client_traits: false })
  await ask('/api/v1/identities/', 'shop', post(identity))
  expect(onTraits).not.toHaveBeenCalled()
  await ask('/api/v1/identities/', 'ser.shop', post(identity))
  expect(onTraits).toHaveBeenCalledOnce()
  replace({ ...shop, project: { ...shop.project, organisation: { persist_trait_data: false } } })
  await ask('/api/v1/identities/', 'ser.shop', post(identity))
  expect(onTraits).toHaveBeenCalledOnce()
})

test('does not acknowledge traits that could not be taken', async () => {
  const { ask, replace } = setup({ onTraits: () => Promise.reject(new Error('the disk is full')) })
  replace(shop)
  const response = await ask('/api/v1/identities/', 'shop', post(identity))
  expect([response.status, response.headers.get('Retry-After')]).toEqual([503, '1'])
  expect(await response.text()).not.toContain('disk')
})

test('tells of counted flags, with the environment', async () => {
  const onCounts = vi.fn()
  const { ask, replace } = setup({ onCounts })
  replace(shop)
  expect((await ask('/api/v1/analytics/flags/', 'shop', post({ title: 3 }))).status).toBe(200)
  expect((await ask('/api/v1/analytics/flags/', 'shop', post([]))).status).toBe(400)
  expect(onCounts.mock.calls).toEqual([['shop', { title: 3 }]])
})

test('is a fetch handler in front of a server that it follows, with nothing but web standards', async () => {
  const upstream = createEdge({ document: shop, serverKeys: ['ser.shop'] })
  const { ask, replace } = setup()
  const { document, stop } = await followServer({
    api: 'https://flags.example.com/api/v1/',
    serverKey: 'ser.shop',
    onChange: replace,
    onProblem: () => {},
    pollMs: 1,
    fetch: (input, init) => upstream.handler(new Request(input, init)),
  })
  ends.push(stop)
  replace(document)
  const count = async () => ((await (await ask('/api/v1/flags/', 'shop')).json()) as []).length
  expect(await count()).toBe(6)
  upstream.replace({ ...shop, updated_at: null, feature_states: [] })
  await vi.waitFor(async () => expect(await count()).toBe(0))
})
