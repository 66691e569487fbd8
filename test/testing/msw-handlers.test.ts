import { http } from 'msw'
import { setupServer } from 'msw/node'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { createEdge } from '../../src/edge.ts'
import { type ClientOptions, createClient, memoryStorage } from '../../src/index.ts'
import { realtime } from '../../src/live.ts'
import { environment, mswHandlers } from '../../src/testing.ts'
import { ada } from '../world.ts'

const edge = createEdge({
  document: environment({
    flags: { title: 'Hello' },
    segments: [{ when: { plan: 'pro' }, flags: { title: 'Dear' } }],
  }),
})
const server = setupServer()
beforeAll(() => server.listen({ onUnhandledRequest: 'error' }))
afterEach(() => server.resetHandlers())
afterAll(() => {
  server.close()
  edge.close()
})

/** The app's own client, which knows nothing of a test. */
const open = (options: Partial<ClientOptions> = {}) =>
  createClient({ environmentKey: 'test-key', storage: memoryStorage(), retries: 0, ...options })

describe('handlers for MSW', () => {
  it.each([
    ['Flagsmith’s own', undefined],
    ['an address of the app’s', 'https://flags.test/api/v1/'],
    ['one without its slash, and not at the root', 'https://shop.test/proxy/flags/v1'],
  ])('answer what the app asks of %s', async (_, api) => {
    server.use(...mswHandlers(http, edge, { api }))
    const flags = open({ api, identity: { id: ada, traits: { plan: 'pro' } } })
    expect(await flags.ready({ from: 'network' })).toMatchObject({ source: 'network' })
    expect(flags.value('title', '')).toBe('Dear')
    await flags.identify(crypto.randomUUID())
    expect(flags.value('title', '')).toBe('Hello')
    flags.close()
  })

  it('say which key is wrong, as the server does', async () => {
    server.use(...mswHandlers(http, edge))
    const flags = open({ environmentKey: 'other' })
    expect(await flags.ready({ from: 'network' })).toMatchObject({ error: { code: 'http', status: 403 } })
  })

  it('answer a page that asks its own host', async () => {
    const [flags, streams] = mswHandlers(
      {
        all: (path: string, answer: (info: { request: Request }) => Promise<Response>) => ({ path, answer }),
      },
      edge,
      { api: '/proxy/api/v1' },
    )
    expect([flags?.path, streams?.path]).toEqual(['/proxy/api/v1/*', '/sse/*'])
    const headers = { 'X-Environment-Key': 'test-key' }
    const request = new Request('https://shop.test/proxy/api/v1/flags/', { headers })
    expect((await flags?.answer({ request }))?.status).toBe(200)
  })

  it('leave all other addresses alone', async () => {
    server.use(
      ...mswHandlers(http, edge, { api: 'https://shop.test/api/v1/' }),
      http.get('https://shop.test/api/*', () => new Response('of the shop')),
    )
    expect(await (await fetch('https://shop.test/api/carts/1')).text()).toBe('of the shop')
  })

  it.each([undefined, 'https://shop.test/proxy/flags/v1/'])(
    'tell the app at once what changes, over its event stream (api: %s)',
    async (api) => {
      server.use(...mswHandlers(http, edge, { api }))
      const flags = open({ api, use: [realtime()] })
      await flags.ready({ from: 'network' })
      // The stream is there when a change arrives.
      await vi.waitFor(
        () => {
          edge.replace(environment({ flags: { title: `Hello again, ${Date.now()}` } }))
          expect(flags.value('title', '')).toContain('again')
        },
        { timeout: 4_000 },
      )
      flags.close()
    },
  )
})
