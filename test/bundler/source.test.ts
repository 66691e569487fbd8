import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it, vi } from 'vitest'
import { BUNDLERS } from './bundlers.ts'
import { afterwards, appFolder, fileOf, found, goneServer, KEY, serving } from './world.ts'

// What is the same whoever bundles: whom the plugin asks, and what it writes.
const build = BUNDLERS.esbuild!

const FILE = 'guidon.flags.json'
const GUID = '8b5c2e0e-0c1f-4f6e-9d7e-1f2a3b4c5d6e'

it('asks nobody when there is no key, and says nothing of it', async () => {
  const { asked, options } = await serving({ title: 'Hi' })
  const { root } = appFolder({ [FILE]: fileOf({ title: 'From the file' }) })
  const { code, warnings } = await build(root, { api: options.api })
  expect({ found: found(code), warnings, asked }).toEqual({
    found: { title: 'From the file' },
    warnings: [],
    asked: [],
  })
})

it('asks nobody when it is to be offline', async () => {
  const { asked, options } = await serving({ title: 'Hi' })
  const { root } = appFolder({ [FILE]: fileOf({ title: 'From the file' }) })
  const { code, warnings } = await build(root, { ...options, offline: true })
  expect({ found: found(code), warnings, asked }).toEqual({
    found: { title: 'From the file' },
    warnings: [],
    asked: [],
  })
  await expect(build(appFolder().root, { ...options, offline: true })).rejects.toThrow('There is no file')
})

it('reads the key and the server from variables and from the config, what it is told first', async () => {
  const one = await serving({ of: 'the config' })
  const two = await serving({ of: 'the variables' })
  const three = await serving({ of: 'the options' })
  const { root } = appFolder({
    'guidon.config.json': JSON.stringify({ ...one.options, types: 'of-config.d.ts' }),
  })
  const of = async (options?: object) => found((await build(root, options)).code).of
  expect(await of()).toBe('the config')
  vi.stubEnv('GUIDON_API', two.options.api)
  vi.stubEnv('GUIDON_ENVIRONMENT_KEY', KEY)
  afterwards(() => vi.unstubAllEnvs())
  expect(await of({ api: undefined })).toBe('the variables')
  expect(await of(three.options)).toBe('the options')
})

it('reads the file that the config or an option names', async () => {
  const { root } = appFolder({
    'guidon.config.json': '{ "flags": "one.json" }',
    'one.json': fileOf({ of: 'one' }),
    'two.json': fileOf({ of: 'two' }),
  })
  expect(found((await build(root)).code)).toEqual({ of: 'one' })
  expect(found((await build(root, { flags: 'two.json' })).code)).toEqual({ of: 'two' })
})

it('evaluates for an identity with traits, and has nothing of them in the bundle', async () => {
  const { asked, options } = await serving({ title: 'Hi' })
  const { root, text } = appFolder()
  const { code } = await build(root, { ...options, identity: GUID, traits: { plan: 'platinum' } })
  expect(asked).toEqual(['POST /api/v1/identities/'])
  expect(code + text('guidon.d.ts')).not.toMatch(/8b5c2e0e|platinum/)
})

it('refuses a server-side key and a personal identity, whatever file there is, and asks nobody', async () => {
  const { asked, options } = await serving({ title: 'Hi' })
  const { root } = appFolder({ [FILE]: fileOf({ title: 'From the file' }) })
  await expect(build(root, { ...options, environmentKey: 'ser.AbCdE' })).rejects.toThrow(
    'That is a server-side key (ser.…)',
  )
  await expect(build(root, { ...options, api: 'http://ada:secret@127.0.0.1:9/' })).rejects.toThrow(
    'without a name or password in it.',
  )
  await expect(build(root, { ...options, identity: 'ada@example.com' })).rejects.toThrow(
    'The identity is not opaque.',
  )
  expect(asked).toEqual([])
})

it('asks once for all parts of a build, and anew for a build that comes later', async () => {
  const { asked, set, options } = await serving({ title: 'Hi' })
  const built = await Promise.all([
    build(appFolder().root, options),
    build(appFolder().root, options),
    BUNDLERS.Rollup!(appFolder().root, options),
  ])
  expect(built.map(({ code }) => found(code).title)).toEqual(['Hi', 'Hi', 'Hi'])
  set('title', { feature_state_value: 'Hello' })
  expect(found((await build(appFolder().root, options)).code)).toEqual({ title: 'Hi' })
  expect(asked).toHaveLength(1)
  vi.setSystemTime(Date.now() + 660_000)
  afterwards(() => vi.useRealTimers())
  expect(found((await build(appFolder().root, options)).code)).toEqual({ title: 'Hello' })
  expect(asked).toHaveLength(2)
})

it('says which name that is to be left out is none, for it may be misspelt', async () => {
  const { options } = await serving({ 'secret-project': 1 })
  const { warnings } = await build(appFolder().root, { ...options, omit: ['secret-projekt'] })
  expect(warnings).toEqual(['No flag is called secret-projekt, which is to be left out.'])
})

it('says which values look like personal data, but for those that are checked in', async () => {
  const { options } = await serving({ support: 'ada@example.com', sales: 'bob@example.com' })
  const { root } = appFolder({ [FILE]: fileOf({ support: 'ada@example.com' }) })
  const { warnings } = await build(root, options)
  expect(warnings).toEqual(['The value of sales looks like personal data (email). It will be in your app.'])
})

it('writes the types where it is told, or nowhere', async () => {
  const { root, has, text } = appFolder({ [FILE]: fileOf({ theme: '{"dark":true}' }) })
  await build(root, { types: false })
  expect(has('guidon.d.ts')).toBe(false)
  await build(root, { types: 'src/flags.d.ts', jsonShapes: true })
  expect(text('src/flags.d.ts')).toContain('"theme": { "dark": boolean }')
  expect(has('guidon.d.ts')).toBe(false)
})

it('is built where the types cannot be written, with a warning', async () => {
  const { root } = appFolder({ [FILE]: fileOf({ title: 'Hi' }) })
  mkdirSync(join(root, 'guidon.d.ts'))
  const { code, warnings } = await build(root)
  expect(found(code)).toEqual({ title: 'Hi' })
  expect(warnings).toEqual([expect.stringMatching(/guidon\.d\.ts is a folder\.$/)])
})

it('reads the form of Flagsmith’s own command', async () => {
  const { root } = appFolder({
    [FILE]: '{ "api": "x", "evaluationContext": {}, "flags": { "a": { "enabled": true, "value": 1 } } }',
  })
  expect(found((await build(root)).code)).toEqual({ a: 1 })
})

it('does not wait for ever', async () => {
  const { api } = await goneServer()
  const silent = vi.spyOn(globalThis, 'fetch').mockImplementation(() => new Promise(() => {}))
  afterwards(() => silent.mockRestore())
  const { root } = appFolder({ [FILE]: fileOf({ title: 'Hi' }) })
  const { warnings } = await build(root, { api, environmentKey: KEY, timeoutMs: 50 })
  expect(warnings).toEqual([`${api} did not answer in time. A longer timeout may help. Built from ${FILE}.`])
})
