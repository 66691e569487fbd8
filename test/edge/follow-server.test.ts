import { afterEach, expect, test, vi } from 'vitest'
import { type FollowOptions, followServer } from '../../src/edge/follow-server.ts'
import { createEdge, type EnvironmentDocument } from '../../src/edge.ts'
import { GuidonError } from '../../src/model/errors.ts'
import { api as apiRecordings, edgeProxy, exchange, recordedDocument } from './recorded.ts'

const API = 'https://flags.example.com/api/v1/'
const KEY = 'ser.secret'
const SECOND = 'Sat, 21 Nov 2026 12:00:00 GMT'
const LATER = 'Sat, 21 Nov 2026 12:00:05 GMT'

const document = (name: string): EnvironmentDocument => ({
  api_key: 'client-key',
  name,
  project: {},
  feature_states: [],
})

type Answer = (request: Request) => Response | Promise<Response>
const answering =
  (document: unknown, headers: Record<string, string> = {}): Answer =>
  () =>
    Response.json(document, { headers })
const status = (code: number, headers?: Record<string, string>): Answer => {
  return () => new Response(null, { status: code, ...(headers && { headers }) })
}
const nobody: Answer = () => Promise.reject(new TypeError('fetch failed'))
const silence: Answer = ({ signal }) =>
  new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))

const stops: (() => void)[] = []
afterEach(() => {
  for (const stop of stops.splice(0)) stop()
})

/** A server that says this, and somebody who follows it at the pace of the test. */
function setup(answer: Answer, options: Partial<FollowOptions> = {}) {
  const asked: Request[] = []
  const names: unknown[] = []
  const problems: string[] = []
  const waited: number[] = []
  const onRecovery = vi.fn()
  let goOn = () => {}
  const end = new AbortController()
  stops.push(() => end.abort())
  const server = { answer }
  const followed = followServer({
    api: API,
    serverKey: KEY,
    onChange: ({ name }) => void names.push(name),
    onProblem: ({ code, status }) => problems.push(status ? `${code} ${status}` : code),
    onRecovery,
    signal: end.signal,
    fetch: async (input, init) => {
      const request = new Request(input, init)
      asked.push(request)
      return server.answer(request)
    },
    wait: (ms, signal) =>
      new Promise((resolve) => {
        waited.push(ms)
        goOn = resolve
        signal.addEventListener('abort', () => resolve())
      }),
    ...options,
  })
  followed.catch(() => {})
  /** Lets the time pass until the next question is answered. */
  const poll = async () => {
    const before = waited.length
    goOn()
    await vi.waitFor(() => expect(waited.length).toBeGreaterThan(before))
  }
  return { server, asked, names, problems, waited, onRecovery, end, followed, poll }
}

test('reads the document and then every new one', async () => {
  const { server, followed, poll, names, asked, waited, problems } = setup(answering(document('first')))
  expect((await followed).document.name).toBe('first')
  await poll()
  server.answer = answering(document('second'))
  await poll()
  await poll()
  server.answer = answering(document('third'))
  await poll()
  expect(names).toEqual(['second', 'third'])
  expect(problems).toEqual([])
  expect(new Set(waited)).toEqual(new Set([10_000]))
  expect(asked).toHaveLength(5)
  expect(asked[0]?.url).toBe(`${API}environment-document/`)
  expect(asked[0]?.headers.get('X-Environment-Key')).toBe(KEY)
})

test('asks whether the document it has is still right, and takes yes for an answer', async () => {
  const first = answering(document('first'), { 'Last-Modified': SECOND, Date: LATER })
  const { server, followed, poll, names, asked } = setup(first)
  await followed
  server.answer = status(304)
  await poll()
  await poll()
  expect(asked.map(({ headers }) => headers.get('If-Modified-Since'))).toEqual([null, SECOND, SECOND])
  expect(names).toEqual([])
})

test('does not ask so for a document of this very second, which may change once more in it', async () => {
  const { server, followed, poll, names, asked } = setup(
    answering(document('first'), { 'Last-Modified': SECOND, Date: SECOND }),
  )
  await followed
  server.answer = answering(document('second'), { 'Last-Modified': SECOND, Date: LATER })
  await poll()
  await poll()
  expect(asked.map(({ headers }) => headers.get('If-Modified-Since'))).toEqual([null, null, SECOND])
  expect(names).toEqual(['second'])
})

test('finds the document where the Edge Proxy has it, and sends the key nowhere else', async () => {
  const found = exchange(edgeProxy, 'env document, server key').response.body
  const proxy: Answer = ({ url }) =>
    url.endsWith('/')
      ? status(307, { Location: 'http://elsewhere.example/api/v1/environment-document' })({} as Request)
      : Response.json(found)
  const { followed, poll, asked } = setup(proxy)
  expect((await followed).document).toEqual(found)
  await poll()
  expect(asked.map(({ url }) => url)).toEqual([
    `${API}environment-document/`,
    `${API}environment-document`,
    `${API}environment-document`,
  ])
})

test('follows no redirect to anywhere else', async () => {
  for (const code of [301, 302, 307, 308]) {
    const { followed, asked } = setup(status(code, { Location: 'https://elsewhere.example/' }), {
      known: document('known'),
    })
    expect((await followed).document.name).toBe('known')
    expect(new Set(asked.map(({ url }) => new URL(url).host))).toEqual(new Set(['flags.example.com']))
  }
  const moved: Answer = ({ url }) => status(url.endsWith('/') ? 301 : 404)({} as Request)
  const { followed, problems } = setup(moved, { known: document('known') })
  await followed
  expect(problems).toEqual(['redirect 301'])
})

test('reads what a real server says', async () => {
  const { body, headers } = exchange(apiRecordings, 'document server').response
  const { followed } = setup(() => Response.json(body, { headers: Object.fromEntries(headers) }))
  expect((await followed).document).toEqual(recordedDocument())
})

test('follows our own server', async () => {
  const edge = createEdge({ document: document('first'), serverKeys: [KEY] })
  const { followed, poll, names } = setup((request) => edge.handler(request))
  await followed
  edge.replace(document('second'))
  await poll()
  await poll()
  expect(names).toEqual(['second'])
})

test('keeps the last good document while the server is away, and says so once', async () => {
  const { server, followed, poll, names, problems, onRecovery } = setup(answering(document('first')))
  await followed
  server.answer = nobody
  await poll()
  await poll()
  server.answer = status(502)
  await poll()
  server.answer = () => new Response('<!doctype html>')
  await poll()
  server.answer = answering({ detail: 'no' })
  await poll()
  expect(problems).toEqual(['network', 'http 502', 'payload'])
  expect(onRecovery).not.toHaveBeenCalled()

  server.answer = answering(document('second'))
  await poll()
  await poll()
  expect(onRecovery).toHaveBeenCalledOnce()
  expect(names).toEqual(['second'])
  server.answer = nobody
  await poll()
  expect(problems).toHaveLength(4)
})

test('gives a server that is just starting two more chances', async () => {
  const { server, followed, poll, waited, problems, onRecovery } = setup(nobody)
  await vi.waitFor(() => expect(waited).toEqual([1_000]))
  server.answer = answering(document('first'))
  await poll()
  expect((await followed).document.name).toBe('first')
  expect(problems).toEqual(['network'])
  await poll()
  expect(onRecovery).not.toHaveBeenCalled()
})

test('gives up when there is nobody at the start', async () => {
  const { followed, asked } = setup(nobody, { wait: async () => {} })
  await expect(followed).rejects.toMatchObject({ code: 'network' })
  expect(asked).toHaveLength(3)
})

test('starts with what is known when the server is away, and takes its word later', async () => {
  const { server, followed, poll, names, problems, asked } = setup(nobody, { known: document('known') })
  expect((await followed).document.name).toBe('known')
  expect(asked).toHaveLength(1)
  expect(problems).toEqual(['network'])
  server.answer = answering(document('known'))
  await poll()
  server.answer = answering(document('new'))
  await poll()
  expect(names).toEqual(['new'])
})

test('takes no for an answer, whatever is known', async () => {
  for (const code of [401, 403, 404]) {
    const { followed, asked } = setup(status(code), { known: document('known') })
    await expect(followed).rejects.toMatchObject({ code: 'http', status: code })
    expect(asked).toHaveLength(1)
  }
})

test('does not wait for ever', async () => {
  const { followed } = setup(silence, { timeoutMs: 5, wait: async () => {} })
  await expect(followed).rejects.toMatchObject({ code: 'timeout' })
})

test('ends at once when it is told to, and without a word', async () => {
  const early = setup(silence)
  await vi.waitFor(() => expect(early.asked).toHaveLength(1))
  early.end.abort()
  await expect(early.followed).rejects.toThrow()

  const late = setup(answering(document('first')))
  const { stop } = await late.followed
  late.server.answer = silence
  const polled = late.poll()
  await vi.waitFor(() => expect(late.asked).toHaveLength(2))
  stop()
  await polled
  expect([...early.problems, ...late.problems]).toEqual([])
  expect(late.asked).toHaveLength(2)
})

test('asks no further before a change is dealt with', async () => {
  let dealtWith = () => {}
  const { server, followed, poll, asked, waited } = setup(answering(document('first')), {
    onChange: () => new Promise((resolve) => (dealtWith = resolve)),
  })
  await followed
  server.answer = answering(document('second'))
  const polled = poll()
  await vi.waitFor(() => expect(asked).toHaveLength(2))
  await new Promise((resolve) => setTimeout(resolve))
  expect(waited).toHaveLength(1)
  dealtWith()
  await polled
})

test('says nothing of the key, whatever it holds', async () => {
  const problems: unknown[] = []
  const followed = followServer({
    api: 'http://127.0.0.1:9/',
    serverKey: 'ser.\nsecret',
    onChange() {},
    onProblem: (problem) => problems.push(problem.message),
    wait: async () => {},
  })
  await expect(followed).rejects.toMatchObject({ message: expect.not.stringContaining('secret') })
  expect(problems.join()).not.toContain('secret')
})

test('waits as long as it is told to after so many failures', async () => {
  const { server, followed, poll, waited } = setup(answering(document('first')), {
    pauseMs: (failures) => 1000 * 2 ** failures,
  })
  await followed
  server.answer = nobody
  await poll()
  await poll()
  server.answer = status(304)
  await poll()
  expect(waited).toEqual([1000, 2000, 4000, 1000])
})

test('takes no document that does not pass the check, and asks for it again', async () => {
  const onAnswer = vi.fn()
  const { server, followed, poll, names, problems, asked } = setup(answering(document('first')), {
    onAnswer,
    check({ name }) {
      if (name === 'wrong') throw new GuidonError('payload', 'wrong')
    },
  })
  await followed
  server.answer = answering(document('wrong'), { 'Last-Modified': SECOND, Date: LATER })
  await poll()
  await poll()
  expect([names, problems]).toEqual([[], ['payload']])
  expect(asked.at(-1)?.headers.get('If-Modified-Since')).toBeNull()
  expect(onAnswer).toHaveBeenCalledOnce()
  server.answer = answering(document('second'))
  await poll()
  expect(names).toEqual(['second'])
})
