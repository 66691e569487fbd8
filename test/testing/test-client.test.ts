import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createEdge } from '../../src/edge.ts'
import { type ClientEvents, GuidonError, type Storage, transient } from '../../src/index.ts'
import { lifecycle } from '../../src/live.ts'
import { environment, FakeStorage, testClient } from '../../src/testing.ts'
import { ada, bob } from '../world.ts'

/** What a client tells from now on. */
const hear = (flags: ReturnType<typeof testClient>) => {
  const told: string[] = []
  flags.on('change', ({ changed, source }: ClientEvents['change']) => told.push(`${changed} of ${source}`))
  flags.on('status', ({ state }) => told.push(state))
  flags.on('error', ({ code }) => told.push(code))
  flags.on('guard', ({ kind }) => told.push(kind))
  return told
}

// Whatever a test here does, no clock moves, and nothing is waited for.
beforeEach(() => void vi.useFakeTimers())
afterEach(() => {
  expect(vi.getTimerCount(), 'timers that are left').toBe(0)
  vi.useRealTimers()
})

describe('a client for tests', () => {
  it('has its flags on the next line, as a server would have given them', () => {
    const flags = testClient({
      flags: { 'new-checkout': true, 'old-checkout': false, title: 'Hello', size: 16 },
    })
    expect([flags.isEnabled('new-checkout'), flags.isEnabled('old-checkout')]).toEqual([true, false])
    expect([flags.value('title', ''), flags.value('size', 0)]).toEqual(['Hello', 16])
    expect(flags.flag('title')).toEqual({
      name: 'title',
      enabled: true,
      value: 'Hello',
      source: 'network',
      stale: false,
    })
    expect(flags.status).toEqual({ state: 'fresh' })
  })

  it('asks nobody, keeps nothing where others would find it, and tells that it is fresh', async () => {
    const fetch = vi.spyOn(globalThis, 'fetch')
    const flags = testClient({ flags: { title: 'Hello' }, identity: ada })
    const told = hear(flags)
    expect(await flags.ready({ from: 'network' })).toEqual({ source: 'network', ageMs: 1, stale: false })
    await flags.settled()
    expect([flags.requests, told]).toEqual([[], ['fresh']])
    expect(fetch).not.toHaveBeenCalled()
    fetch.mockRestore()
  })

  it('knows flags that are on and have no value, a value without being on, both, and a variant', () => {
    const flags = testClient({
      flags: {
        on: true,
        off: { enabled: false, value: 'kept' },
        open: { value: true },
        hero: { value: 'left', variant: 'a' },
        nothing: undefined,
      },
    })
    expect(flags.value('on', 'none')).toBe('none')
    expect([flags.isEnabled('off'), flags.value('off', '')]).toEqual([false, 'kept'])
    expect(flags.value('open', false)).toBe(true)
    expect(flags.flag('hero')?.variant).toBe('a')
    expect(flags.flag('nothing')).toBeUndefined()
  })

  it('takes any name for a flag', () => {
    const names = ['__proto__', 'constructor', '', '🚩']
    const flags = testClient({ flags: Object.fromEntries(names.map((name) => [name, `of ${name}`])) })
    for (const name of names) expect(flags.value(name, '')).toBe(`of ${name}`)
  })

  it.each([
    ['an object for a value', { value: {} }],
    ['JSON that is not a text', { accent: 'red' }],
    ['a list', []],
    ['a switch that is a text', { enabled: 'yes' }],
    ['a function', () => true],
  ])('refuses what no flag can be: %s', (_, bad) => {
    const error = { code: 'invalid-option', message: expect.stringContaining("'title'") }
    expect(() => testClient({ flags: { title: bad as never } })).toThrow(expect.objectContaining(error))
    expect(() => testClient().set('title', bad as never)).toThrow(GuidonError)
  })

  it('is a client of its own each time', async () => {
    const [one, two] = [testClient({ flags: { size: 1 } }), testClient({ flags: { size: 2 } })]
    await one.set('size', 3)
    await one.setTraits({ plan: 'pro' })
    expect([one.value('size', 0), two.value('size', 0)]).toEqual([3, 2])
    expect([one.requests.length, two.requests.length]).toEqual([1, 0])
    expect(two.traits()).toEqual({})
  })

  it('has all that createClient() takes: its guards, its policies, its extensions, its defaults', async () => {
    const heard: string[] = []
    const flags = testClient({
      flags: { size: 1, theme: 'dark' },
      defaults: { flags: { size: { enabled: true, value: 0 }, bundled: { enabled: true, value: 'b' } } },
      apply: { size: 'next-start' },
      maxAgeMs: 1_000,
      use: [lifecycle(), ({ client }) => client.on('change', ({ changed }) => heard.push(...changed))],
    })
    await flags.set('size', 2)
    await flags.set('theme', 'light')
    expect([flags.value('size', 0), flags.flag('size')?.next?.value]).toEqual([1, 2])
    expect(heard).toEqual(['theme'])
    expect(flags.flag('bundled')).toBeUndefined()
    vi.setSystemTime(Date.now() + 1_001)
    vi.advanceTimersByTime(1_001)
    expect(flags.status.state).toBe('stale')
    flags.close()
  })

  it('starts the same for whom a GUID is yet to be made: anonymous, or by a hash', async () => {
    const storage = new FakeStorage()
    const first = testClient({ flags: { size: 1 }, anonymous: true, storage })
    expect([first.value('size', 0), first.status.state]).toEqual([1, 'refreshing'])
    await first.settled()
    expect(testClient({ anonymous: true, storage }).identity).toBe(first.identity)
    const guards = { personal: 'hash', salt: 'a text of this app' } as const
    const hashed = testClient({ flags: { size: 1 }, identity: 'ada@example.org', guards })
    await vi.waitUntil(() => hashed.identity)
    await hashed.settled()
    expect(hashed.value('size', 0)).toBe(1)
    expect(hashed.requests.map(({ identifier }) => identifier)).toEqual([hashed.identity])
  })

  it('has guards: who is personal data is refused, and nothing of it leaves', async () => {
    const flags = testClient({ flags: { size: 1 }, identity: 'ada@example.org' })
    const told = hear(flags)
    await flags.settled()
    expect(flags.identity).toBeUndefined()
    expect(told).toContain('personal-identifier')
    await expect(flags.identify('grace@example.org')).rejects.toMatchObject({ code: 'personal-identifier' })
    expect(flags.value('size', 0)).toBe(1)
    expect(JSON.stringify(flags.requests)).not.toContain('example.org')
  })
})

describe('set()', () => {
  it('changes a flag: readers see it on the next line, listeners before its promise is through', async () => {
    const flags = testClient({ flags: { title: 'Hello' } })
    const told = hear(flags)
    const done = flags.set('title', 'Good day')
    expect(flags.value('title', '')).toBe('Good day')
    await done
    expect(told).toEqual(['title of network', 'fresh'])
    expect(flags.requests).toEqual([])
  })

  it('says of a flag what it says, and leaves the rest', async () => {
    const flags = testClient({ flags: { title: { value: 'Hello', variant: 'a' } } })
    const shown = () => {
      const { enabled, value, variant } = flags.flag('title') ?? {}
      return [enabled, value, variant]
    }
    await flags.set('title', false)
    expect(shown()).toEqual([false, 'Hello', 'a'])
    await flags.set('title', { value: 'Bonjour', variant: 'b' })
    expect(shown()).toEqual([false, 'Bonjour', 'b'])
    await flags.set('title', 'Ciao')
    expect(shown()).toEqual([false, 'Ciao', undefined])
    await flags.set('title', { enabled: true, value: null })
    expect(shown()).toEqual([true, null, undefined])
    await flags.set('title', undefined)
    expect(shown()).toEqual([undefined, undefined, undefined])
    await flags.set('title', true)
    expect(shown()).toEqual([true, null, undefined])
  })

  it('tells once of two flags that are set in one go, and nobody of one that is what it was', async () => {
    const flags = testClient({ flags: { a: 1, b: 1, c: 1 } })
    const told = hear(flags)
    flags.set('a', 2)
    await flags.set('b', 2)
    await flags.set('c', 1)
    expect(told).toEqual(['a,b of network', 'fresh'])
  })

  it('is what the server says from then on, to the next user as well', async () => {
    const flags = testClient({ flags: { title: 'Hello' }, identity: ada })
    await flags.set('title', 'Good day')
    await flags.refresh()
    expect(flags.value('title', '')).toBe('Good day')
    await flags.identify(bob)
    expect([flags.identity, flags.value('title', '')]).toEqual([bob, 'Good day'])
    await flags.set('title', 'Bonjour')
    expect(flags.value('title', '')).toBe('Bonjour')
    await flags.reset()
    expect([flags.identity, flags.value('title', '')]).toEqual([undefined, 'Bonjour'])
  })

  it('is written to the storage with the next refresh, and not before', async () => {
    const storage = new FakeStorage()
    const flags = testClient({ flags: { size: 1 }, identity: ada, storage })
    const stored = async () => {
      const next = testClient({ identity: ada, storage, start: 'offline' })
      await next.settled()
      // The second finds in the storage that the server is down, and would wait before it asks.
      next.close()
      return next.value('size', 0)
    }
    await flags.set('size', 2)
    expect(await stored()).toBe(1)
    await flags.refresh()
    await flags.settled()
    expect(await stored()).toBe(2)
  })

  it('wins over an answer of before, which is still on its way', async () => {
    const flags = testClient({ flags: { title: 'Hello' } })
    let arrive = () => {}
    const old = [{ feature: { name: 'title' }, enabled: true, feature_state_value: 'Hello' }]
    flags.answerWith(() => new Promise((resolve) => (arrive = () => resolve({ body: old }))), { times: 1 })
    flags.refresh()
    // Within the same millisecond, or their times would tell.
    while (!flags.requests.length) await null
    const done = flags.set('title', 'Good day')
    arrive()
    await done
    expect(flags.value('title', '')).toBe('Good day')
  })

  it('does not reach a client that is offline, held, answered by something else, or closed', async () => {
    const flags = testClient({ flags: { size: 1 } })
    const tried = async (block: () => void, unblock: () => unknown, size: number) => {
      block()
      await flags.set('size', size)
      const before = flags.value('size', 0)
      await unblock()
      await flags.refresh()
      return [before, flags.value('size', 0)]
    }
    const fail = () => flags.answerWith(503)
    const work = () => flags.answerWith(undefined)
    expect(await tried(flags.goOffline, flags.goOnline, 2)).toEqual([1, 2])
    expect(await tried(flags.hold, flags.release, 3)).toEqual([2, 3])
    expect(await tried(fail, work, 4)).toEqual([3, 4])
    flags.close()
    await flags.set('size', 5)
    expect(flags.value('size', 0)).toBe(4)
  })
})

describe('the network of a test', () => {
  it('goes, and comes back', async () => {
    const flags = testClient({ flags: { size: 1 } })
    const told = hear(flags)
    flags.goOffline()
    await expect(flags.refresh()).rejects.toMatchObject({ code: 'network' })
    expect([flags.status.state, flags.value('size', 0)]).toEqual(['offline', 1])
    flags.goOnline()
    await flags.refresh()
    expect(flags.status).toEqual({ state: 'fresh' })
    await flags.settled()
    expect(told).toEqual(['refreshing', 'network', 'offline', 'fresh'])
  })

  it('is not there from the start, when the test says so', async () => {
    const defaults = { flags: { size: { enabled: true, value: 0 } } }
    const flags = testClient({ flags: { size: 1 }, defaults, start: 'offline' })
    expect(await flags.ready()).toMatchObject({ source: 'defaults', error: { code: 'network' } })
    expect([flags.status.state, flags.value('size', 9)]).toEqual(['offline', 0])
    flags.goOnline()
    await flags.refresh()
    expect(flags.value('size', 9)).toBe(1)
  })

  it('is slow from the start, when the test says so', async () => {
    const flags = testClient({ flags: { size: 1 }, start: 'starting' })
    const told = hear(flags)
    await flags.settled()
    expect([flags.status.state, flags.flag('size')]).toEqual(['starting', undefined])
    expect(flags.requests).toHaveLength(1)
    await flags.release()
    expect([flags.status.state, flags.value('size', 0)]).toEqual(['fresh', 1])
    expect(told).toEqual(['starting', 'size of network', 'fresh'])
  })

  it('holds requests until it lets them go, those that are made meanwhile too', async () => {
    const flags = testClient({ flags: { size: 1 }, identity: ada })
    flags.hold()
    const order: string[] = []
    flags.refresh().catch(({ code }: GuidonError) => order.push(code))
    await flags.settled()
    flags.identify(bob).then(() => order.push('identified'))
    await flags.settled()
    expect([order, flags.status.state]).toEqual([['superseded'], 'starting'])
    await flags.release()
    expect(order).toEqual(['superseded', 'identified'])
    expect([flags.identity, flags.value('size', 0)]).toEqual([bob, 1])
    await flags.refresh()
  })

  it('forgets a held request that the client gave up', async () => {
    const flags = testClient({ timeoutMs: 1_000 })
    flags.hold()
    const refreshed = expect(flags.refresh()).rejects.toMatchObject({ code: 'timeout' })
    await flags.settled()
    vi.advanceTimersByTime(1_000)
    await refreshed
    flags.answerWith(503, { times: 1 })
    await flags.release()
    // The answer is still there, for who asks next.
    await expect(flags.refresh()).rejects.toMatchObject({ status: 503 })
  })

  it.each([
    ['a status', 503, 'http'],
    ['a redirect', 302, 'redirect'],
    ['a page', '<html>', 'payload'],
    ['JSON that is not flags', { body: { detail: 'Missing identifier' } }, 'payload'],
    ['nothing at all', { status: 204 }, 'payload'],
    ['no connection', () => Promise.reject(new TypeError('reset')), 'network'],
    ['a Response', () => new Response('oh', { status: 500 }), 'http'],
  ] as const)('answers with %s', async (_, answers, code) => {
    const flags = testClient({ flags: { size: 1 } })
    flags.answerWith(answers)
    for (let i = 0; i < 2; i++) await expect(flags.refresh()).rejects.toMatchObject({ code })
    expect(flags.value('size', 0)).toBe(1)
    flags.answerWith(undefined)
    await flags.refresh()
  })

  it('answers so many times, and then as it did', async () => {
    const flags = testClient()
    flags.answerWith(500, { times: 2 })
    const statuses = []
    for (let i = 0; i < 3; i++)
      statuses.push(await flags.refresh().catch(({ status }: GuidonError) => status))
    expect(statuses).toEqual([500, 500, undefined])
  })

  it('passes on headers', async () => {
    const flags = testClient()
    flags.answerWith({ status: 429, headers: { 'retry-AFTER': '7' } })
    await expect(flags.refresh()).rejects.toMatchObject({ status: 429, retryAfterMs: 7_000 })
  })

  it('answers by what is asked for', async () => {
    const flags = testClient({ flags: { size: 1 }, identity: ada })
    flags.answerWith(({ identifier, traits }) =>
      identifier === bob ? 503 : traits.plan === 'pro' ? 'garbage' : undefined,
    )
    await flags.refresh()
    await expect(flags.setTraits({ plan: 'pro' })).rejects.toMatchObject({ code: 'payload' })
    await expect(flags.identify(bob)).rejects.toMatchObject({ status: 503 })
  })

  it('may end at a real server, which knows segments, splits and overrides', async () => {
    const edge = createEdge({
      document: environment({
        flags: { discount: 5 },
        segments: [{ when: { plan: 'pro' }, flags: { discount: 20 } }],
        identities: { [bob]: { discount: 50 } },
      }),
    })
    const flags = testClient({ identity: ada, api: 'https://proxy.test/flags/v1' })
    flags.answerWith(edge)
    await flags.refresh()
    expect(flags.value('discount', 0)).toBe(5)
    await flags.setTraits({ plan: 'pro' })
    expect(flags.value('discount', 0)).toBe(20)
    await flags.identify(bob)
    expect(flags.value('discount', 0)).toBe(50)
  })

  it('takes counts and events, and knows nothing else', async () => {
    const statuses: unknown[] = []
    const flags = testClient({
      use: [
        ({ api, road }) => {
          const ask = (by: ReturnType<typeof road>, path: string, body?: string) =>
            by(body ? { path, body } : { path }, new AbortController()).then(
              (text) => statuses.push(text),
              ({ status }: GuidonError) => statuses.push(status),
            )
          ask(road(api), 'analytics/flags/', '{}')
          ask(road('https://events.test/'), 'v1/events', '{}')
          ask(road(api), 'secrets/')
        },
      ],
    })
    await flags.settled()
    expect(statuses.sort()).toEqual([404, '{}', '{}'])
  })
})

describe('what left the device', () => {
  it('is there to be looked at: who was asked for, and which traits went along', async () => {
    const flags = testClient({ environmentKey: 'my-key', identity: { id: ada, traits: { plan: 'pro' } } })
    await flags.settled()
    await flags.setTraits({ country: transient('FR'), plan: null })
    const seen = flags.requests.map(({ method, identifier, traits }) => [method, identifier, traits])
    expect(seen).toEqual([
      ['POST', ada, { plan: 'pro' }],
      ['POST', ada, { plan: null, country: { value: 'FR', transient: true } }],
    ])
    await flags.refresh()
    await flags.identify(bob)
    await flags.reset()
    const [get, own] = flags.requests.slice(-2)
    expect(get).toMatchObject({ method: 'GET', identifier: bob, traits: {}, body: undefined })
    expect(own).toEqual({
      method: 'GET',
      url: 'https://flags.test/api/v1/flags/',
      headers: { 'X-Environment-Key': 'my-key' },
      body: undefined,
      identifier: undefined,
      traits: {},
    })
    flags.requests.length = 0
    await flags.refresh()
    expect(flags.requests).toHaveLength(1)
  })

  it('are trait writes that waited, when the network is back', async () => {
    const flags = testClient({ identity: ada })
    flags.goOffline()
    await expect(flags.setTraits({ plan: 'pro' })).rejects.toMatchObject({ code: 'network' })
    expect(flags.pending).toBe(1)
    flags.goOnline()
    flags.requests.length = 0
    await flags.refresh()
    expect([flags.pending, flags.requests[0]?.traits]).toEqual([0, { plan: 'pro' }])
  })
})

describe('settled()', () => {
  it('waits for all that is under way, what it causes included', async () => {
    const flags = testClient({ flags: { size: 1 }, identity: ada })
    flags.goOffline()
    await flags.setTraits({ plan: 'pro' }).catch(() => {})
    flags.goOnline()
    // Traits of a user who has left are delivered after the next one's flags.
    flags.identify(bob)
    await flags.settled()
    expect(flags.requests.map(({ identifier }) => identifier)).toEqual([ada, bob, ada])
    expect([flags.pending, flags.status.state]).toEqual([0, 'fresh'])
  })

  it('waits for a storage that takes its time', async () => {
    vi.useRealTimers()
    const texts = new Map<string, string>()
    const later = <T>(answer: () => T) => new Promise<T>((resolve) => setTimeout(() => resolve(answer()), 5))
    const storage: Storage = {
      get: (key) => later(() => texts.get(key)),
      set: (key, text) => later(() => texts.set(key, text)),
      delete: (key) => later(() => texts.delete(key)),
      keys: () => later(() => texts.keys()),
    }
    const flags = testClient({ flags: { size: 1 }, identity: ada, storage, start: 'starting' })
    flags.release()
    await flags.settled()
    expect(flags.status.state).toBe('fresh')
    expect([...texts.values()].join()).toContain('["size",[true,1]]')
    vi.useFakeTimers()
  })

  it('does not wait for what the test holds, be it the network or the storage', async () => {
    const storage = new FakeStorage()
    storage.hold()
    const flags = testClient({ flags: { size: 1 }, identity: ada, storage, start: 'starting' })
    await flags.settled()
    expect([flags.status.state, flags.requests.length]).toEqual(['starting', 1])
    await flags.release()
    expect([flags.value('size', 0), storage.dump()]).toEqual([1, {}])
    storage.release()
    await flags.settled()
    expect(JSON.stringify(storage.dump())).toContain('size')
  })

  it('does not wait for the next try: who wants some moves the clock', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(1)
    const flags = testClient({ retries: 1 })
    flags.answerWith(503, { times: 1 })
    flags.refresh()
    await flags.settled()
    expect([flags.requests.length, vi.getTimerCount()]).toEqual([1, 1])
    await vi.advanceTimersByTimeAsync(1_000)
    await flags.settled()
    expect([flags.requests.length, flags.status.state]).toEqual([2, 'fresh'])
    vi.restoreAllMocks()
  })
})
