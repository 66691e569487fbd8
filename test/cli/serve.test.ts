import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { listen } from '../../src/cli/listen.ts'
import type { Terminal } from '../../src/cli/terminal.ts'
import { type Answerer, answer, json } from '../../src/edge/answer.ts'
import { createClient, memoryStorage } from '../../src/index.ts'
import { recordedDocument } from '../edge/recorded.ts'
import { page } from './answers.ts'
import { emptyFolder, fileWith } from './folder.ts'
import { afterwards, ran, run } from './run.ts'

const document = { ...recordedDocument(), api_key: 'client-key' }
const shorter = { ...document, feature_states: document.feature_states.slice(0, 1) }
const SERVER_KEY = 'ser.very-secret'

async function serving(args: readonly string[], terminal?: Partial<Terminal>) {
  const program = run(['serve', '--port', '0', ...args], terminal)
  const url = await vi.waitFor(() => / at (\S+)/.exec(program.out[0] ?? '')![1]!)
  const ask = (path: string, key = 'client-key') =>
    fetch(new URL(path, url), { headers: { 'X-Environment-Key': key } })
  const count = async () => ((await (await ask('flags/')).json()) as unknown[]).length
  return { ...program, url, ask, count }
}

const ofFile = (content: unknown = document) => {
  const place = fileWith(content)
  return { ...place, args: ['--document', place.file] }
}

/** Somebody at the terminal. */
function somebody() {
  let listener: ((line: string) => void) | undefined
  const onLine: Terminal['onLine'] = (hear) => {
    listener = hear
    return () => (listener = undefined)
  }
  return { onLine, type: (line: string) => listener?.(line), isHeard: () => listener !== undefined }
}

// ── The network ─────────────────────────────────────────────────────────────────────────────────────────────────────

test('says in two lines where it serves what, and how bad the network is', async () => {
  const { args } = ofFile()
  const bad = await serving([...args, '--latency', '0-1', '--fail-rate', '25%', '--seed', '7'])
  expect(bad.out).toEqual([
    `Serving Main at ${bad.url} (client key client-key).`,
    'Every request waits 0-1 ms and fails 25% of the time. --seed 7 does it again.',
  ])
  const slow = await serving([...args, '--latency', '1'])
  expect(slow.out[1]).toBe('Every request waits 1 ms.')
  const failing = await serving([...args, '--fail-rate', '0.125'])
  expect(failing.out[1]).toMatch(/^Every request fails 12\.5% of the time\. --seed \d+ does it again\.$/)
})

test('fails alike with the same seed', async () => {
  const { args } = ofFile()
  const fates = async (seed: string) => {
    const { ask } = await serving([...args, '--fail-rate', '0.5', '--seed', seed])
    const list: string[] = []
    for (let count = 0; count < 20; count++) {
      list.push(
        await ask('flags/').then(
          async (response) =>
            `${response.status} ${await response.text().then(({ length }) => length, String)}`,
          () => 'no answer',
        ),
      )
    }
    return list
  }
  const first = await fates('1')
  expect(new Set(first).size).toBe(4)
  expect(await fates('1')).toEqual(first)
  expect(await fates('2')).not.toEqual(first)
})

test('a client on a network that loses every second request ends with fresh flags, and its traits arrive', async () => {
  // No time to lose: the client waits a random part of some seconds before it tries again.
  vi.spyOn(Math, 'random').mockReturnValue(0)
  afterwards(() => vi.restoreAllMocks())
  const { url } = await serving([...ofFile().args, '--fail-rate', '0.5', '--seed', '1'])
  const users = Array.from({ length: 10 }, () =>
    createClient({
      environmentKey: 'client-key',
      api: url,
      identity: { id: crypto.randomUUID(), traits: { plan: 'pro' } },
      storage: memoryStorage(),
      retries: 20,
    }),
  )
  for (const user of users) {
    afterwards(() => user.close())
    expect(await user.ready({ from: 'network', timeoutMs: 30_000 })).toMatchObject({
      source: 'network',
      stale: false,
    })
    await user.refresh()
    expect(Object.keys(user.all())).toHaveLength(6)
    expect(user.pending).toBe(0)
  }
})

test('o and Enter goes offline, which ends streams, and back online; q stops', async () => {
  const { onLine, type, isHeard } = somebody()
  const { ask, out, code } = await serving(ofFile().args, { onLine })
  expect(out.at(-1)).toBe('Type o and Enter to go offline or online, q to stop.')
  const stream = await ask('/sse/environments/client-key/stream')
  const events = stream.text()

  type('o')
  await expect(events).rejects.toThrow('terminated')
  await expect(ask('flags/')).rejects.toThrow('fetch failed')
  expect(out.at(-1)).toBe('Offline: every connection is dropped.')
  type('something else')
  await expect(ask('flags/')).rejects.toThrow('fetch failed')
  type(' o ')
  expect(out.at(-1)).toBe('Online again.')
  expect((await ask('flags/')).status).toBe(200)

  type('q')
  expect(await code).toBe(0)
  expect(isHeard()).toBe(false)
})

test('starts offline when told to, and a client then has no network, but its defaults', async () => {
  const { onLine, type } = somebody()
  const { url, out } = await serving([...ofFile().args, '--offline'], { onLine })
  expect(out[1]).toBe('Offline: every connection is dropped.')
  const client = createClient({
    environmentKey: 'client-key',
    api: url,
    storage: memoryStorage(),
    retries: 0,
    defaults: { flags: { title: { enabled: true, value: 'Hi' } } },
  })
  afterwards(() => client.close())
  expect(await client.ready({ from: 'network' })).toMatchObject({
    source: 'defaults',
    error: { code: 'network' },
  })
  expect(client.value('title', '')).toBe('Hi')
  type('o')
  await client.refresh()
  expect(Object.keys(client.all())).toHaveLength(6)
})

test.each([
  ['--latency', 'fast'],
  ['--latency', '800-100'],
  ['--latency', '-5'],
  ['--latency', '999999999'],
  ['--fail-rate', '2'],
  ['--fail-rate', '101%'],
  ['--fail-rate', 'often'],
  ['--seed', 'x'],
  ['--poll', '0'],
])('does not take %s %s', async (option, value) => {
  const { code, out, err } = await ran(['serve', '--document', 'x', `${option}=${value}`])
  expect({ code, out }).toEqual({ code: 1, out: [] })
  expect(err).toEqual([expect.stringMatching(/is invalid\. It must be /)])
})

// ── What is served ──────────────────────────────────────────────────────────────────────────────────────────────────

test('follows the file, unless told not to', async () => {
  const { args, replace } = ofFile()
  const deaf = await serving([...args, '--no-watch'])
  const watching = await serving([...args, '--watch'])
  replace(shorter)
  await vi.waitFor(async () => expect(await watching.count()).toBe(1))
  expect(await deaf.count()).toBe(6)
  expect(deaf.out).toHaveLength(1)
})

test('serves a file of flags to everybody, and follows it', async () => {
  const flag = (value: unknown) => ({ enabled: true, value })
  const cwd = emptyFolder()
  const write = (flags: object) => writeFileSync(join(cwd, 'guidon.flags.json'), JSON.stringify({ flags }))
  write({ title: flag('Hi') })
  writeFileSync(join(cwd, 'guidon.config.json'), JSON.stringify({ environmentKey: 'client-key' }))
  const { count, out, url, err } = await serving(['--flags'], { cwd })
  expect(out).toEqual([`Serving 1 flag of guidon.flags.json at ${url} (client key client-key).`])
  expect(await count()).toBe(1)
  write({ title: flag('Hi'), size: flag(16) })
  await vi.waitFor(async () => expect(await count()).toBe(2))
  expect(out[1]).toBe('Serving the change in guidon.flags.json.')
  write({ title: 'Hi' })
  await vi.waitFor(() => expect(err).toHaveLength(1))
  expect(err[0]).toBe(
    `${join(cwd, 'guidon.flags.json')}: It is no file of flags. \`guidon pull\` writes one. The last good document stays.`,
  )
})

test("serves the file of Flagsmith's own command", async () => {
  const { file } = fileWith({
    api: 'https://flags.example.com/api/v1/',
    flags: { title: { id: 7, enabled: true, value: 'Hi' } },
    evaluationContext: { environment: { apiKey: 'client-key' }, identity: { identifier: 'a', traits: {} } },
    identity: 'a',
    evaluationEvent: null,
  })
  const { count } = await serving(['--flags', file])
  expect(await count()).toBe(1)
})

test('prints the address as JSON for a program, and nothing else', async () => {
  const { out, err } = run(['serve', '--port', '0', ...ofFile().args, '--fail-rate', '1', '--json'])
  await vi.waitFor(() => expect(err).toHaveLength(1))
  expect(out).toEqual([expect.any(String)])
  expect(JSON.parse(out[0]!)).toEqual({
    url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/api\/v1\/$/),
    environmentKey: 'client-key',
  })
})

test.each([
  [[], 'What is to be served?'],
  [['--document', 'a', '--flags', 'b'], 'What is to be served?'],
  [['--from-server', 'https://a/', '--flags'], 'What is to be served?'],
  [['--from-server', 'flags.example.com'], 'flags.example.com is no address.'],
  [['--from-server', 'https://a/'], 'Set GUIDON_SERVER_KEY.'],
  [['--flags', 'missing.json'], 'There is no file /missing.json.'],
])('ends serve %j with one line', async (args, line) => {
  const { code, out, err } = await ran(['serve', ...args])
  expect({ code, out, err }).toEqual({ code: 1, out: [], err: [expect.stringContaining(line)] })
})

// ── A real environment ──────────────────────────────────────────────────────────────────────────────────────────────

/** A real server, as good as one, and a terminal that has its key. */
async function upstream(terminal?: Partial<Terminal>) {
  const place = ofFile()
  const server = await serving([...place.args, '--server-key', SERVER_KEY], terminal)
  return { ...place, ...server, env: { GUIDON_SERVER_KEY: SERVER_KEY } }
}

test('mirrors a server, and requires its server-side key for the document', async () => {
  const { url, env, replace } = await upstream()
  const { out, err, ask, count, url: here } = await serving(['--from-server', url, '--poll', '0.02'], { env })
  expect(out).toEqual([`Serving Main of ${url} at ${here} (client key client-key).`])
  expect(await count()).toBe(6)
  expect((await ask('environment-document/')).status).toBe(403)
  expect(await (await ask('environment-document/', SERVER_KEY)).json()).toEqual(document)

  replace(shorter)
  await vi.waitFor(async () => expect(await count()).toBe(1))
  expect(out).toEqual([out[0], `Serving the change in ${url}.`])
  expect(err).toEqual([])
})

test('mirrors an Edge Proxy', async () => {
  const proxy = await listen(
    ({ path }) =>
      path.endsWith('/environment-document')
        ? json(document)
        : answer(307, { Location: 'http://127.0.0.1:9/api/v1/environment-document' }),
    { port: 0 },
  )
  afterwards(() => proxy.close())
  // Without its last slash, for that is easily forgotten.
  const { count } = await serving(['--from-server', `${proxy.url}api/v1`, '--server-key', SERVER_KEY])
  expect(await count()).toBe(6)
})

test('keeps serving when the server goes away, and says so once', async () => {
  const { onLine, type } = somebody()
  const { url, env } = await upstream({ onLine })
  const { out, err, count } = await serving(['--from-server', url, '--poll', '0.02'], { env })
  type('o')
  await vi.waitFor(() => expect(err).toHaveLength(1))
  expect(err).toEqual([`${url} does not answer. The last good document stays.`])
  expect(await count()).toBe(6)
  type('o')
  await vi.waitFor(() => expect(err).toEqual([err[0], `${url} answers again.`]))
  expect(out).toHaveLength(1)
})

test('keeps the document in a file, for days without the server', async () => {
  const { url, env, end, replace } = await upstream()
  const cwd = emptyFolder()
  const args = ['--from-server', url, '--poll', '0.02', '--document', 'kept.json']
  const kept = () => JSON.parse(readFileSync(join(cwd, 'kept.json'), 'utf8'))
  const online = await serving(args, { env, cwd })
  await vi.waitFor(() => expect(kept()).toEqual(document))
  replace(shorter)
  await vi.waitFor(() => expect(kept().feature_states).toHaveLength(1))
  await online.end()
  await end()

  const { count, err } = await serving(args, { env, cwd })
  expect(err).toEqual([
    `${url} does not answer (ECONNREFUSED). Starting with what is in ${join(cwd, 'kept.json')}.`,
  ])
  expect(await count()).toBe(1)
})

test('does not keep a document in a file that holds something else', async () => {
  const { url, env } = await upstream()
  const { file } = fileWith({ name: 'my-app' })
  const { code, err } = await ran(['serve', '--from-server', url, '--document', file], { env })
  expect({ code, err }).toEqual({ code: 1, err: [expect.stringContaining('is not an environment document')] })
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({ name: 'my-app' })
})

test('ends with one line when the server refuses the key, whatever is in the file', async () => {
  const { url, file } = await upstream()
  const env = { GUIDON_SERVER_KEY: 'ser.wrong-secret' }
  for (const more of [[], ['--document', file]]) {
    const { code, out, err } = await ran(['serve', '--from-server', url, ...more], { env })
    expect({ code, out }).toEqual({ code: 1, out: [] })
    expect(err).toEqual([`guidon: ${url} answers 403: it does not know the server-side key.`])
  }
})

test.each<[string, Answerer, string]>([
  [
    'a page',
    () => page('<p>Welcome to our Wi-Fi'),
    'answers, but not with an environment document (Unexpected token',
  ],
  [
    'other JSON',
    () => json({ api_key: 'a' }),
    'answers, but not with an environment document (project should be an object, but is missing). It should be',
  ],
  [
    'a redirect',
    () => answer(302, { Location: 'http://127.0.0.1:9/' }),
    'answers with a redirect (302), which is not followed',
  ],
  ['an error', () => answer(502), 'answers 502: it has a problem of its own.'],
])('starts with what is kept when the server answers with %s', async (_, answerTo, line) => {
  const server = await listen(answerTo, { port: 0 })
  afterwards(() => server.close())
  const args = ['--from-server', server.url, '--server-key', SERVER_KEY, ...ofFile().args]
  const { err, count } = await serving(args)
  expect(err).toEqual([expect.stringContaining(`${server.url} ${line}`)])
  expect(err[0]).toMatch(/ Starting with what is in \S+$/)
  expect(await count()).toBe(6)
})

test('tries again at the start, then ends with a line', async () => {
  const { url, env, end } = await upstream()
  await end()
  const cwd = emptyFolder()
  const { code, out, err } = await ran(['serve', '--from-server', url, '--document', 'kept.json'], {
    env,
    cwd,
  })
  expect({ code, out }).toEqual({ code: 1, out: [] })
  expect(err).toEqual([
    `${url} does not answer (ECONNREFUSED). Trying again.`,
    `guidon: ${url} does not answer (ECONNREFUSED).`,
  ])
  expect(existsSync(join(cwd, 'kept.json'))).toBe(false)
})

test('stops at once while it waits for the server, without a word', async () => {
  const silent = await listen(() => new Promise(() => {}), { port: 0 })
  afterwards(() => silent.close())
  const { end, out, err } = run(['serve', '--from-server', silent.url, '--server-key', SERVER_KEY])
  expect(await end()).toBe(0)
  expect([out, err]).toEqual([[], []])
})

test('never prints a server-side key', async () => {
  const { url, env, end } = await upstream()
  const mirrored = await serving(['--from-server', url, '--poll', '0.02'], { env })
  await end()
  await vi.waitFor(() => expect(mirrored.err).toHaveLength(1))
  expect([...mirrored.out, ...mirrored.err].join()).not.toContain('secret')
})

test('explains itself with examples', async () => {
  const { out } = await ran(['serve', '--help'])
  expect(out.join('\n')).toContain('guidon serve --flags --latency 100-800 --fail-rate 10%')
})
