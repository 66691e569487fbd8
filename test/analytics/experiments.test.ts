// @vitest-environment happy-dom
import { HttpResponse } from 'msw'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { analytics, type ExperimentsOptions, experiments } from '../../src/analytics.ts'
import {
  type ClientOptions,
  type Flag,
  GuidonError,
  type Inside,
  memoryStorage,
  type Storage,
  transient,
} from '../../src/index.ts'
import { FakeStorage } from '../../src/testing.ts'
import { ada, answerTo, bob, type Call, useWorld } from '../world.ts'

const isPost = ({ url }: Call) => url.host === 'events.api.flagsmith.com'
const hide = () => window.dispatchEvent(new Event('pagehide'))

describe('events', () => {
  const world = useWorld()
  const accepted = () => HttpResponse.json({ accepted: 1, rejected: [] }, { status: 202 })
  let answer: () => Response | Promise<Response>

  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    answer = accepted
    world.net.respond = (call) =>
      isPost(call) ? answer() : answerTo(call, { color: 'red', size: 16, empty: null })
  })
  afterEach(() => void vi.useRealTimers())

  const batches = () =>
    world.net.calls
      .filter(isPost)
      .map(({ body }) => (body as never as { events: Record<string, unknown>[] }).events)
  const names = () => batches().map((events) => events.map(({ event }) => event))
  const soon = async () => {
    for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve))
  }
  const pass = async (ms: number) => {
    await vi.advanceTimersByTimeAsync(ms)
    await soon()
  }
  const open = async (options: Partial<ClientOptions> = {}, own: ExperimentsOptions = {}) => {
    const events = experiments(own)
    const flags = world.client({ identity: ada, storage: memoryStorage(), use: [events], ...options })
    await flags.ready({ from: 'network' })
    await soon()
    return { events, flags }
  }

  it('of a transient identity are refused, and those of nobody carry no traits', async () => {
    const stranger = await open({ identity: { id: ada, transient: true } })
    expect([stranger.events.track('seen'), stranger.events.exposure('color')]).toEqual([false, false])
    const { events } = await open({ identity: { traits: { plan: 'pro' } } })
    expect(events.track('seen')).toBe(true)
    await pass(10_000)
    expect(batches()).toEqual([[{ event: 'seen', timestamp: expect.any(Number) }]])
  })

  it('go to the events server with the key, the user, the persistent traits and the time', async () => {
    const { events, flags } = await open({
      identity: { id: ada, traits: { plan: 'pro', country: transient('FR') } },
    })
    const before = Date.now()
    expect(events.track('purchase', { value: 42, feature: 'color', metadata: { currency: 'EUR' } })).toBe(
      true,
    )
    expect(events.track('seen')).toBe(true)
    await pass(10_000)
    const [call] = world.net.calls.filter(isPost)
    expect(call?.url.href).toBe('https://events.api.flagsmith.com/v1/events')
    expect(call?.headers.get('X-Environment-Key')).toBe('client-key')
    expect(batches()).toEqual([
      [
        {
          event: 'purchase',
          feature_name: 'color',
          identifier: ada,
          value: 42,
          traits: { plan: 'pro' },
          metadata: { currency: 'EUR' },
          timestamp: expect.any(Number),
        },
        { event: 'seen', identifier: ada, traits: { plan: 'pro' }, timestamp: expect.any(Number) },
      ],
    ])
    const [{ timestamp }] = batches()[0] as [{ timestamp: number }]
    expect(timestamp).toBeGreaterThanOrEqual(before)
    expect(timestamp).toBeLessThanOrEqual(Date.now())
    expect(Number.isInteger(timestamp)).toBe(true)
    expect(JSON.stringify(batches())).not.toContain('FR')
    expect(flags.status.state).toBe('fresh')
  })

  it('go to another server when the app says so', async () => {
    const { events } = await open({}, { url: 'https://own.test/events' })
    events.track('purchase')
    await pass(10_000)
    expect(world.net.calls.map(({ url }) => url.href)).toContain('https://own.test/events/v1/events')
  })

  it('are of who the user was at the time', async () => {
    const { events, flags } = await open()
    events.track('a')
    await flags.identify(bob)
    events.track('b')
    await flags.reset()
    events.track('c')
    await pass(10_000)
    expect(batches()[0]?.map(({ identifier }) => identifier)).toEqual([ada, bob, undefined])
  })

  it('that happen several times in one moment are as many', async () => {
    const { events } = await open()
    for (let i = 0; i < 3; i++) events.track('click')
    await pass(10_000)
    expect(names()).toEqual([['click', 'click', 'click']])
  })

  it('are refused, without a throw, when they are not JSON', async () => {
    const { events } = await open()
    const ring: Record<string, unknown> = {}
    ring.ring = ring
    expect(events.track('a', { value: 1n })).toBe(false)
    expect(events.track('a', { metadata: ring })).toBe(false)
    await pass(20_000)
    expect(batches()).toEqual([])
  })

  it('are as they were when they happened, and hold nothing transient', async () => {
    const { events } = await open()
    const metadata = { page: 1, country: transient('FR'), list: [{ ip: transient('203.0.113.7') }] }
    expect(events.track('a', { value: transient(5), metadata })).toBe(true)
    metadata.page = 2
    await pass(10_000)
    expect(batches()[0]).toMatchObject([{ event: 'a', metadata: { page: 1, list: [{}] } }])
    expect(JSON.stringify(batches())).not.toMatch(/FR|203|value/)
  })

  it('never say that they are another’s, or of another time', async () => {
    const { events } = await open()
    events.track('a', { identifier: bob, timestamp: 0, event: 'b', traits: { admin: true } } as never)
    await pass(10_000)
    expect(batches()).toEqual([[{ event: 'a', identifier: ada, traits: {}, timestamp: expect.any(Number) }]])
    expect(batches()[0]?.[0]?.timestamp).toBeGreaterThan(0)
  })

  it('are not taken before there is a client, nor after it is closed', async () => {
    const events = experiments()
    expect(events.track('early')).toBe(false)
    expect(events.exposure('color')).toBe(false)
    const { events: its, flags } = await open()
    flags.close()
    expect(its.track('late')).toBe(false)
    hide()
    await pass(60_000)
    expect(vi.getTimerCount()).toBe(0)
    expect(batches()).toEqual([])
  })

  it('survive a reload and a time offline, in order', async () => {
    const storage = memoryStorage()
    const { events, flags } = await open({ storage })
    const { respond } = world.net
    world.net.offline()
    const told = world.told(flags)
    events.track('a')
    await pass(10_000)
    events.track('b')
    await pass(100_000)
    expect(told.error).toMatchObject([{ code: 'network' }])
    events.track('c')
    hide()
    flags.close()
    world.net.calls.length = 0
    world.net.respond = respond
    await open({ storage })
    await pass(60_000)
    expect(names()).toEqual([['a', 'b', 'c']])
  })

  it('are on the device as soon as they happened: a crash does not lose them', async () => {
    const storage = memoryStorage()
    const { events } = await open({ storage })
    for (const event of ['a', 'b', 'c']) events.track(event)
    await soon()
    // Neither a page hide nor `close()`: only what is on the device is left.
    const found = memoryStorage()
    for (const key of storage.keys() as Iterable<string>) found.set(key, storage.get(key) as string)
    const next = await open({ storage: found })
    next.events.track('d')
    await pass(10_000)
    expect(names()).toContainEqual(['a', 'b', 'c', 'd'])
  })

  it('stay on a device that has not answered yet when the page is gone', async () => {
    const kept = memoryStorage()
    let gone = false
    const later = async <T>(answer: () => T) => (gone ? new Promise<never>(() => {}) : answer())
    const storage = {
      get: (key: string) => later(() => kept.get(key)),
      set: (key: string, text: string) => later(() => kept.set(key, text)),
      delete: (key: string) => later(() => kept.delete(key)),
      keys: () => later(() => kept.keys()),
    } as Storage
    const { events } = await open({ storage })
    events.track('a')
    await soon()
    gone = true
    hide()
    await soon()
    await open({ storage: kept })
    await pass(10_000)
    expect(names()).toEqual([['a']])
  })

  it('stay on a device that could not be read', async () => {
    const storage = new FakeStorage()
    const first = await open({ storage })
    first.events.track('a')
    first.flags.close()
    await soon()
    storage.deny()
    await open({ storage })
    await pass(10_000)
    storage.recover()
    await open({ storage })
    await pass(10_000)
    expect(names()).toEqual([['a']])
  })

  it('are all kept when one comes while another is being written', async () => {
    const kept = memoryStorage()
    const storage = {
      get: async (key: string) => kept.get(key),
      set: (key: string, text: string) =>
        new Promise<void>((resolve) => setImmediate(() => resolve(kept.set(key, text) as undefined))),
      delete: async (key: string) => kept.delete(key),
      keys: async () => kept.keys(),
    }
    const { events, flags } = await open({ storage })
    events.track('a')
    for (let turn = 0; turn < 10; turn++) await Promise.resolve()
    events.track('b')
    await soon()
    flags.close()
    await soon()
    await open({ storage })
    await pass(10_000)
    expect(names()).toEqual([['a', 'b']])
  })

  it('stay on the device when the page goes away offline', async () => {
    const { events } = await open()
    events.track('a')
    const online = vi.spyOn(navigator, 'onLine', 'get').mockReturnValue(false)
    hide()
    await soon()
    expect(names()).toEqual([])
    online.mockRestore()
    await pass(10_000)
    expect(names()).toEqual([['a']])
  })

  it('are read from the device and written to it once for all of a moment', async () => {
    const storage = memoryStorage()
    const set = vi.spyOn(storage, 'set')
    const { events } = await open({ storage })
    set.mockClear()
    for (let i = 0; i < 100; i++) events.track('a')
    await soon()
    expect(set).toHaveBeenCalledTimes(1)
  })

  it('whose post had no answer when the client was closed are sent again', async () => {
    answer = () => new Promise(() => {})
    const storage = memoryStorage()
    const { events, flags } = await open({ storage })
    events.track('a')
    await pass(10_000)
    const told = world.told(flags)
    flags.close()
    await pass(10_000)
    expect(told.error).toEqual([])
    expect(vi.getTimerCount()).toBe(0)
    answer = accepted
    await open({ storage })
    await pass(10_000)
    expect(names()).toEqual([['a'], ['a']])
  })

  it('are tried again after 503, a minute later', async () => {
    answer = () => new Response('', { status: 503 })
    const { events } = await open()
    events.track('a')
    await pass(10_000)
    expect(names()).toEqual([['a']])
    await pass(59_999)
    expect(names()).toEqual([['a']])
    answer = accepted
    await pass(1)
    expect(names()).toEqual([['a'], ['a']])
    await pass(100_000)
    expect(names()).toHaveLength(2)
  })

  it.each([400, 413, 415, 422])(
    'of a batch that is answered %s are dropped, and later ones sent',
    async (status) => {
      answer = () => new Response('', { status })
      const { events } = await open()
      events.track('a')
      await pass(10_000)
      answer = accepted
      events.track('b')
      await pass(100_000)
      expect(names()).toEqual([['a'], ['b']])
    },
  )

  it.each([408, 429])('of a batch that is answered %s are sent again', async (status) => {
    answer = () => new Response('', { status })
    const { events } = await open()
    events.track('a')
    await pass(10_000)
    answer = accepted
    await pass(60_000)
    expect(names()).toEqual([['a'], ['a']])
  })

  it('that the server rejects from a batch are told by name and reason, and not sent again', async () => {
    const error = 'events[1].timestamp must not be more than 24h in the future'
    answer = () => HttpResponse.json({ accepted: 2, rejected: [{ index: 1, error }] }, { status: 202 })
    const { events, flags } = await open()
    const told = world.told(flags)
    events.track('a')
    events.track('b', { value: 'a value' })
    events.track('c')
    await pass(10_000)
    events.track('d')
    events.track('e')
    await pass(100_000)
    expect(names()).toEqual([
      ['a', 'b', 'c'],
      ['d', 'e'],
    ])
    expect(told.error).toMatchObject([{ code: 'http' }, { code: 'http' }])
    expect(told.error[0]).toBeInstanceOf(GuidonError)
    expect(told.error[0]?.message).toBe(`[guidon] http: b: ${error}`)
    expect(told.error[1]?.message).toContain('e: ')
    expect(told.error[0]?.message).not.toContain('a value')
  })

  it.each(['', '{}', 'null', '<html>'])('are done when the server says so with %j', async (text) => {
    answer = () => new Response(text, { status: 202 })
    const { events, flags } = await open()
    const told = world.told(flags)
    events.track('a')
    await pass(100_000)
    expect(names()).toEqual([['a']])
    expect(told.error).toEqual([])
  })

  it('are bounded: of more than a thousand that wait the oldest go', async () => {
    answer = () => new Response('', { status: 503 })
    const storage = memoryStorage()
    const { events, flags } = await open({ storage })
    for (let i = 0; i < 1_010; i++) events.track(`event ${i}`)
    flags.close()
    await soon()
    answer = accepted
    world.net.calls.length = 0
    await open({ storage })
    await pass(1_000_000)
    expect(names().flat()).toEqual(Array.from({ length: 1_000 }, (_, i) => `event ${i + 10}`))
  })

  it('that are many leave in several requests, each small enough to outlive a page', async () => {
    const { events } = await open()
    for (let i = 0; i < 500; i++) events.track(`event ${i}`, { value: '€'.repeat(20) })
    await pass(200_000)
    expect(names().flat()).toEqual(Array.from({ length: 500 }, (_, i) => `event ${i}`))
    for (const { body } of world.net.calls.filter(isPost))
      expect(new TextEncoder().encode(JSON.stringify(body)).length).toBeLessThan(65_536)
  })

  it('that is alone larger than what may outlive a page goes without that', async () => {
    const keepalive: unknown[] = []
    const { events } = await open({
      fetch: (url, init) => {
        if (`${url}`.includes('events')) keepalive.push(init?.keepalive)
        return fetch(url, init)
      },
    })
    events.track('a')
    await pass(10_000)
    events.track('large', { value: 'x'.repeat(100_000) })
    events.track('b')
    await pass(100_000)
    expect(names()).toEqual([['a'], ['large'], ['b']])
    expect(keepalive).toEqual([true, false, true])
  })

  it('are not taken without consent', async () => {
    const events = experiments()
    const { flags } = await open({ use: [events], consent: { analytics: false } })
    expect(events.track('a')).toBe(false)
    expect(events.exposure('color')).toBe(false)
    flags.setConsent({ analytics: true })
    expect(events.track('b')).toBe(true)
    expect(events.exposure('color')).toBe(true)
    await pass(10_000)
    expect(names()).toEqual([['b', '$flag_exposure']])
  })

  it('that wait are removed from the device when consent is withdrawn', async () => {
    const storage = memoryStorage()
    const events = experiments()
    const { flags } = await open({ storage, use: [events] })
    const waiting = () => [...(storage.keys() as Iterable<string>)].filter((key) => key.endsWith('events'))
    events.track('a')
    await soon()
    expect(waiting()).toHaveLength(1)
    flags.setConsent({ analytics: false })
    hide()
    await soon()
    expect(waiting()).toEqual([])
    flags.setConsent({ analytics: true })
    events.track('b')
    await pass(10_000)
    expect(names()).toEqual([['b']])
  })

  it('of exposure are sent once for each user and variant', async () => {
    const { events, flags } = await open()
    expect(events.exposure('color')).toBe(true)
    expect(events.exposure('color')).toBe(false)
    await pass(10_000)
    expect(events.exposure('color')).toBe(false)
    expect(events.exposure('nothing')).toBe(false)
    expect(events.exposure('__proto__')).toBe(false)
    await flags.identify(bob)
    expect(events.exposure('color')).toBe(true)
    world.net.respond = (call) => (isPost(call) ? answer() : answerTo(call, { color: 'blue' }))
    await flags.refresh()
    expect(events.exposure('color')).toBe(true)
    await pass(10_000)
    expect(
      batches()
        .flat()
        .map(({ event, feature_name, identifier, value }) => [event, feature_name, identifier, value]),
    ).toEqual([
      ['$flag_exposure', 'color', ada, 'red'],
      ['$flag_exposure', 'color', bob, 'red'],
      ['$flag_exposure', 'color', bob, 'blue'],
    ])
  })

  it('of exposure are neither of overridden flags nor counted as evaluations', async () => {
    const override = ({ client }: Inside) => {
      const { all } = client
      client.all = () => ({ ...all(), size: { ...all().size, source: 'override' } as Flag })
    }
    const events = experiments()
    await open({ use: [override, analytics(), events] })
    expect(events.exposure('size')).toBe(false)
    expect(events.exposure('color')).toBe(true)
    await pass(20_000)
    expect(world.net.calls.filter(({ url }) => url.pathname.includes('analytics'))).toEqual([])
  })

  it('of a client that follows another go on, for its environment', async () => {
    const { events, flags } = await open()
    events.track('a')
    flags.close()
    const next = world.client({ environmentKey: 'another', storage: memoryStorage(), use: [events] })
    await next.ready({ from: 'network' })
    events.track('b')
    await pass(10_000)
    expect(names()).toEqual([['b']])
    expect(world.net.calls.find(isPost)?.headers.get('X-Environment-Key')).toBe('another')
  })
})
