import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { answer, json, noAnswer } from '../../../src/edge/answer.ts'
import type { Question } from '../../../src/edge.ts'
import { createClient, memoryStorage } from '../../../src/index.ts'
import { page } from '../answers.ts'
import { emptyFolder } from '../folder.ts'
import { afterwards, ran, run } from '../run.ts'
import { KEYS, soon, startEdge } from './edge.ts'
import { later, shop, startUpstream } from './upstream.ts'

vi.setConfig({ testTimeout: 60_000 })

const changed = { ...shop, updated_at: later(60), feature_states: shop.feature_states.slice(0, 1) }
const garbage = () => page('<html>')
const nobody = () => noAnswer
const documentOf =
  (document: unknown) =>
  ({ path }: Question) =>
    path.includes('environment-document') ? json(document) : noAnswer

// ── Documents ───────────────────────────────────────────────────────────────────────────────────────────────────────

test('serves what upstream has, and each change of it', async () => {
  const upstream = await startUpstream()
  const { count, named, metric } = await startEdge(upstream.api)
  await soon(async () => expect(await count()).toBe(6))
  upstream.edge.replace(changed)
  await soon(async () => expect(await count()).toBe(1))
  expect(named('document_taken')).toHaveLength(2)
  expect(await metric('document_changes_total{environment="shop"}')).toBe(2)
})

test('is a server for the client, live updates included', async () => {
  const upstream = await startUpstream()
  const { url, count, ask } = await startEdge(upstream.api)
  await soon(async () => expect(await count()).toBe(6))
  const client = createClient({ environmentKey: 'shop', api: url, storage: memoryStorage() })
  afterwards(() => client.close())
  expect(await client.ready({ from: 'network' })).toMatchObject({ source: 'network' })
  const readers = await Promise.all(
    [1, 2, 3].map(async () => (await ask('/sse/environments/shop/stream', { key: null })).body!.getReader()),
  )
  for (const reader of readers) await reader.read()
  const asked = upstream.asked.filter(({ path }) => path.includes('sse'))
  upstream.edge.replace(changed)
  for (const reader of readers) {
    expect(new TextDecoder().decode((await reader.read()).value)).toContain('environment_updated')
    await reader.cancel()
  }
  expect(asked).toEqual([])
  await client.refresh()
  expect(Object.keys(client.all())).toHaveLength(1)
})

test('starts without upstream and without a copy: alive, not ready, with an answer that pages can read', async () => {
  const upstream = await startUpstream()
  upstream.answer = nobody
  const { ask, health, count, named } = await startEdge(upstream.api)
  expect(await health()).toEqual({
    status: 'error',
    reason: 'environment document(s) not updated.',
    last_successful_update: null,
  })
  expect((await ask('/proxy/health/readiness')).status).toBe(503)
  expect((await ask('/proxy/health/liveness')).status).toBe(200)
  const refused = await ask('flags/')
  expect([refused.status, refused.headers.get('Access-Control-Allow-Origin')]).toEqual([503, '*'])

  await soon(() => expect(named('upstream_problem')).toHaveLength(1))
  upstream.answer = undefined
  await soon(async () => expect(await count()).toBe(6))
  expect(await health()).toMatchObject({ status: 'ok', reason: null })
  expect(named('upstream_recovered')).toHaveLength(1)
})

test('starts without upstream from the copy on disk, at once', async () => {
  const upstream = await startUpstream()
  const data = join(emptyFolder(), 'made')
  const first = await startEdge(upstream.api, ['--data', data])
  await soon(() => expect(readdirSync(join(data, 'documents'))).toHaveLength(1))
  await first.end()

  upstream.answer = nobody
  const { count, health, named } = await startEdge(upstream.api, ['--data', data])
  expect(await count()).toBe(6)
  expect(await health()).toMatchObject({ status: 'ok', last_successful_update: null })
  expect(named('copy_served')).toHaveLength(1)
  upstream.answer = undefined
  upstream.edge.replace(changed)
  await soon(async () => expect(await count()).toBe(1))
})

test('keeps no server-side key on disk, and lets nobody else in', async () => {
  const upstream = await startUpstream()
  const data = join(emptyFolder(), 'made')
  await startEdge(upstream.api, ['--data', data])
  const [name] = await soon(() => {
    const names = readdirSync(join(data, 'documents'))
    expect(names).toHaveLength(1)
    return names
  })
  expect(name).toMatch(/^[\da-f]{32}\.json$/)
  expect(readFileSync(join(data, 'documents', name!), 'utf8')).not.toContain('ser.')
  expect(statSync(join(data, 'documents')).mode & 0o077).toBe(0)
})

test('takes no copy that is broken, or of another environment', async () => {
  const upstream = await startUpstream()
  const data = emptyFolder()
  const first = await startEdge(upstream.api, ['--data', data])
  const folder = join(data, 'documents')
  await soon(() => expect(readdirSync(folder)).toHaveLength(1))
  await first.end()
  upstream.answer = nobody
  for (const text of ['{"api_key":"sh', JSON.stringify({ ...shop, api_key: 'other' })]) {
    writeFileSync(join(folder, readdirSync(folder)[0]!), text)
    const { named, ask, end } = await startEdge(upstream.api, ['--data', data])
    expect(named('copy_unreadable')).toHaveLength(1)
    expect((await ask('flags/')).status).toBe(503)
    await end()
  }
})

test.each([
  ['nothing', nobody, 'network: no answer'],
  ['garbage', garbage, 'payload: no environment document'],
  ['an error', () => answer(500), 'http: status 500'],
  ['a refusal', () => answer(403), 'http: status 403'],
  [
    'an older document',
    documentOf({ ...changed, updated_at: later(-60) }),
    'payload: a document that is older than the one served',
  ],
  [
    'another environment',
    documentOf({ ...changed, api_key: 'other' }),
    'payload: the document of another environment',
  ],
])(
  'keeps the last document when upstream gives %s, says so once, and goes on later',
  async (_, answers, problem) => {
    const upstream = await startUpstream()
    const { count, named, health } = await startEdge(upstream.api)
    await soon(async () => expect(await count()).toBe(6))
    const before = upstream.asked.length
    upstream.answer = answers
    await soon(() => expect(upstream.asked.length).toBeGreaterThan(before + 2))
    expect(named('upstream_problem')).toMatchObject([
      { level: 'warning', environment: 'shop', problem, serving: true },
    ])
    expect(await count()).toBe(6)
    expect(await health()).toMatchObject({ status: 'ok' })
    upstream.answer = undefined
    upstream.edge.replace(changed)
    await soon(async () => expect(await count()).toBe(1))
    expect(named('upstream_recovered')).toHaveLength(1)
  },
  20_000,
)

test('is not ready when upstream is away for longer than the grace period, if there is one', async () => {
  const upstream = await startUpstream()
  const { health, count } = await startEdge(upstream.api, [], {
    HEALTH_CHECK: '{"environment_update_grace_period_seconds":0.2}',
  })
  await soon(async () => expect(await health()).toMatchObject({ status: 'ok' }))
  upstream.answer = nobody
  await soon(async () =>
    expect(await health()).toMatchObject({ status: 'error', reason: 'environment document(s) stale.' }),
  )
  expect(await count()).toBe(6)
})

test('asks whether there is anything new, with the key in the header and nowhere else', async () => {
  const upstream = await startUpstream()
  const { count } = await startEdge(upstream.api)
  await soon(async () => expect(await count()).toBe(6))
  await soon(() => expect(upstream.asked.length).toBeGreaterThan(3))
  expect(new Set(upstream.asked.map(({ path, key }) => `${path} ${key}`))).toEqual(
    new Set(['/api/v1/environment-document/ ser.shop']),
  )
})

test('serves though it cannot keep a document, and says so', async () => {
  const data = emptyFolder()
  writeFileSync(join(data, 'documents'), 'a file where the folder should be')
  const { count, named } = await startEdge((await startUpstream()).api, ['--data', data])
  await soon(async () => expect(await count()).toBe(6))
  await soon(() => expect(named('disk_problem')).toMatchObject([{ environment: 'shop', problem: 'EEXIST' }]))
})

// ── Requests ────────────────────────────────────────────────────────────────────────────────────────────────────────

test('refuses a missing and an unknown key with 403, which pages may read', async () => {
  const { ask } = await startEdge((await startUpstream()).api)
  for (const key of [null, 'other']) {
    const response = await ask('flags/', { key })
    expect([response.status, response.headers.get('Access-Control-Allow-Origin')]).toEqual([403, '*'])
    expect(await response.json()).toHaveProperty('detail')
  }
})

test('lets only those pages read that are named, if any are', async () => {
  const { url, ask, count } = await startEdge((await startUpstream()).api, [], {
    ALLOW_ORIGINS: '["https://shop.example"]',
  })
  await soon(async () => expect(await count()).toBe(6))
  const allowed = async (Origin: string) =>
    (await ask('flags/', { headers: { Origin } })).headers.get('Access-Control-Allow-Origin')
  expect(await allowed('https://shop.example')).toBe('https://shop.example')
  expect(await allowed('https://other.example')).toBeNull()
  const nobody = await sender(url, 'no HTTP\r\n\r\n')
  await soon(() =>
    expect(nobody.heard()).toMatch(/^HTTP\/1.1 400 .*\r\nVary: X-Environment-Key, Origin\r\n/s),
  )
  expect(nobody.heard()).not.toContain('Access-Control-Allow-Origin')
})

test('does not keep traits, as the Edge Proxy does not', async () => {
  const { post, ask, count } = await startEdge((await startUpstream()).api)
  await soon(async () => expect(await count()).toBe(6))
  const traits = [{ trait_key: 'plan', trait_value: 'pro' }]
  expect(await (await post('identities/', { identifier: 'guid', traits })).json()).toMatchObject({
    traits: [{ trait_key: 'plan' }],
  })
  expect(await (await ask('identities/?identifier=guid')).json()).toMatchObject({ traits: [] })
})

/** Somebody who sends as slowly as a test likes. */
async function sender(url: string, text: string) {
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  afterwards(() => socket.destroy())
  let heard = ''
  socket.setEncoding('utf8').on('data', (piece) => {
    heard += piece
  })
  socket.on('error', () => {})
  socket.write(text)
  return { socket, heard: () => heard }
}
const half = (key = 'shop') =>
  `POST /api/v1/identities/ HTTP/1.1\r\nHost: a\r\nX-Environment-Key: ${key}\r\nContent-Type: application/json\r\nContent-Length: 21\r\n\r\n{"identifier"`

test('turns away what is too much at a time, for as long as it is, and goes on telling operators how it is', async () => {
  const { url, ask, count, health, metric } = await startEdge((await startUpstream()).api, [], {
    LIMITS: '{"requests":5}',
  })
  await soon(async () => expect(await count()).toBe(6))
  const flood = await Promise.all(Array.from({ length: 5 }, () => sender(url, half())))
  await soon(async () => expect(await metric('requests_in_flight')).toBe(5))
  const refused = await ask('flags/')
  expect([
    refused.status,
    refused.headers.get('Retry-After'),
    refused.headers.get('Access-Control-Allow-Origin'),
  ]).toEqual([503, '1', '*'])
  expect(await health()).toMatchObject({ status: 'ok' })
  for (const { socket } of flood) socket.write(':"guid"}')
  await soon(() => {
    for (const { heard } of flood) expect(heard()).toContain('HTTP/1.1 200')
  })
  expect(await count()).toBe(6)
})

test('limits event streams, and counts those that left no more', async () => {
  const { ask, count, metric } = await startEdge((await startUpstream()).api, [], { LIMITS: '{"streams":2}' })
  await soon(async () => expect(await count()).toBe(6))
  const open = () => ask('/sse/environments/shop/stream', { key: null })
  const streams = [await open(), await open()]
  expect((await open()).status).toBe(503)
  await streams[0]!.body!.cancel()
  await soon(async () => expect(await metric('streams')).toBe(1))
  expect((await open()).status).toBe(200)
})

test('refuses headers and bodies that are too large, and counts them', async () => {
  const { url, post, metric } = await startEdge((await startUpstream()).api, [], {
    LIMITS: '{"header_bytes":1000,"body_bytes":100}',
  })
  const large = await sender(url, `GET /api/v1/flags/ HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(2000)}\r\n\r\n`)
  await soon(() => expect(large.heard()).toContain('431'))
  expect(await metric('requests_total{route="other",method="other",status="431"}')).toBe(1)
  await soon(async () =>
    expect((await post('identities/', { identifier: 'x'.repeat(200) })).status).toBe(413),
  )
})

test('lets who is there finish when it stops, and ends streams', async () => {
  const { url, ask, count, end, named, metric, health } = await startEdge((await startUpstream()).api)
  await soon(async () => expect(await count()).toBe(6))
  const events = (await ask('/sse/environments/shop/stream', { key: null })).text()
  const slow = await sender(url, half())
  await soon(async () => expect(await metric('requests_in_flight')).toBe(1))
  expect(await health()).toMatchObject({ status: 'ok' })
  const ended = end()
  await events
  await expect(count()).rejects.toThrow('fetch failed')
  slow.socket.write(':"guid"}')
  expect(await ended).toBe(0)
  await soon(() => expect(slow.heard()).toContain('HTTP/1.1 200'))
  expect(named('stopped')).toHaveLength(1)
})

test('waits no longer for who does not finish than it is told to', async () => {
  const { url, count, end, named, metric } = await startEdge((await startUpstream()).api, [], {
    LIMITS: '{"shutdown_seconds":0.1}',
  })
  await soon(async () => expect(await count()).toBe(6))
  await sender(url, half())
  await soon(async () => expect(await metric('requests_in_flight')).toBe(1))
  expect(await end()).toBe(0)
  expect(named('requests_cut')).toMatchObject([{ requests: 1 }])
})

// ── What it tells ───────────────────────────────────────────────────────────────────────────────────────────────────

test('says in a line that a port is taken', async () => {
  const { url } = await startEdge((await startUpstream()).api)
  const { code, err } = await ran(['edge', '--port', new URL(url).port, '--host', '127.0.0.1'], {
    env: { ENVIRONMENT_KEY_PAIRS: KEYS, API_URL: url },
  })
  expect([code, err]).toEqual([1, [expect.stringMatching(/^guidon: .*in use/)]])
})

test('logs nothing of who asks, nor what', async () => {
  const { post, ask, count, out, named, end } = await startEdge((await startUpstream()).api, [], {
    LOGGING: '{"enable_access_log":true}',
  })
  await soon(async () => expect(await count()).toBe(6))
  await post('identities/', {
    identifier: 'secret-guid',
    traits: [{ trait_key: 'secret-key', trait_value: 'secret-value' }],
  })
  await ask('identities/?identifier=secret-guid')
  await ask('/secret-path')
  await end()
  expect(named('request').map(({ method, route, status }) => `${method} ${route} ${status}`)).toEqual(
    expect.arrayContaining(['POST identities 200', 'GET identities 200', 'GET other 404']),
  )
  expect(out.join('\n')).not.toMatch(/secret|ser\./)
})

test('logs in words when told to', async () => {
  const { api } = await startUpstream()
  const { out } = run(['edge', '--port', '0', '--host', '127.0.0.1'], {
    env: { FLAGSMITH_API_URL: api, ENVIRONMENT_API_KEYS: 'ser.shop:shop', API_POLL_FREQUENCY: '60' },
  })
  await soon(() =>
    expect(out.join('\n')).toMatch(/^\S+Z info started url=http\S+\/api\/v1\/ environments=1$/m),
  )
})

test('has numbers for Prometheus', async () => {
  const { ask, count, metric } = await startEdge((await startUpstream()).api)
  await soon(async () => expect(await count()).toBe(6))
  await ask('flags/', { key: 'other' })
  expect(await metric('requests_total{route="flags",method="GET",status="403"}')).toBe(1)
  expect(await metric('document_age_seconds{environment="shop"}')).toBeGreaterThanOrEqual(0)
  const answered = await ask('/metrics')
  expect(answered.headers.get('Content-Type')).toBe('text/plain; version=0.0.4')
  const text = await answered.text()
  expect(text).toContain('# TYPE guidon_edge_request_seconds histogram')
  const lines = text
    .trim()
    .split('\n')
    .filter((line) => !line.startsWith('#'))
  for (const line of lines)
    expect(line).toMatch(/^guidon_edge_[a-z_]+(\{[a-z]+="[^"]*"(,[a-z]+="[^"]*")*\})? [\d.e-]+$/)
  const buckets = lines.filter((line) => line.includes('request_seconds_bucket{route="flags"'))
  const counts = buckets.map((line) => Number(line.split(' ')[1]))
  expect(counts).toEqual([...counts].sort((a, b) => a - b))
  expect(counts.at(-1)).toBe(await metric('request_seconds_count{route="flags"}'))
  expect(buckets.at(-1)).toContain('le="+Inf"')
  expect(new Set(lines.map((line) => line.split(' ')[0])).size).toBe(lines.length)
})

test('hides the numbers when told to', async () => {
  const { ask } = await startEdge((await startUpstream()).api, [], { METRICS: 'false' })
  expect((await ask('/metrics')).status).toBe(404)
})
