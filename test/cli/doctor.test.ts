import { writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { listen } from '../../src/cli/listen.ts'
import type { Terminal } from '../../src/cli/terminal.ts'
import { type Answer, answer } from '../../src/edge/answer.ts'
import { createEdge, type Question } from '../../src/edge.ts'
import { page } from './answers.ts'
import { emptyFolder, folderWith } from './folder.ts'
import { afterwards, ran } from './run.ts'

const flag = (name: string, feature_state_value: unknown = null) => ({
  feature: { id: 1, name, type: 'STANDARD' },
  enabled: true,
  feature_state_value,
})
const document = {
  api_key: 'client-key',
  project: { segments: [] },
  feature_states: [flag('a'), flag('b', 16)],
}

type Change = (question: Question, answer: Answer) => Answer | Promise<Answer> | undefined

/** What was asked with, of that which is asked about here. */
const HEADERS = [
  'origin',
  'access-control-request-method',
  'access-control-request-headers',
  'x-environment-key',
]

/** Our own server, with answers changed on their way, and what it was asked. */
async function serving(change: Change = () => undefined) {
  const edge = createEdge({ document: document as never })
  const asked: { method: string; path: string; headers: Record<string, string | null> }[] = []
  const server = await listen(
    async (question) => {
      const { method, path, header } = question
      asked.push({ method, path, headers: Object.fromEntries(HEADERS.map((name) => [name, header(name)])) })
      const answered = await edge.answer(question)
      return (await change(question, answered)) ?? answered
    },
    { port: 0 },
  )
  afterwards(async () => {
    edge.close()
    await server.close()
  })
  return { asked, api: `${server.url}api/v1/` }
}

interface Result {
  readonly check: string
  readonly state: string
  readonly found: string
  readonly todo?: string
}

/** Runs `guidon doctor --json` with a file of flags, or none. */
async function examined(api: string, { file, args = [] }: { file?: unknown; args?: string[] } = {}) {
  const cwd = emptyFolder()
  if (file) writeFileSync(join(cwd, 'guidon.flags.json'), JSON.stringify(file))
  const given = args.includes('--environment') ? [] : ['--environment', 'client-key']
  const { code, out, err } = await ran(['doctor', '--api', api, '--json', ...given, ...args], { cwd })
  expect(err).toEqual([])
  const results: Result[] = JSON.parse(out.join('\n'))
  return { code, results, of: (check: string) => results.find((one) => one.check === check) }
}

const withHeaders = (answer: Answer, headers: Record<string, string>): Answer => ({
  ...answer,
  headers: { ...answer.headers, ...headers },
})
const withoutCors = ({
  headers: { 'Access-Control-Allow-Origin': _, ...headers },
  ...rest
}: Answer): Answer => ({
  ...rest,
  headers,
})

test('finds nothing wrong with our own server', async () => {
  const { api, asked } = await serving()
  const { code, results } = await examined(api)
  expect(code).toBe(0)
  // How fast it is, is the machine's affair.
  expect(results.map(({ check, state }) => (check === 'latency' ? check : `${check} ${state}`))).toEqual([
    'key ok',
    'server ok',
    'latency',
    'clock ok',
    'cors ok',
    'realtime ok',
    'bundled ok',
  ])
  // What browsers ask leave for, and nothing that would leave a trace there.
  const preflights = asked.filter(({ method }) => method === 'OPTIONS')
  expect(preflights).toMatchObject([
    {
      path: '/api/v1/flags/',
      headers: {
        origin: 'https://example.com',
        'access-control-request-method': 'GET',
        'access-control-request-headers': 'x-environment-key',
      },
    },
    {
      path: '/api/v1/identities/',
      headers: {
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'content-type,x-environment-key',
      },
    },
  ])
  expect(preflights.map(({ headers }) => headers['x-environment-key'])).toEqual([null, null])
  expect(asked.filter(({ method }) => method === 'POST')).toEqual([])
})

const lines = async (api: string, terminal: Partial<Terminal>, ...args: string[]) => {
  const env = { GUIDON_ENVIRONMENT_KEY: 'wrong', GUIDON_API: api }
  return ran(['doctor', ...args], { cwd: emptyFolder(), env, ...terminal })
}

test('says it in words in a log, and in signs and colours on a terminal, one check after the other', async () => {
  const { api } = await serving()
  const log = await lines(api, {})
  expect(log.code).toBe(1)
  expect(log.out[0]).toBe('ok   key      It is a client-side key.')
  expect(log.out.join('\n').replace(/\n +/g, ' ')).toContain(
    `\nFAIL server   ${api} answers 403: it does not know the environment key. -> Copy the client-side key`,
  )
  for (const line of log.out) expect(line.length).toBeLessThanOrEqual(80)
  const shown: string[] = []
  const { out } = await lines(api, { colours: true, progress: (text) => shown.push(text) })
  expect(out[0]).toBe('\x1b[32m✓\x1b[39m key      It is a client-side key.')
  expect(out[1]).toContain('\x1b[31m✗\x1b[39m server')
  expect(shown.slice(0, 2)).toEqual(['Looking: key', 'Looking: server'])
})

test('sends a server-side key nowhere', async () => {
  const { api, asked } = await serving()
  const { code, results } = await examined(api, { args: ['--environment', 'ser.secret'] })
  expect(code).toBe(1)
  expect(results.map(({ check, state }) => `${check} ${state}`)).toEqual(['key fail', 'bundled ok'])
  expect(asked).toEqual([])
})

test('asks for a key where there is none', async () => {
  const { code, out } = await ran(['doctor'], { cwd: emptyFolder() })
  expect(code).toBe(1)
  expect(out[0]).toBe('FAIL key      There is none.')
})

const ELSEWHERE = { Location: 'http://127.0.0.1:9/' }
const PREFLIGHT = { method: 'OPTIONS' }
const only =
  ({ method, path = '' }: { method: string; path?: string }, change: (answer: Answer) => Answer): Change =>
  (question, answer) =>
    question.method === method && question.path.includes(path) ? change(answer) : undefined

test.each<[string, Change, RegExp]>([
  [
    'a server that knows no OPTIONS',
    only(PREFLIGHT, () => answer(405)),
    /may not ask: GET flags\/: The preflight \(OPTIONS\) is answered 405\.$/,
  ],
  [
    'a server that redirects OPTIONS',
    only(PREFLIGHT, () => answer(302, ELSEWHERE)),
    /OPTIONS\) is answered 302\.$/,
  ],
  [
    'a server without CORS',
    only(PREFLIGHT, () => withoutCors(answer(200))),
    /GET flags\/: There is no Access-Control-Allow-Origin\.$/,
  ],
  [
    'a server for another app',
    only(PREFLIGHT, (it) => withHeaders(it, { 'Access-Control-Allow-Origin': 'https://other.example' })),
    /Access-Control-Allow-Origin is https:\/\/other\.example\.$/,
  ],
  [
    'a server that does not let the key through',
    only(PREFLIGHT, (it) => withHeaders(it, { 'Access-Control-Allow-Headers': 'Content-Type, X-Other' })),
    /Access-Control-Allow-Headers lacks x-environment-key\.$/,
  ],
  [
    'a server that does not let JSON through',
    only({ ...PREFLIGHT, path: 'identities' }, (it) =>
      withHeaders(it, { 'Access-Control-Allow-Headers': 'X-Environment-Key' }),
    ),
    /may not ask: POST identities\/: Access-Control-Allow-Headers lacks content-type\.$/,
  ],
  [
    'a server that hides its answers',
    only({ method: 'GET', path: 'flags' }, withoutCors),
    /may ask, but not see the answer: GET flags\/: There is no Access-Control-Allow-Origin\.$/,
  ],
])('meets %s as a browser would', async (_, change, found) => {
  const { api } = await serving(change)
  const { code, of } = await examined(api)
  expect(code).toBe(1)
  expect(of('server')).toMatchObject({ state: 'ok' })
  expect(of('cors')).toEqual({
    check: 'cors',
    state: 'fail',
    found: expect.stringMatching(found),
    todo: expect.stringContaining('has to allow the origin https://example.com'),
  })
})

test('takes leave that is given to the app alone, and by a star', async () => {
  const { api } = await serving((_, answer) =>
    withHeaders(answer, {
      'Access-Control-Allow-Origin': 'https://shop.example.com',
      'Access-Control-Allow-Headers': '*',
    }),
  )
  expect((await examined(api)).of('cors')).toMatchObject({ state: 'fail' })
  const { of } = await examined(api, { args: ['--origin', 'https://shop.example.com/checkout'] })
  expect(of('cors')).toMatchObject({ state: 'ok', found: 'Pages of https://shop.example.com may ask.' })
})

test.each([
  [-600_000, 'It is 10 minutes ahead of the server’s.'],
  [90_000, 'It is 90 seconds behind the server’s.'],
])('tells that the clocks are %i ms apart', async (ms, found) => {
  const { api } = await serving((_, answer) =>
    withHeaders(answer, { Date: new Date(Date.now() + ms).toUTCString() }),
  )
  const { code, of } = await examined(api)
  expect(code).toBe(0)
  const seconds = /\d+ seconds/
  expect(of('clock')?.found.replace(seconds, '')).toBe(found.replace(seconds, ''))
  expect(of('clock')).toMatchObject({ state: 'warn', todo: expect.stringContaining('NTP') })
})

test.each<[string, Change, RegExp]>([
  ['no streams', only({ method: 'GET', path: '/sse/' }, () => answer(404)), /answers 404\.$/],
  ['a page', only({ method: 'GET', path: '/sse/' }, () => page('<p>')), /answers, but not with events\.$/],
  [
    'silence',
    ({ path }) => (path.includes('/sse/') ? new Promise(() => {}) : undefined),
    /opens no stream\.$/,
  ],
  [
    'a stream that browsers may not read',
    only({ method: 'GET', path: '/sse/' }, withoutCors),
    /opens, but not in browsers: There is no Access-Control-Allow-Origin\.$/,
  ],
])('warns of %s where streams should be, for polling goes on', async (_, change, found) => {
  const { api } = await serving(change)
  const { code, of } = await examined(api, { args: ['--timeout', '1'] })
  expect(code).toBe(0)
  expect(of('realtime')).toMatchObject({
    state: 'warn',
    found: expect.stringMatching(found),
    todo: 'Without it realtime() polls. Streams of another address: realtime({ url }).',
  })
})

test.each<[string, Change, RegExp]>([
  ['a page instead of flags', () => page('<!doctype html>'), /answers, but not with flags/],
  ['a redirect', () => answer(302, ELSEWHERE), /answers with a redirect \(302\)/],
  ['half a body', () => page('[{"fea'), /answers, but not with flags/],
  ['an error', () => answer(500), /answers 500/],
  ['silence', () => new Promise(() => {}), /did not answer in time/],
])('comes to an end with %s', async (_, change, found) => {
  const { api } = await serving(change)
  const { code, of } = await examined(api, { args: ['--timeout', '0.3'] })
  expect(code).toBe(1)
  expect(of('server')).toMatchObject({ state: 'fail', found: expect.stringMatching(found) })
  expect(of('server')?.todo).toBeTruthy()
  expect(of('bundled')).toMatchObject({ state: 'ok' })
})

test('comes to an end with nobody there, and with one who hangs up', async () => {
  const { code, results } = await examined('http://127.0.0.1:9')
  expect(code).toBe(1)
  expect(results.map(({ check, state }) => `${check} ${state}`)).toEqual([
    'key ok',
    'server fail',
    'realtime warn',
    'bundled ok',
  ])
  const server = createServer((request, response) => {
    if (request.method === 'OPTIONS') request.socket.destroy()
    else response.setHeader('Content-Type', 'application/json').end('[]')
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  afterwards(() => server.close())
  const { port } = server.address() as { port: number }
  expect((await examined(`http://127.0.0.1:${port}`)).of('cors')).toMatchObject({
    state: 'fail',
    found: 'Browsers may not ask: GET flags/: The preflight (OPTIONS) is not answered.',
  })
})

const bundled = (value: unknown) => ({
  flags: { a: { enabled: true, value: 1 }, contact: { enabled: true, value } },
})

test.each([
  ['a number', bundled(3), 'ok', 'guidon.flags.json has 2 flags, and no personal data that can be told.'],
  ['when it was pulled', { date: '2026-11-21', flags: {} }, 'ok', /has 0 flags of 2026-11-21,/],
  ['an address', bundled('jane@example.com'), 'warn', /look like personal data: contact \(email\)\.$/],
  ['an address in JSON', bundled('{"to":[{"it":"jane@example.com"}]}'), 'warn', /: contact \(email\)\.$/],
  ['an identity', { ...bundled(1), identity: 'x' }, 'warn', /holds an identity/],
  [
    'traits',
    { ...bundled(1), evaluationContext: { identity: { traits: { plan: { value: 'pro' } } } } },
    'warn',
    /holds an identity/,
  ],
  ['a secret key', { ...bundled(1), environment: 'ser.x' }, 'fail', /holds a server-side key/],
  ['something else', { flags: [], v: { a: 1 } }, 'ok', /has 0 flags/],
  ['no flags', { flags: { a: 1 } }, 'fail', /is no file of flags/],
])('looks at a bundled file with %s', async (_, file, state, found) => {
  const { of } = await examined('http://127.0.0.1:9', { file })
  expect(of('bundled')).toMatchObject({ state, found: expect.stringMatching(found) })
})

test('misses a bundled file only when it was named', async () => {
  expect((await examined('http://127.0.0.1:9')).of('bundled')).toMatchObject({ state: 'ok' })
  const { of } = await examined('http://127.0.0.1:9', { args: ['--flags', 'x.json'] })
  expect(of('bundled')).toMatchObject({
    state: 'fail',
    found: expect.stringContaining('There is no file x.json'),
  })
})

test('goes no further with what is no address, and does not show it', async () => {
  const { code, out, err } = await ran(
    ['doctor', '--environment', ' key\n', '--api', 'http://user:pass@127.0.0.1:9/', '--json'],
    { cwd: emptyFolder() },
  )
  expect({ code, err }).toEqual({ code: 1, err: [] })
  expect(JSON.parse(out.join('')).map(({ check, state }: Result) => `${check} ${state}`)).toEqual([
    'key ok',
    'server fail',
    'bundled ok',
  ])
  expect(out.join('')).not.toContain('pass@')
})

test('tells in JSON, too, of a file that cannot be read', async () => {
  const cwd = folderWith({ 'guidon.flags.json/a': '' })
  const { code, out } = await ran(['doctor', '--json'], { cwd })
  expect(code).toBe(1)
  expect(JSON.parse(out.join('')).at(-1)).toEqual({
    check: 'bundled',
    state: 'fail',
    found: expect.stringMatching(/guidon\.flags\.json is a folder\.$/),
  })
})

test('wants an origin that is one', async () => {
  const { code, err } = await ran(['doctor', '--origin', 'shop'], { cwd: emptyFolder() })
  expect(code).toBe(1)
  expect(err[0]).toContain('It must be like https://shop.example.com.')
})
