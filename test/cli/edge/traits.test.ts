import { appendFileSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { openTraitJournal, type TraitJournal } from '../../../src/cli/edge/trait-journal.ts'
import { answer, json, noAnswer } from '../../../src/edge/answer.ts'
import { page } from '../answers.ts'
import { emptyFolder } from '../folder.ts'
import { afterwards } from '../run.ts'
import { soon, startEdge } from './edge.ts'
import { shop, startUpstream } from './upstream.ts'

vi.setConfig({ testTimeout: 60_000 })

// ── The journal ─────────────────────────────────────────────────────────────────────────────────────────────────────

async function journalIn(folder: string, maxBytes = 1e9) {
  const onProblem = vi.fn()
  const file = join(folder, 'traits.jsonl')
  const journal = await openTraitJournal({ file, maxBytes, onProblem })
  afterwards(() => journal.close())
  return { journal, file, onProblem }
}

/** Everything that waits, in order. */
function waiting(journal: TraitJournal) {
  const seen = new Set<unknown>()
  const list: unknown[] = []
  for (;;) {
    const pending = journal.next((one) => seen.has(one))
    if (!pending) return list
    seen.add(pending)
    list.push([
      pending.identifier,
      Object.fromEntries([...pending.traits].map(([key, { value }]) => [key, value])),
    ])
  }
}

test('finds again what was acknowledged, the last write of each key', async () => {
  const folder = emptyFolder()
  const { journal } = await journalIn(folder)
  await journal.append('shop', { identifier: 'a', traits: { plan: 'free', seats: 1 } })
  await Promise.all([
    journal.append('shop', { identifier: 'b', traits: { plan: 'pro' } }),
    journal.append('shop', { identifier: 'a', traits: { plan: null } }),
  ])
  const expected = [
    ['a', { plan: null, seats: 1 }],
    ['b', { plan: 'pro' }],
  ]
  expect(waiting(journal).map((one) => JSON.stringify(one)).length).toBe(2)
  // Another process, after this one was killed.
  const again = await journalIn(folder)
  expect(waiting(again.journal)).toEqual(expected)
  expect(again.journal.size).toBe(3)
})

test('skips a line that a crash tore, and goes on after it', async () => {
  const folder = emptyFolder()
  const { journal, file } = await journalIn(folder)
  await journal.append('shop', { identifier: 'a', traits: { plan: 'pro' } })
  appendFileSync(file, '{"n":2,"e":"shop","i":"b","t":{"pl')
  const second = await journalIn(folder)
  await second.journal.append('shop', { identifier: 'c', traits: { plan: 'pro' } })
  const { journal: third } = await journalIn(folder)
  expect(waiting(third)).toEqual([
    ['a', { plan: 'pro' }],
    ['c', { plan: 'pro' }],
  ])
})

test('forgets what is done, but not what was written meanwhile', async () => {
  const folder = emptyFolder()
  const { journal } = await journalIn(folder)
  await journal.append('shop', { identifier: 'a', traits: { plan: 'free', seats: 1 } })
  const pending = journal.next(() => false)!
  const number = pending.traits.get('plan')!.number
  await journal.append('shop', { identifier: 'a', traits: { plan: 'pro' } })
  journal.done(pending, number)
  expect(waiting(journal)).toEqual([['a', { plan: 'pro' }]])
  await journal.close()
  expect(waiting((await journalIn(folder)).journal)).toEqual([['a', { plan: 'pro' }]])
})

test('does not grow with what is done', async () => {
  const { journal, file } = await journalIn(emptyFolder())
  await journal.append('shop', { identifier: 'stays', traits: { plan: 'pro' } })
  const value = 'x'.repeat(1_000)
  for (let count = 0; count < 2_000; count++) {
    await journal.append('shop', { identifier: `guid-${count}`, traits: { value } })
    const pending = journal.next(({ identifier }) => identifier === 'stays')!
    journal.done(pending, pending.traits.get('value')!.number)
  }
  expect(statSync(file).size).toBeLessThan(1_000_000)
  const { journal: again } = await journalIn(join(file, '..'))
  expect(waiting(again)).toEqual([['stays', { plan: 'pro' }]])
})

test('takes nothing beyond its room, until there is some again', async () => {
  const { journal } = await journalIn(emptyFolder(), 100)
  await journal.append('shop', { identifier: 'a', traits: { bio: 'x'.repeat(100) } })
  await expect(journal.append('shop', { identifier: 'b', traits: { plan: 'pro' } })).rejects.toThrow(
    'no room',
  )
  const pending = journal.next(() => false)!
  journal.done(pending, pending.traits.get('bio')!.number)
  await journal.append('shop', { identifier: 'b', traits: { plan: 'pro' } })
  expect(waiting(journal)).toEqual([['b', { plan: 'pro' }]])
})

test('lets others go first', async () => {
  const { journal } = await journalIn(emptyFolder())
  for (const identifier of ['a', 'b']) await journal.append('shop', { identifier, traits: { plan: 'pro' } })
  journal.postpone(journal.next(() => false)!)
  expect(journal.next(() => false)).toMatchObject({ identifier: 'b' })
})

// ── The way upstream ────────────────────────────────────────────────────────────────────────────────────────────────

const trait = (trait_key: string, trait_value: unknown, rest = {}) => ({ trait_key, trait_value, ...rest })

async function forwarding(answers?: Awaited<ReturnType<typeof startUpstream>>['answer'], env = {}) {
  // No time to lose: after a failure it waits a random part of a second.
  vi.spyOn(Math, 'random').mockReturnValue(0)
  afterwards(() => vi.restoreAllMocks())
  const upstream = await startUpstream()
  const data = emptyFolder()
  const begin = async (more = {}) => {
    const edge = await startEdge(upstream.api, ['--data', data, '--forward-traits'], { ...env, ...more })
    await soon(async () => expect(await edge.count()).toBe(6))
    return edge
  }
  const edge = await begin()
  if (answers) {
    upstream.answer = (question) =>
      question.method === 'POST' ? answers(question) : upstream.edge.answer(question)
  }
  const posts = () =>
    upstream.asked.filter(({ method, path }) => method === 'POST' && path.endsWith('identities/'))
  const bodies = () => posts().map(({ body }) => JSON.parse(body))
  /** What upstream knows of somebody. */
  const known = async (identifier: string) => {
    const response = await upstream.edge.handler(
      new Request(`${upstream.api}identities/?identifier=${identifier}`, {
        headers: { 'X-Environment-Key': 'shop' },
      }),
    )
    const { traits } = (await response.json()) as { traits: { trait_key: string; trait_value: unknown }[] }
    return Object.fromEntries(traits.map(({ trait_key, trait_value }) => [trait_key, trait_value]))
  }
  return { upstream, edge, begin, posts, bodies, known, file: join(data, 'traits.jsonl') }
}

test('brings persistent traits upstream, with the key of the server, and transient ones not', async () => {
  const { edge, known, posts } = await forwarding()
  const traits = [trait('plan', 'pro'), trait('ip', '203.0.113.7', { transient: true })]
  const answer = await (await edge.post('identities/', { identifier: 'guid', traits })).json()
  expect(answer).toMatchObject({ identifier: 'guid', traits: [{ trait_key: 'plan' }, { trait_key: 'ip' }] })
  await soon(async () => expect(await known('guid')).toEqual({ plan: 'pro' }))
  expect(posts()[0]).toMatchObject({ key: 'ser.shop' })
  await edge.post('identities/', { identifier: 'guid', traits: [trait('plan', null)] })
  await soon(async () => expect(await known('guid')).toEqual({}))
  await soon(async () => expect(await edge.metric('traits_pending')).toBe(0))
})

test('keeps the order of what somebody writes', async () => {
  const { edge, known, bodies } = await forwarding()
  for (let seats = 1; seats <= 50; seats++)
    await edge.post('identities/', { identifier: 'guid', traits: [trait('seats', seats)] })
  await soon(async () => expect(await known('guid')).toEqual({ seats: 50 }))
  const sent = bodies().map(({ traits }) => traits[0].trait_value)
  expect(sent).toEqual([...sent].sort((a, b) => a - b))
})

test.each([
  ['does not answer', () => noAnswer],
  ['fails', () => answer(500)],
  ['asks to wait', () => answer(429)],
  ['does not know the key', () => answer(403)],
  ['answers with a page', () => page('<html>')],
])('keeps traits while upstream %s, also through a restart', async (_, answers) => {
  const { edge, upstream, begin, known, posts, bodies } = await forwarding(answers)
  await edge.post('identities/', { identifier: 'ada', traits: [trait('plan', 'pro')] })
  await edge.post('identities/', { identifier: 'bob', traits: [trait('plan', 'free')] })
  await soon(() => expect(new Set(bodies().map(({ identifier }) => identifier)).size).toBe(2))
  expect(edge.named('traits_wait')).toHaveLength(1)
  await edge.end()
  const before = posts().length
  upstream.answer = undefined
  const second = await begin()
  await soon(async () => {
    expect(await known('ada')).toEqual({ plan: 'pro' })
    expect(await known('bob')).toEqual({ plan: 'free' })
  })
  expect(posts().length - before).toBe(2)
  expect(second.named('traits_found')).toMatchObject([{ pending: 2 }])
})

test('drops a trait that upstream refuses, and no other with it, and says which without its value', async () => {
  const { edge, upstream, known } = await forwarding((question) =>
    question.body.includes('unwanted') ? json({ traits: [{}] }, 400) : upstream.edge.answer(question),
  )
  const traits = [trait('plan', 'pro'), trait('bad', 'unwanted'), trait('seats', 3)]
  await edge.post('identities/', { identifier: 'guid', traits })
  await soon(async () => expect(await known('guid')).toEqual({ plan: 'pro', seats: 3 }))
  await soon(async () => expect(await edge.metric('traits_pending')).toBe(0))
  expect(edge.named('trait_refused')).toMatchObject([{ environment: 'shop', key: 'bad' }])
  expect(edge.out.join()).not.toMatch(/unwanted|guid/)
})

test('acknowledges nothing that has no room, with a 503 that pages can read', async () => {
  const { edge } = await forwarding(() => noAnswer, { LIMITS: '{"pending_trait_bytes":1}' })
  const write = () => edge.post('identities/', { identifier: 'guid', traits: [trait('plan', 'pro')] })
  expect((await write()).status).toBe(200)
  const refused = await write()
  expect([refused.status, refused.headers.get('Access-Control-Allow-Origin')]).toEqual([503, '*'])
  expect((await edge.post('identities/', { identifier: 'guid' })).status).toBe(200)
})

test('keeps no server-side key in the journal', async () => {
  const { edge, file } = await forwarding(() => noAnswer)
  await edge.post('identities/', { identifier: 'guid', traits: [trait('plan', 'pro')] })
  expect(readFileSync(file, 'utf8')).toContain('guid')
  expect(readFileSync(file, 'utf8')).not.toContain('ser.')
  expect(statSync(file).mode & 0o077).toBe(0)
})

// ── Counts ──────────────────────────────────────────────────────────────────────────────────────────────────────────

const counts = (upstream: Awaited<ReturnType<typeof startUpstream>>) =>
  upstream.asked.filter(({ path }) => path.endsWith('analytics/flags/'))

test('adds up counts, and sends them with the key of the client, the last when it stops', async () => {
  const upstream = await startUpstream()
  const { post, count, end } = await startEdge(upstream.api, [], { ANALYTICS_FREQUENCY_SECONDS: '3600' })
  await soon(async () => expect(await count()).toBe(6))
  for (const body of [
    { str_flag: 2 },
    { str_flag: 3, int_flag: 1, unknown: 5, bool_flag: 'x' },
    { int_flag: -1 },
  ]) {
    const response = await post('analytics/flags/', body)
    expect([response.status, await response.text()]).toEqual([200, ''])
  }
  expect(counts(upstream)).toEqual([])
  await end()
  expect(counts(upstream)).toMatchObject([{ key: 'shop', body: '{"str_flag":5,"int_flag":1}' }])
})

test('sends counts again that upstream did not hear, and not those that it refused', async () => {
  const upstream = await startUpstream()
  const { post, count } = await startEdge(upstream.api, [], { ANALYTICS_FREQUENCY_SECONDS: '0.02' })
  await soon(async () => expect(await count()).toBe(6))
  const answers = [() => noAnswer, () => answer(503)]
  upstream.answer = (question) =>
    question.path.includes('analytics')
      ? (answers.shift()?.() ?? answer(400))
      : upstream.edge.answer(question)
  await post('analytics/flags/', { str_flag: 2 })
  await soon(() => expect(counts(upstream)).toHaveLength(3))
  await post('analytics/flags/', { str_flag: 4 })
  await soon(() => expect(counts(upstream)).toHaveLength(4))
  expect(counts(upstream).map(({ body }) => body)).toEqual([
    '{"str_flag":2}',
    '{"str_flag":2}',
    '{"str_flag":2}',
    '{"str_flag":4}',
  ])
})

test('forwards no counts when told not to', async () => {
  const upstream = await startUpstream(shop)
  const { post, count, end } = await startEdge(upstream.api, [], { FORWARD_ANALYTICS: 'false' })
  await soon(async () => expect(await count()).toBe(6))
  expect((await post('analytics/flags/', { str_flag: 2 })).status).toBe(200)
  await end()
  expect(counts(upstream)).toEqual([])
})
