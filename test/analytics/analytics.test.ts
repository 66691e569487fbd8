// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { analytics } from '../../src/analytics.ts'
import { createEdge } from '../../src/edge.ts'
import { type ClientOptions, memoryStorage, type Storage } from '../../src/index.ts'
import { FakeStorage } from '../../src/testing.ts'
import { ada, answerTo, type Call, useWorld } from '../world.ts'

const FLAGS = { color: 'red', size: 16, theme: '{"dark":true}', ['__proto__']: 'x', constructor: 'y' }
const isPost = ({ url }: Call) => url.pathname.endsWith('/analytics/flags/')
/** What the device keeps for a later post. */
const waiting = (storage: Storage) =>
  [...(storage.keys() as Iterable<string>)].filter((key) => key.endsWith('.analytics/flags/'))
const hide = () => window.dispatchEvent(new Event('pagehide'))

describe('counts of evaluations', () => {
  const world = useWorld()
  /** How analytics posts are answered. */
  let answer: () => Response | Promise<Response>

  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    answer = () => new Response('')
    world.net.respond = (call) =>
      isPost(call)
        ? answer()
        : answerTo(call, Object.fromEntries([...Object.entries(FLAGS), ['__proto__', 'x']]))
  })
  afterEach(() => void vi.useRealTimers())

  const posts = () => world.net.calls.filter(isPost).map(({ body }) => body as unknown)
  const sum = (name: string) =>
    (posts() as Record<string, number>[]).reduce((total, counts) => total + (counts[name] ?? 0), 0)
  /** What is on its way arrives, and no timer fires. */
  const soon = async () => {
    for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve))
  }
  const pass = async (ms: number) => {
    await vi.advanceTimersByTimeAsync(ms)
    await soon()
  }
  const open = async (options: Partial<ClientOptions> = {}) => {
    const flags = world.client({ identity: ada, storage: memoryStorage(), use: [analytics()], ...options })
    await flags.ready({ from: 'network' })
    await soon()
    return flags
  }

  it('are posted in one batch, names and numbers only', async () => {
    const flags = await open()
    flags.isEnabled('color')
    flags.value('color', '')
    flags.value('color', 5)
    flags.flag('color')
    flags.json('theme')
    await pass(10_000)
    expect(posts()).toEqual([{ color: 4, theme: 1 }])
    expect(world.net.calls.find(isPost)?.headers.get('X-Environment-Key')).toBe('client-key')
  })

  it('are of reads: what is returned is what the client returns, and all() counts nothing', async () => {
    const flags = await open()
    expect(flags.isEnabled('color')).toBe(true)
    expect(flags.isEnabled('nothing', true)).toBe(true)
    expect(flags.value('size', 1)).toBe(16)
    expect(flags.json('theme', { fallback: 1 })).toEqual({ dark: true })
    expect(flags.flag('size')?.value).toBe(16)
    flags.all()
    await pass(10_000)
    expect(posts()).toEqual([{ color: 1, nothing: 1, size: 2, theme: 1 }])
  })

  it('are also of what onFlag hands over', async () => {
    const flags = await open()
    const heard: unknown[] = []
    flags.onFlag('color', (flag) => heard.push(flag?.value))
    world.net.respond = (call) => (isPost(call) ? answer() : answerTo(call, { ...FLAGS, color: 'blue' }))
    await flags.refresh()
    await pass(10_000)
    expect(heard).toEqual(['blue'])
    expect(posts()).toEqual([{ color: 1 }])
  })

  it('never make a read throw, whatever the name', async () => {
    const flags = await open()
    for (const name of [undefined, null, 5, {}, Symbol('a symbol')]) {
      expect(flags.isEnabled(name as never, true)).toBe(true)
      expect(flags.flag(name as never)).toBeUndefined()
    }
  })

  it('are of flags with any name', async () => {
    const flags = await open()
    for (const name of ['__proto__', '__proto__', 'constructor']) flags.isEnabled(name)
    const send = vi.spyOn(JSON, 'stringify')
    await pass(10_000)
    expect(send.mock.results.map(({ value }) => value)).toContain('{"__proto__":2,"constructor":1}')
    send.mockRestore()
  })

  it('are not sent when there are none', async () => {
    await open()
    hide()
    await pass(120_000)
    expect(posts()).toEqual([])
  })

  it('made during a post are kept for the next', async () => {
    let reply = (_: Response) => {}
    answer = () => new Promise((resolve) => (reply = resolve))
    const flags = await open()
    flags.isEnabled('color')
    await pass(9_999)
    await pass(1)
    flags.isEnabled('color')
    flags.isEnabled('size')
    reply(new Response(''))
    await soon()
    answer = () => new Response('')
    await pass(10_000)
    expect(posts()).toEqual([{ color: 1 }, { color: 1, size: 1 }])
  })

  it('of a failed post come with a later one, each once', async () => {
    answer = () => new Response('', { status: 503 })
    const flags = await open()
    const told = world.told(flags)
    for (let i = 0; i < 5; i++) flags.isEnabled('color')
    await pass(10_000)
    for (let i = 0; i < 2; i++) flags.isEnabled('color')
    await pass(60_000)
    expect(posts()).toEqual([{ color: 5 }, { color: 7 }])
    expect(told.error).toMatchObject([{ code: 'http', status: 503 }])
    world.net.calls.length = 0
    answer = () => new Response('')
    await pass(60_000)
    expect(posts()).toEqual([{ color: 7 }])
    await pass(120_000)
    expect(posts()).toHaveLength(1)
  })

  it.each(['memory', 'a storage that answers later'])('survive a reload: %s', async (kind) => {
    const kept = memoryStorage()
    const storage =
      kind === 'memory'
        ? kept
        : {
            get: async (key: string) => kept.get(key),
            set: async (key: string, text: string) => kept.set(key, text),
            delete: async (key: string) => kept.delete(key),
            keys: async () => kept.keys(),
          }
    const { respond } = world.net
    const flags = await open({ storage })
    flags.isEnabled('color')
    world.net.offline()
    await pass(10_000)
    flags.isEnabled('color')
    flags.isEnabled('size')
    flags.close()
    await soon()
    world.net.calls.length = 0
    world.net.respond = respond
    const next = await open({ storage })
    next.isEnabled('size')
    await pass(10_000)
    expect(posts()).toEqual([{ color: 2, size: 2 }])
    await pass(60_000)
    expect(posts()).toHaveLength(1)
    next.close()
    await soon()
    expect(waiting(kept)).toEqual([])
  })

  it('leave with the page in a request that outlives it, and are not sent again by the next', async () => {
    const sent: RequestInit[] = []
    const storage = memoryStorage()
    const fetch = (async (url: string, init: RequestInit) => {
      if (!url.includes('analytics')) return answerTo({ url: new URL(url) } as Call, FLAGS)
      sent.push(init)
      return sent.length === 1 ? new Promise(() => {}) : new Response('')
    }) as never
    const flags = await open({ storage, fetch, timeoutMs: 100_000 })
    flags.isEnabled('color')
    hide()
    await soon()
    expect(sent).toMatchObject([{ method: 'POST', keepalive: true, body: '{"color":1}' }])
    // The page is gone, its answer never heard.
    await open({ storage, fetch })
    await pass(11_000)
    expect(sent).toHaveLength(1)
  })

  it('leave when the page is hidden', async () => {
    const flags = await open()
    flags.isEnabled('color')
    Object.defineProperty(document, 'visibilityState', { value: 'hidden', configurable: true })
    document.dispatchEvent(new Event('visibilitychange'))
    await soon()
    expect(posts()).toEqual([{ color: 1 }])
    Reflect.deleteProperty(document, 'visibilityState')
  })

  it('stay on the device when the page goes while the server fails', async () => {
    answer = () => new Response('', { status: 503 })
    const storage = memoryStorage()
    const flags = await open({ storage })
    flags.isEnabled('color')
    await pass(10_000)
    const { length } = posts()
    flags.isEnabled('color')
    hide()
    await soon()
    expect(posts()).toHaveLength(length)
    expect(waiting(storage).map((key) => storage.get(key))).toEqual(['[{"color":2}]'])
  })

  it.each([403, 404])(
    'are told once, and posted once a minute at most, where the answer is %s',
    async (status) => {
      answer = () => new Response('', { status })
      const flags = await open()
      const told = world.told(flags)
      for (let i = 0; i < 60; i++) {
        flags.isEnabled('color')
        hide()
        await pass(10_000)
      }
      expect(posts().length).toBeLessThanOrEqual(10)
      expect(sum('color')).toBeLessThanOrEqual(60)
      expect(told.error).toMatchObject([{ status }])
      expect(flags.isEnabled('color')).toBe(true)
    },
  )

  it('of a batch that the server refuses are dropped, and later ones sent', async () => {
    answer = () => new Response('', { status: 400 })
    const flags = await open()
    flags.isEnabled('color')
    await pass(10_000)
    answer = () => new Response('')
    flags.isEnabled('size')
    await pass(60_000)
    expect(posts()).toEqual([{ color: 1 }, { size: 1 }])
  })

  it('of two clients on one page are each sent once, also when the first post fails', async () => {
    answer = () => new Response('', { status: 503 })
    const storage = memoryStorage()
    const one = await open({ storage })
    const two = await open({ storage })
    one.isEnabled('color')
    two.isEnabled('color')
    two.isEnabled('size')
    await pass(10_000)
    world.net.calls.length = 0
    answer = () => new Response('')
    await pass(60_000)
    expect([sum('color'), sum('size')]).toEqual([2, 1])
  })

  it('of one client do not wait for the storage of another', async () => {
    const storage = new FakeStorage()
    storage.hold()
    const stuck = await open({ storage })
    const flags = await open()
    stuck.isEnabled('size')
    flags.isEnabled('color')
    await pass(10_000)
    expect(posts()).toEqual([{ color: 1 }])
  })

  it('of two clients that share a storage are all kept when both go in one moment', async () => {
    answer = () => new Response('', { status: 503 })
    const storage = memoryStorage()
    const both = [await open({ storage }), await open({ storage })]
    for (const flags of both) flags.isEnabled('color')
    for (const flags of both) flags.close()
    await soon()
    answer = () => new Response('')
    await open({ storage })
    await pass(10_000)
    expect(posts()).toEqual([{ color: 2 }])
  })

  it('stay in memory when the storage is full, broken or nonsense', async () => {
    const full = new FakeStorage()
    full.fill()
    const broken = new FakeStorage()
    broken.deny()
    const nonsense = {
      ...memoryStorage(),
      get: () => '{"color":[1]',
      set: () => {},
      delete: () => {},
      keys: () => [],
    }
    for (const storage of [full, nonsense, broken]) {
      world.net.calls.length = 0
      answer = () => new Response('', { status: 503 })
      const flags = await open({ storage })
      flags.isEnabled('color')
      flags.isEnabled('color')
      if (storage !== nonsense) {
        hide()
        await pass(1)
      }
      answer = () => new Response('')
      world.net.calls.length = 0
      await pass(60_000)
      expect(sum('color')).toBe(2)
      flags.close()
    }
  })

  it('do not wait for ever for a network that hangs', async () => {
    answer = () => new Promise(() => {})
    const flags = await open({ timeoutMs: 1_000 })
    flags.isEnabled('color')
    await pass(10_000)
    answer = () => new Response('')
    await pass(61_000)
    expect(posts()).toEqual([{ color: 1 }, { color: 1 }])
  })

  it.each(['the next read', 'the timer', 'the page goes away'])(
    'are not made without consent, and what waits is removed by %s',
    async (when) => {
      answer = () => new Response('', { status: 503 })
      const storage = memoryStorage()
      const flags = await open({ storage })
      flags.isEnabled('color')
      await pass(10_000)
      expect(waiting(storage)).toHaveLength(1)
      flags.isEnabled('size')
      flags.setConsent({ analytics: false })
      const { length } = posts()
      if (when === 'the next read') flags.isEnabled('color')
      if (when === 'the page goes away') hide()
      await (when === 'the timer' ? pass(60_000) : soon())
      expect(waiting(storage)).toEqual([])
      flags.setConsent({ analytics: true })
      answer = () => new Response('')
      flags.isEnabled('theme')
      await pass(60_000)
      expect(posts().slice(length)).toEqual([{ theme: 1 }])
    },
  )

  it('are never made, nor kept, while consent is refused', async () => {
    const storage = memoryStorage()
    const flags = await open({ storage, consent: { analytics: false } })
    flags.isEnabled('color')
    hide()
    await pass(60_000)
    flags.isEnabled('color')
    flags.close()
    await soon()
    expect(posts()).toEqual([])
    expect(waiting(storage)).toEqual([])
  })

  it('of a failed post are not kept when consent was withdrawn meanwhile', async () => {
    let reply = (_: Response) => {}
    answer = () => new Promise((resolve) => (reply = resolve))
    const storage = memoryStorage()
    const flags = await open({ storage })
    flags.isEnabled('color')
    await pass(10_000)
    flags.setConsent({ analytics: false })
    reply(new Response('', { status: 503 }))
    await soon()
    expect(waiting(storage)).toEqual([])
    await pass(120_000)
    expect(posts()).toHaveLength(1)
  })

  it('end with the client: no timer and no listener is left', async () => {
    vi.useRealTimers()
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const flags = await open()
    flags.isEnabled('color')
    flags.close()
    await soon()
    expect(vi.getTimerCount()).toBe(0)
    flags.isEnabled('color')
    hide()
    expect(vi.getTimerCount()).toBe(0)
    await pass(60_000)
    expect(posts()).toEqual([])
  })

  it('are accepted by our own server', async () => {
    const edge = createEdge({
      document: {
        api_key: 'client-key',
        project: { segments: [] },
        feature_states: [
          { feature: { id: 1, name: 'color', type: 'STANDARD' }, enabled: true, feature_state_value: 'red' },
        ],
      } as never,
    })
    const statuses: number[] = []
    world.net.serve({
      handler: async (request) => {
        const response = await edge.handler(request)
        if (request.url.includes('analytics')) statuses.push(response.status)
        return response
      },
    })
    const flags = await open()
    flags.isEnabled('color')
    await pass(10_000)
    expect(posts()).toEqual([{ color: 1 }])
    expect(statuses).toEqual([200])
  })
})
