import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { listen } from '../../src/cli/listen.ts'
import { type Answerer, answer, json, noAnswer } from '../../src/edge/answer.ts'
import { createEdge } from '../../src/edge.ts'
import { createClient, memoryStorage } from '../../src/index.ts'
import { bodyText, recordings } from '../recordings.ts'
import { page } from './answers.ts'
import { emptyFolder, folderWith } from './folder.ts'
import { afterwards, ran } from './run.ts'

const GUID = '8b5c2e0e-0c1f-4f6e-9d7e-1f2a3b4c5d6e'

interface Asked {
  readonly path: string
  readonly method: string
  readonly body: string
}

/** A server that answers like this, and what it was asked. */
async function serving(answerTo: Answerer) {
  const asked: Asked[] = []
  const server = await listen(
    async (question) => {
      const { path, search, method, text } = question
      asked.push({ path: path + search, method, body: (await text(1e6))! })
      return answerTo(question)
    },
    { port: 0 },
  )
  afterwards(() => server.close())
  return { asked, api: `${server.url}api/v1/` }
}

const flag = (name: string, value: unknown, enabled = true) => ({
  feature: { id: 1, name, type: 'STANDARD' },
  enabled,
  feature_state_value: value,
})
const answering = (flags: unknown) => serving(() => json(flags))

/** Runs `guidon pull` in a folder of its own. */
function pulling(api: string, folder = emptyFolder(), environment = 'client-key') {
  const file = join(folder, 'guidon.flags.json')
  return {
    file,
    folder,
    pull: (...args: string[]) =>
      ran(['pull', '--environment', environment, '--api', api, ...args], { cwd: folder }),
    text: () => readFileSync(file, 'utf8'),
  }
}

const TWO = `{
  "v": 1,
  "environment": "client-key",
  "date": "2026-11-21",
  "flags": {
    "font-size": { "enabled": true, "value": 16 },
    "title": { "enabled": false, "value": "Hi" }
  }
}
`

test('writes the flags of an environment with one GET, sorted, a line each', async () => {
  vi.setSystemTime('2026-11-21T23:59:00Z')
  afterwards(() => vi.useRealTimers())
  const { api, asked } = await answering([flag('title', 'Hi', false), flag('font-size', 16)])
  const { pull, text, folder } = pulling(api)
  expect(await pull()).toEqual({ code: 0, out: ['Wrote 2 flags to guidon.flags.json.'], err: [] })
  expect(text()).toBe(TWO)
  expect(asked).toEqual([{ method: 'GET', path: '/api/v1/flags/', body: '' }])
  expect(readdirSync(folder)).toEqual(['guidon.flags.json'])
})

test('leaves the file alone when nothing changed, whatever day it is', async () => {
  const { api } = await answering([flag('font-size', 16), flag('title', 'Hi', false)])
  const { file, pull, text } = pulling(api)
  writeFileSync(file, TWO)
  vi.setSystemTime('2027-01-02T00:00:00Z')
  afterwards(() => vi.useRealTimers())
  expect(await pull()).toEqual({ code: 0, out: ['2 flags, as guidon.flags.json has them already.'], err: [] })
  expect(text()).toBe(TWO)
  expect(await pull('--json')).toMatchObject({
    out: ['{"file":"guidon.flags.json","flags":2,"changed":false}'],
  })
})

test('a file that was pulled is what createClient() takes', async () => {
  const { api } = await answering([flag('font-size', 16), flag('__proto__', 'x')])
  const { pull, text } = pulling(api)
  await pull()
  const client = createClient({
    environmentKey: 'client-key',
    defaults: JSON.parse(text()),
    storage: memoryStorage(),
    fetch: () => new Promise(() => {}),
  })
  expect(client.value('font-size', 0)).toBe(16)
  expect(client.value('__proto__', '')).toBe('x')
  client.close()
})

test('evaluates for an identity with one GET, and leaves nothing of it in the file', async () => {
  const { api, asked } = await answering({ flags: [flag('a', 1)], traits: [] })
  const { pull, text } = pulling(api)
  expect(await pull('--identity', GUID)).toMatchObject({ code: 0, err: [] })
  expect(asked).toEqual([{ method: 'GET', path: `/api/v1/identities/?identifier=${GUID}`, body: '' }])
  expect(text()).not.toContain(GUID)
})

test('sends traits as transient, and those of nobody too', async () => {
  const { api, asked } = await answering({ flags: [flag('a', 1)], traits: [] })
  const { pull, text } = pulling(api)
  const traits = ['--trait', 'plan=pro', '--trait', 'seats=12', '--trait', 'beta=true', '--trait', 'zip=007']
  expect(await pull('--identity', GUID, ...traits)).toMatchObject({ code: 0 })
  expect(await pull(...traits)).toMatchObject({ code: 0 })
  const trait = (trait_key: string, trait_value: unknown) => ({ trait_key, trait_value, transient: true })
  const body = {
    transient: true,
    traits: [trait('plan', 'pro'), trait('seats', 12), trait('beta', true), trait('zip', '007')],
  }
  expect(asked.map(({ body }) => JSON.parse(body))).toEqual([
    { ...body, identifier: GUID },
    { ...body, identifier: expect.any(String) },
  ])
  expect(text()).not.toMatch(/pro|007/)
})

test('refuses what must not leave: a server-side key, an e-mail, a guessable identity', async () => {
  const { api, asked } = await answering([])
  const { pull, folder } = pulling(api)
  const results = [
    await pulling(api, folder, 'ser.AbCdE').pull('--fallback-on-error'),
    await pull('--identity', 'ada@example.com'),
    await pull('--identity', 'user_42'),
  ]
  for (const { code, out, err } of results) {
    expect({ code, out, lines: err.length }).toEqual({ code: 1, out: [], lines: 1 })
    expect(err[0]).not.toMatch(/AbCdE|ada|42/)
  }
  expect(asked).toEqual([])
  expect(readdirSync(folder)).toEqual([])
})

test('says which values look like personal data, for they will be in the app', async () => {
  const { api } = await answering([flag('support', 'ada@example.com'), flag('size', 16)])
  const { err, code } = await pulling(api).pull()
  expect(code).toBe(0)
  expect(err).toEqual([
    'guidon: The value of support looks like personal data (email). It will be in your app.',
  ])
})

test('leaves out the flags of unreleased work, and says which names are none', async () => {
  const { api } = await answering([flag('title', 'Hi'), flag('secret', 'a new car'), flag('size', 16)])
  const { pull, text } = pulling(api)
  expect(await pull('--omit', 'secret', '--omit', 'siez')).toEqual({
    code: 0,
    out: ['Wrote 2 flags to guidon.flags.json.'],
    err: ['guidon: No flag is called siez, which is to be left out.'],
  })
  expect(Object.keys(JSON.parse(text()).flags)).toEqual(['size', 'title'])
})

test('reads the key and the server from variables and from the config, the command line first', async () => {
  const { api, asked } = await serving(({ header }) => json([flag(header('x-environment-key')!, 1)]))
  const cwd = emptyFolder()
  writeFileSync(
    join(cwd, 'guidon.config.json'),
    JSON.stringify({ environmentKey: 'of-config', api, flags: 'src/flags.json' }),
  )
  const flags = () => Object.keys(JSON.parse(readFileSync(join(cwd, 'src/flags.json'), 'utf8')).flags)
  const env = { GUIDON_ENVIRONMENT_KEY: 'of-variable', GUIDON_API: api }
  expect(await ran(['pull'], { cwd })).toMatchObject({ code: 0, out: ['Wrote 1 flag to src/flags.json.'] })
  expect(flags()).toEqual(['of-config'])
  await ran(['pull'], { cwd, env })
  expect(flags()).toEqual(['of-variable'])
  await ran(['pull', '--environment', 'of-line'], { cwd, env })
  expect(flags()).toEqual(['of-line'])
  expect(asked).toHaveLength(3)
})

test('asks which environment when nobody says', async () => {
  expect(await ran(['pull'], { cwd: emptyFolder() })).toEqual({
    code: 1,
    out: [],
    err: [
      'guidon: Which environment? Give --environment, GUIDON_ENVIRONMENT_KEY, or environmentKey in guidon.config.json.',
    ],
  })
})

const BAD: [string, Answerer, RegExp][] = [
  ['a wrong key', () => json({}, 403), /answers 403: it does not know the environment key\.$/],
  ['no such path', () => answer(404), /answers 404: there is no SDK API there\./],
  ['a broken server', () => page('<h1>oh', 500), /answers 500: it has a problem of its own\.$/],
  ['too many requests', () => answer(429), /answers 429: it is asked too often\./],
  ['a page', () => page('<!doctype html>'), /answers, but not with flags\./],
  ['half a body', () => page('[{"feature":{"na'), /answers, but not with flags\./],
  ['other JSON', () => json({ detail: 'no' }), /answers, but not with flags\./],
  ['a redirect', () => answer(302, { Location: 'http://127.0.0.1:9/' }), /answers with a redirect \(302\)/],
  ['silence', () => new Promise(() => {}), /did not answer in time\./],
]

test.each(BAD)('%s: one line, code 1, and the old file as it was', async (_, answerTo, line) => {
  const { api } = await serving(answerTo)
  const { file, pull, text } = pulling(api)
  writeFileSync(file, TWO)
  const { code, out, err } = await pull('--timeout', '0.2')
  expect({ code, out, err }).toEqual({ code: 1, out: [], err: [expect.stringMatching(line)] })
  expect(err[0]).toContain(`guidon: ${api} `)
  expect(text()).toBe(TWO)
})

test('no server: falls back to the file there is when asked to, with a warning', async () => {
  const server = await listen(() => noAnswer, { port: 0 })
  await server.close()
  const { file, pull, text } = pulling(server.url)
  const line = `guidon: ${server.url} does not answer (ECONNREFUSED).`
  expect(await pull('--fallback-on-error')).toEqual({ code: 1, out: [], err: [line] })
  writeFileSync(file, TWO)
  expect(await pull()).toEqual({ code: 1, out: [], err: [line] })
  expect(await pull('--fallback-on-error')).toEqual({
    code: 0,
    out: ['Kept 2 flags in guidon.flags.json.'],
    err: [`${line} guidon.flags.json stays as it is.`],
  })
  expect(text()).toBe(TWO)
})

test.each(Object.entries(recordings))('reads what %s answers', async (name, recorded) => {
  const of = (what: string) => recorded.find((one) => one.name === what)!
  const [flags, identity, wrong] =
    name === 'the API'
      ? [of('flags client'), of('identities GET new'), of('flags wrong key')]
      : [of('flags client key'), of('identities GET plain'), of('flags wrong key')]
  const { api } = await serving(({ header, path }) => {
    const one =
      header('x-environment-key') !== 'client-key' ? wrong : path.includes('identities') ? identity : flags
    // The recorded identifier is not a GUID.
    const body = bodyText(one).replace(/"identifier":"[^"]*"/, `"identifier":"${GUID}"`)
    return page(body, one.response.status)
  })
  const { pull, text, folder } = pulling(api)
  expect(await pull()).toMatchObject({ code: 0, err: [] })
  const names = Object.keys(JSON.parse(text()).flags)
  expect(names).toEqual(
    (flags.response.body as { feature: { name: string } }[]).map((one) => one.feature.name).sort(),
  )
  expect(await pull('--identity', GUID)).toMatchObject({ code: 0, err: [] })
  expect(Object.keys(JSON.parse(text()).flags)).toEqual(names)
  const before = text()
  const { code, err } = await pulling(api, folder, 'other').pull()
  expect(code).toBe(1)
  expect(err[0]).toMatch(/answers 40[13]: it does not know the environment key\.$/)
  expect(text()).toBe(before)
})

test('writes the form of Flagsmith’s own command, and reads it back', async () => {
  const { api } = await answering([flag('font-size', 16)])
  const { pull, text, folder } = pulling(api)
  await pull('--format', 'flagsmith')
  expect(JSON.parse(text())).toEqual({
    api,
    evaluationContext: { environment: { apiKey: 'client-key' } },
    flags: { 'font-size': { enabled: true, value: 16 } },
  })
  expect(await pull('--format', 'flagsmith', '--json')).toMatchObject({
    out: [expect.stringContaining('"changed":false')],
  })
  expect(await ran(['types'], { cwd: folder })).toMatchObject({ code: 0 })
  expect(readFileSync(join(folder, 'guidon.d.ts'), 'utf8')).toContain('"font-size": number')
})

test('pulls from our own server', async () => {
  const document = {
    api_key: 'client-key',
    project: { segments: [] },
    feature_states: [flag('title', 'Hi'), flag('off', null, false)],
  }
  const edge = createEdge({ document: document as never })
  const { api } = await serving(edge.answer)
  const { pull, text } = pulling(api)
  expect(await pull()).toMatchObject({ code: 0 })
  expect(JSON.parse(text()).flags).toEqual({
    off: { enabled: false, value: null },
    title: { enabled: true, value: 'Hi' },
  })
})

test('looks for personal data in JSON, too, as doctor does, and shows no name that a terminal would obey', async () => {
  const { api } = await answering([flag('a\x1b', '{"to":[{"it":"jane@example.com"}]}'), flag('b', '{"a":1}')])
  expect((await pulling(api).pull()).err).toEqual([
    'guidon: The value of a\\u001b looks like personal data (email). It will be in your app.',
  ])
})

test.each(['ser.AbC', ' ser.AbC\n'])('a server-side key goes nowhere and is not shown: %j', async (key) => {
  const { api, asked } = await answering([])
  const { code, out, err } = await pulling(api, emptyFolder(), key).pull()
  expect({ code, out, asked }).toEqual({ code: 1, out: [], asked: [] })
  expect(err.join()).toContain('That is a server-side key')
  expect(err.join()).not.toContain('AbC')
})

test.each([
  'flags.example.com',
  'ftp://127.0.0.1/',
  'http://user:pass@127.0.0.1:9/',
  'http://token@127.0.0.1:9/',
])('%s is no address to ask, and is not shown', async (api) => {
  const file = { 'guidon.flags.json': TWO }
  const asked = ['--environment', 'key', '--fallback-on-error']
  for (const terminal of [
    { args: ['--api', api], cwd: folderWith(file) },
    { args: [], cwd: folderWith({ ...file, 'guidon.config.json': { api } }) },
    { args: [], cwd: folderWith(file), env: { GUIDON_API: api } },
  ]) {
    expect(await ran(['pull', ...asked, ...terminal.args], terminal)).toEqual({
      code: 1,
      out: [],
      err: [
        'guidon: The base of the SDK API has to be like https://flags.example.com/api/v1/, without a name or password in it.',
      ],
    })
  }
})

test.each(['0', '-1', 'x', 'Infinity', '86401'])('a server may not take %s seconds', async (seconds) => {
  const { code, err } = await pulling('http://127.0.0.1:9/').pull('--timeout', seconds)
  expect(code).toBe(1)
  expect(err.join()).toContain('It must be a number of seconds, up to 86400.')
})
