// @vitest-environment happy-dom
import { HttpResponse } from 'msw'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { analytics, type ExperimentsOptions, experiments } from '../../src/analytics.ts'
import { type ClientOptions, type Flag, type Inside, memoryStorage, transient } from '../../src/index.ts'
import { ada, answerTo, bob, type Call, useWorld } from '../world.ts'
import { agreed } from './consent.ts'

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
    expect(batches()).toEqual([[{ event: 'seen', traits: {}, timestamp: expect.any(Number) }]])
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

  it('are refused, without a throw, where the server would refuse them', async () => {
    const { events } = await open()
    const ring: Record<string, unknown> = {}
    ring.ring = ring
    for (const [event, details] of [
      [''],
      ['$flag_exposure'],
      ['x'.repeat(257)],
      ['a', { feature: 'x'.repeat(2_001) }],
      ['a', { value: 'x'.repeat(131_073) }],
      ['a', { value: 1n << 1n, metadata: { big: 1n } }],
      ['a', { metadata: { x: 'x'.repeat(8_192) } }],
      ['a', { metadata: ring }],
    ] as never[][]) {
      expect(events.track(event as never, details), String(event).slice(0, 20)).toBe(false)
    }
    await pass(20_000)
    expect(batches()).toEqual([])
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

  it('that were not answered when the client was closed are sent again', async () => {
    answer = () => new Promise(() => {})
    const storage = memoryStorage()
    const { events, flags } = await open({ storage })
    events.track('a')
    await pass(10_000)
    flags.close()
    await soon()
    answer = accepted
    await open({ storage })
    await pass(10_000)
    expect(names()).toEqual([['a'], ['a']])
  })

  it('are tried again after 503, with a longer wait each time', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(1)
    answer = () => new Response('', { status: 503 })
    const { events } = await open()
    events.track('a')
    await pass(10_000)
    expect(batches()).toHaveLength(1)
    await pass(999)
    expect(batches()).toHaveLength(1)
    await pass(1)
    expect(batches()).toHaveLength(2)
    await pass(1_999)
    expect(batches()).toHaveLength(2)
    answer = accepted
    await pass(1)
    await pass(100_000)
    expect(names()).toEqual([['a'], ['a'], ['a']])
    vi.mocked(Math.random).mockRestore()
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
      expect(events.dropped).toBe(1)
    },
  )

  it.each([401, 403])('end for the session after %s', async (status) => {
    answer = () => new Response('', { status })
    const { events, flags } = await open()
    const told = world.told(flags)
    events.track('a')
    await pass(10_000)
    expect(events.track('b')).toBe(false)
    await pass(100_000)
    expect(batches()).toHaveLength(1)
    expect(told.error).toMatchObject([{ status }])
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
    expect(told.error).toMatchObject([
      { name: 'GuidonError', code: 'http' },
      { name: 'GuidonError', code: 'http' },
    ])
    expect(told.error[0]?.message).toBe(`b: ${error}`)
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

  it('are bounded: the oldest goes, and is counted', async () => {
    const storage = memoryStorage()
    world.net.calls.length = 0
    answer = () => new Response('', { status: 503 })
    const { events } = await open({ storage }, { maxEvents: 3 })
    for (const event of ['a', 'b', 'c', 'd']) events.track(event)
    expect(events.dropped).toBe(1)
    await pass(10_000)
    events.track('e')
    answer = accepted
    await pass(60_000)
    expect(names().at(-1)).toEqual(['c', 'd', 'e'])
    expect(events.dropped).toBe(2)
  })

  it('that are many leave in several requests, each small enough to outlive a page', async () => {
    const { events } = await open()
    for (let i = 0; i < 500; i++) events.track(`event ${i}`, { value: '€'.repeat(20) })
    await pass(10_000)
    await pass(1_000)
    expect(names().flat()).toEqual(Array.from({ length: 500 }, (_, i) => `event ${i}`))
    for (const { body } of world.net.calls.filter(isPost))
      expect(new TextEncoder().encode(JSON.stringify(body)).length).toBeLessThan(65_536)
  })

  it('are not taken without consent', async () => {
    const consent = { analytics: false }
    const events = experiments()
    await open({ use: [agreed(consent), events] })
    expect(events.track('a')).toBe(false)
    expect(events.exposure('color')).toBe(false)
    consent.analytics = true
    expect(events.track('b')).toBe(true)
    expect(events.exposure('color')).toBe(true)
    await pass(10_000)
    expect(names()).toEqual([['b', '$flag_exposure']])
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
