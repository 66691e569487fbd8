import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { listen } from '../../src/cli/listen.ts'
import { documentOf } from '../chromium/document.ts'
import { served } from '../served.ts'
import { type Build, bundle, createApp, createLives, type Launch, pull, type Said } from './hermes.ts'

const BUILDS: (Build & { name: string })[] = [
  { name: 'React Native’s Metro of today', readsExports: true, profile: 'default' },
  { name: 'Expo’s Metro of today', readsExports: true, profile: 'hermes-stable' },
  { name: 'a Metro that does not read exports', readsExports: false, profile: 'default' },
]
/** Whether the first frame shows what the device has. */
const STORAGES = [
  ['MMKV 3', true],
  ['MMKV 4', true],
  ['AsyncStorage', false],
] as const

const ada = '3f2b8c1e-8d52-4b3a-9a54-0c9d1d6e7f10'
const GUID = /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/

// Each life is a process or two, which take their time on a busy machine.
vi.setConfig({ testTimeout: 60_000 })

const app = createApp()
afterAll(() => app.remove())

// The flags that all apps here are bundled with are pulled, as docs/react-native.md says.
beforeAll(async () => {
  const edge = served(documentOf({ discount: 0, banner: 'Welcome' }))
  const server = await listen(edge.answer, { port: 0 })
  const api = `${server.url}api/v1/`
  expect(await pull(app.root, api)).toBe('Wrote 2 flags to guidon.flags.json.\n')
  await server.close()
  // A build without a network has them too.
  expect(await pull(app.root, api)).toContain('Kept 2 flags in guidon.flags.json.')
})

describe.each(BUILDS)('an app in Hermes, built by $name', (build) => {
  let live: (launch: Launch) => Said
  beforeAll(async () => {
    live = createLives(app.root, await bundle(app.root, build))
  }, 60_000)

  describe.each(STORAGES)('with %s', (storage, isInstant) => {
    const start = (life: string, after: Said = {}, online = true) =>
      live({ life, storage, online, ...after.killed })

    it('goes from its first start through a tunnel, and loses nothing when it is killed', () => {
      const first = start('first')
      expect(first['at once']).toMatchObject({ discount: 0, banner: 'Welcome', source: 'defaults' })
      expect(first['a second later']).toMatchObject({
        discount: 5,
        banner: 'Hello',
        source: 'network',
        state: 'fresh',
        told: [[['discount', 'banner', 'new-checkout'], 'network']],
        call: {
          method: 'GET',
          url: `https://flags.test/api/v1/identities/?identifier=${ada}`,
          headers: { 'X-Environment-Key': 'client-key' },
          credentials: 'omit',
        },
        asked: 1,
      })

      const offline = start('offline', first, false)
      expect(offline['at once']).toMatchObject(
        isInstant ? { discount: 5, source: 'storage' } : { discount: 0, source: 'defaults' },
      )
      expect(offline['a second later']).toMatchObject({
        discount: 5,
        source: 'storage',
        state: 'offline',
        error: 'network',
      })
      expect(offline['a trait was set']).toMatchObject({ pending: 1, state: 'offline' })

      const reconnect = start('reconnect', offline, false)
      expect(reconnect['still offline']).toMatchObject({ discount: 5, source: 'storage', pending: 1 })
      expect(reconnect.online).toMatchObject({
        discount: 20,
        source: 'network',
        state: 'fresh',
        pending: 0,
        kept: { [ada]: { plan: 'pro' } },
      })
    })

    it('is anonymous under a GUID of the random source it is given, and stays the same', () => {
      const first = start('anonymous')
      const { identity } = first.anonymous as { identity: string }
      expect(identity).toMatch(GUID)
      const again = start('nothing random', first)
      expect(again.anonymous).toMatchObject({ identity, source: 'network', state: 'fresh' })
    })
  })

  const start = (life: string) => live({ life, storage: 'MMKV 4' })

  it('never mixes up two users, and lets no e-mail address out', () => {
    const said = start('users')
    expect(said.ada).toMatchObject({ discount: 20, pending: 0, state: 'fresh' })
    expect(said['bob, at once']).toMatchObject({ discount: 0, source: 'defaults' })
    expect(said.bob).toMatchObject({ discount: 5, source: 'network', asked: 2 })
    expect(said['an e-mail address']).toEqual({ code: 'personal-identifier', identity: true })
    expect(said.nobody).toMatchObject({ discount: 5, source: 'network', asked: 3 })
    expect(said.nobody).not.toHaveProperty('identity')
  })

  it('asks for nothing in the background, and at once when the user is back', () => {
    const { polled, asleep, back } = start('background')['the app was away'] as Record<string, number>
    expect(polled).toBeGreaterThanOrEqual(9)
    expect([asleep, back]).toEqual([0, 1])
  })

  it('refreshes at the server’s word through the EventSource it is given, and closes it in the background', () => {
    const said = start('stream')
    expect(said['the server changed']).toMatchObject({
      banner: 'Sale!',
      asked: 2,
      url: 'https://flags.test/sse/environments/client-key/stream',
    })
    expect(said['in the background']).toEqual({ isClosed: true })
  })

  it('polls where there is no EventSource', () => {
    const { polls } = start('no stream')['half an hour'] as { polls: number }
    expect(polls).toBeGreaterThan(20)
  })

  it('counts what is read, and sends events', () => {
    const { posts } = start('counted').posted as { posts: { url: string; body: unknown }[] }
    expect(posts).toHaveLength(2)
    expect(posts).toContainEqual({
      url: 'https://flags.test/api/v1/analytics/flags/',
      body: { discount: 2 },
    })
    expect(JSON.stringify(posts)).toContain('purchase')
  })

  it('has flags and an error, and does not crash, where there is nothing random', () => {
    const said = start('nothing random')
    expect(said.anonymous).toMatchObject({
      source: 'network',
      error: 'unsupported',
      told: ['unsupported: [guidon] unsupported: no crypto'],
    })
    expect(said.anonymous).not.toHaveProperty('identity')
    expect(said['traits of nobody']).toMatchObject({ traits: 'unsupported', source: 'network' })
  })
})
