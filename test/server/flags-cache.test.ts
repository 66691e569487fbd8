import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createClient } from '../../src/index.ts'
import {
  type CachedFlags,
  type FlagsCache,
  type FlagsCacheOptions,
  type FlagsStore,
  flagsCache,
  memoryStore,
} from '../../src/server.ts'
import { API, ada, answerTo, bob, calm, KEY, until, useWorld, who } from '../world.ts'

const world = useWorld()
let caches: FlagsCache[] = []
let errors: string[] = []

const cacheWith = (options: Partial<FlagsCacheOptions> = {}) => {
  const cache = flagsCache({
    environmentKey: KEY,
    api: API,
    onError: ({ code }) => void errors.push(code),
    ...options,
  })
  caches.push(cache)
  return cache
}

/** A store that can be looked into, and that can be down. */
const openStore = () => {
  const texts = new Map<string, string>()
  const store = {
    texts,
    isDown: false,
    get: async (key: string) => {
      if (store.isDown) throw new Error('down')
      return texts.get(key)
    },
    set: async (key: string, text: string, _ttlMs: number) => {
      if (store.isDown) throw new Error('down')
      texts.set(key, text)
    },
    delete: async (key: string) => void texts.delete(key),
  } satisfies FlagsStore & Record<string, unknown>
  return store
}
const color = (flags: CachedFlags) => flags.value('color', 'none')
/** From now on the service answers so. */
const serve = (color: string) => {
  world.net.respond = (call) => answerTo(call, { color: `${color} of ${who(call)}` })
}
/** Until a cache gives this color: a turn of the event loop at a time. */
const shows = async (cache: FlagsCache | undefined, expected: string, id?: string) => {
  for (let turn = 0; turn < 500; turn++) {
    if (cache && color(await cache.get(id)) === expected) return
    await new Promise((resolve) => setTimeout(resolve))
  }
  expect(cache && color(await cache.get(id))).toBe(expected)
}
const later = (ms: number) => vi.setSystemTime(Date.now() + ms)

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: 1_700_000_000_000 })
  caches = []
  errors = []
  serve('red')
})
afterEach(async () => {
  for (const cache of caches) cache.close()
  vi.useRealTimers()
  await calm()
})

describe('flagsCache', () => {
  it('asks when it is made, once, and nobody while the answer is young', async () => {
    const cache = cacheWith()
    expect(color(await cache.get())).toBe('red of nobody')
    later(29_000)
    for (let i = 0; i < 10; i++) await cache.get()
    await calm()
    expect(world.net.calls.length).toBe(1)
  })

  it('gives old flags at once, and refreshes them behind', async () => {
    const cache = cacheWith()
    await cache.get()
    serve('blue')
    world.net.hold()
    later(31_000)
    const old = await cache.get()
    expect([color(old), old.flag('color')?.stale]).toEqual(['red of nobody', true])
    await until(() => world.net.held.length)
    world.net.held[0]?.()
    await calm()
    expect(color(await cache.get())).toBe('blue of nobody')
    expect(world.net.calls.length).toBe(2)
  })

  it('waits for new flags when the old ones are too old', async () => {
    const cache = cacheWith()
    await cache.get()
    serve('blue')
    later(631_000)
    expect(color(await cache.get())).toBe('blue of nobody')
  })

  it.each(['environment', 'identity'])('asks once when 200 want the flags of one %s', async (whose) => {
    const cache = cacheWith()
    await cache.get()
    const given = whose === 'identity' ? ada : undefined
    later(700_000)
    const all = await Promise.all(Array.from({ length: 200 }, () => cache.get(given)))
    expect(new Set(all.map(color))).toEqual(new Set([`red of ${given ?? 'nobody'}`]))
    expect(world.net.calls.filter((call) => who(call) === (given ?? 'nobody')).length).toBe(given ? 1 : 2)
  })

  it('asks once for two caches that share a store, also when they ask at the same moment', async () => {
    const store = memoryStore()
    const [one, two] = [cacheWith({ store }), cacheWith({ store })]
    const flags = await Promise.all([one.get(), two.get(), one.get(ada), two.get(ada)])
    expect(flags.map(color)).toEqual(['red of nobody', 'red of nobody', `red of ${ada}`, `red of ${ada}`])
    expect(world.net.calls.map(who).sort()).toEqual([ada, 'nobody'])
    later(31_000)
    serve('blue')
    await Promise.all([one.get(ada), two.get(ada)])
    await shows(two, `blue of ${ada}`, ada)
    await shows(one, `blue of ${ada}`, ada)
    expect(world.net.calls.map(who).filter((id) => id === ada).length).toBe(2)
  })

  it('works with the three methods of any Key-Value', async () => {
    const store = openStore()
    await cacheWith({ store }).get()
    await calm()
    expect(color(await cacheWith({ store }).get())).toBe('red of nobody')
    expect(world.net.calls.length).toBe(1)
  })

  it('brings a change to every process at once, with one request', async () => {
    const store = memoryStore()
    const all = [1, 2, 3].map(() => cacheWith({ store }))
    for (const cache of all) await cache.get()
    serve('blue')
    await all[0]?.invalidate()
    for (const cache of all) await shows(cache, 'blue of nobody')
    await calm()
    expect(world.net.calls.length).toBe(2)
  })

  it('has a change reach identities too: their flags count as old in every process', async () => {
    const store = memoryStore()
    const [one, two] = [cacheWith({ store }), cacheWith({ store })]
    await one.get(ada)
    await two.get(ada)
    serve('blue')
    await one.invalidate()
    for (const cache of [one, two]) await shows(cache, `blue of ${ada}`, ada)
    expect(world.net.calls.map(who).filter((id) => id === ada).length).toBe(2)
  })

  it('does not take for new what was asked before a change and answered after it', async () => {
    const cache = cacheWith()
    await cache.get()
    world.net.hold()
    later(31_000)
    await cache.get()
    await until(() => world.net.held.length === 1)
    const answerOfBefore = answerTo(world.net.calls[1]!, { color: 'red, late' })
    await cache.invalidate()
    serve('blue')
    world.net.held[0]?.(answerOfBefore)
    await shows(cache, 'blue of nobody')
  })

  it('has a process without messages see a change at its next look into the store', async () => {
    const store = openStore()
    const [one, two] = [cacheWith({ store }), cacheWith({ store })]
    await one.get()
    await two.get()
    serve('blue')
    later(1)
    await one.invalidate()
    await shows(one, 'blue of nobody')
    await calm()
    later(31_000)
    await two.get()
    await shows(two, 'blue of nobody')
  })

  it('keeps good flags when a refresh fails, tells of it, and does not ask again at once', async () => {
    const cache = cacheWith()
    await cache.get()
    vi.spyOn(Math, 'random').mockReturnValue(0.5)
    world.net.offline()
    later(700_000)
    for (let i = 0; i < 5; i++) expect(color(await cache.get())).toBe('red of nobody')
    expect([world.net.calls.length, errors]).toEqual([2, ['network']])
    serve('blue')
    later(60_000)
    expect(color(await cache.get())).toBe('blue of nobody')
    vi.restoreAllMocks()
  })

  it('starts with what is in the store while the service is down', async () => {
    const store = openStore()
    await cacheWith({ store }).get(ada)
    await calm()
    world.net.offline()
    later(60_000)
    const cache = cacheWith({ store })
    expect([color(await cache.get()), color(await cache.get(ada))]).toEqual([
      'red of nobody',
      `red of ${ada}`,
    ])
  })

  it('starts with bundled flags while the service is down and the store is empty', async () => {
    world.net.offline()
    const defaults = { flags: { color: { enabled: true, value: 'grey' } } }
    const cache = cacheWith({ defaults })
    const flags = await cache.get()
    expect([color(flags), flags.source, color(await cache.get(ada))]).toEqual(['grey', 'defaults', 'grey'])
    // A page's client has bundled flags of its own: these are of no time, and it takes none of them.
    const client = createClient({ environmentKey: KEY, api: API, snapshot: flags.snapshot(), retries: 0 })
    expect(client.all()).toEqual({})
    client.close()
  })

  it('gives an identity the environment’s flags while its own cannot be had', async () => {
    const cache = cacheWith()
    await cache.get()
    world.net.respond = () => new Response('<h1>Server Error (500)</h1>', { status: 500 })
    const flags = await cache.get(ada)
    expect([color(flags), flags.identity, flags.snapshot()]).toMatchObject([
      'red of nobody',
      undefined,
      { shared: true },
    ])
    // It may be this identifier on which the service chokes. The next one is asked for.
    serve('blue')
    expect(color(await cache.get(bob))).toBe(`blue of ${bob}`)
  })

  it('waits no longer than it was told to', async () => {
    world.net.hold()
    const cache = cacheWith({ timeoutMs: 20 })
    expect((await cache.get()).source).toBe('defaults')
    await until(() => errors.includes('timeout'))
  })

  it('ignores whatever is in the store that is not flags', async () => {
    const store = openStore()
    await cacheWith({ store }).get()
    await calm()
    const [name, text = ''] = [...store.texts].find(([, text]) => text.includes('red')) ?? []
    const rubbish = ['', 'x', '{}', 'null', ' null', 'a [1,2', text.replace('true', '1'), text.slice(0, -1)]
    rubbish.push(text.replace('"v":1', '"v":2'), text.replace(/"environment":"[^"]*"/, '"environment":"x"'))
    serve('blue')
    for (const [turn, found] of rubbish.entries()) {
      store.texts.set(name as string, found)
      expect([found, color(await cacheWith({ store }).get())]).toEqual([found, 'blue of nobody'])
      expect(world.net.calls.length).toBe(turn + 2)
    }
    expect(errors).toEqual([])
  })

  it('does not take flags that lie under another identity’s name', async () => {
    const store = openStore()
    await cacheWith({ store }).get(ada)
    await calm()
    const before = new Set(store.texts.keys())
    await cacheWith({ store }).get(bob)
    await calm()
    const ofAda = [...store.texts.values()].find((text) => text.includes(`red of ${ada}`)) as string
    const ofBob = [...store.texts.keys()].find((key) => !before.has(key)) as string
    store.texts.set(ofBob, ofAda)
    expect(color(await cacheWith({ store }).get(bob))).toBe(`red of ${bob}`)
  })

  it('goes on from memory while the store is down, tells it once, and uses it again', async () => {
    const store = openStore()
    const cache = cacheWith({ store })
    await cache.get()
    store.isDown = true
    for (const seconds of [31, 32, 33]) {
      later(seconds * 1000)
      await cache.get()
      await calm()
    }
    expect([world.net.calls.length, errors]).toEqual([4, ['storage']])
    store.isDown = false
    store.texts.clear()
    later(31_000)
    await cache.get()
    await calm()
    expect(store.texts.size).toBe(1)
    expect(color(await cacheWith({ store }).get())).toBe('red of nobody')
    expect(world.net.calls.length).toBe(5)
  })

  it('agrees with all processes after one poll, when the store was down and has come back empty', async () => {
    const store = openStore()
    const two = [cacheWith({ store }), cacheWith({ store })]
    for (const cache of two) await cache.get()
    store.isDown = true
    serve('blue')
    // Only the process that heard of it knows.
    await two[0]?.invalidate()
    await shows(two[0], 'blue of nobody')
    expect(color((await two[1]?.get()) as CachedFlags)).toBe('red of nobody')
    store.isDown = false
    store.texts.clear()
    serve('green')
    later(31_000)
    const { length } = world.net.calls
    for (const cache of two) {
      await cache.get()
      await calm()
    }
    for (const cache of two) expect(color(await cache.get())).toBe('green of nobody')
    expect(world.net.calls.length).toBe(length + 1)
  })

  it('asks by itself when the process that was asking has died', async () => {
    let looks = 0
    const store: FlagsStore = { ...memoryStore(), lease: () => ++looks > 2 }
    expect(color(await cacheWith({ store }).get())).toBe('red of nobody')
    expect([looks, world.net.calls.length]).toEqual([3, 1])
  })

  it('does not ask for what another process has brought while it waited for its turn', async () => {
    const inner = memoryStore()
    await cacheWith({ store: inner }).get()
    await calm()
    let isThere = false
    const late: FlagsStore = {
      ...inner,
      get: (key) => (isThere ? inner.get(key) : null),
      lease(key, ttlMs) {
        isThere = true
        return inner.lease?.(key, ttlMs) ?? true
      },
    }
    expect(color(await cacheWith({ store: late }).get())).toBe('red of nobody')
    expect(world.net.calls.length).toBe(1)
  })

  it('does not look into the store for each visitor while the service is down', async () => {
    const store = openStore()
    world.net.offline()
    vi.spyOn(Math, 'random').mockReturnValue(0.5)
    const cache = cacheWith({ store })
    const looks = vi.spyOn(store, 'get')
    for (let visit = 0; visit < 10; visit++) await Promise.all([cache.get(), cache.get(ada), cache.get(bob)])
    // The epoch and the flags, for each of three.
    expect([world.net.calls.length, looks.mock.calls.length]).toEqual([1, 6])
    vi.restoreAllMocks()
  })

  it('does not wait for a store that hangs', async () => {
    const never = () => new Promise<never>(() => {})
    const cache = cacheWith({ store: { get: never, set: never, delete: never } })
    expect(color(await cache.get())).toBe('red of nobody')
    expect(errors).toEqual(['storage'])
  })

  it('never mixes up 50 identities that come again and again, all at once', async () => {
    const store = memoryStore()
    const two = [cacheWith({ store }), cacheWith({ store })]
    const ids = Array.from({ length: 50 }, () => crypto.randomUUID())
    const asked = () => world.net.calls.filter((call) => who(call) !== 'nobody').length
    for (let round = 0; round < 3; round++) {
      const all = await Promise.all(
        ids.flatMap((id) => two.map(async (cache) => ({ id, flags: await cache.get(id) }))),
      )
      for (const { id, flags } of all) {
        expect([flags.identity, color(flags), flags.snapshot().identity]).toEqual([id, `red of ${id}`, id])
      }
      await until(() => asked() === 50 * (round + 1))
      await calm()
      later(31_000)
    }
    expect(asked()).toBe(150)
  })

  it('keeps so many identities in memory and no more, and forgets the longest unused', async () => {
    const cache = cacheWith({ maxIdentities: 2 })
    const asked = () => world.net.calls.map(who).filter((id) => id !== 'nobody')
    const third = crypto.randomUUID()
    for (const id of [ada, bob, ada, third, ada]) await cache.get(id)
    expect(asked()).toEqual([ada, bob, third])
    await cache.get(bob)
    expect(asked()).toEqual([ada, bob, third, bob])
  })

  it('asks for each combination of traits, in whatever order they come', async () => {
    const cache = cacheWith()
    world.net.respond = (call) => answerTo(call, { color: JSON.stringify(call.body?.traits) })
    const [one, two, three] = [
      await cache.get({ id: ada, traits: { country: 'FR', plan: 'pro' } }),
      await cache.get({ id: ada, traits: { plan: 'pro', country: 'FR' } }),
      await cache.get({ id: ada, traits: { country: 'DE', plan: 'pro' } }),
    ]
    expect([color(one) === color(two), color(one) === color(three)]).toEqual([true, false])
    expect(JSON.parse(color(one))).toContainEqual({
      trait_key: 'country',
      trait_value: 'FR',
      transient: true,
    })
  })

  it('goes on asking for what it was asked, whatever the app does with its object', async () => {
    const cache = cacheWith()
    world.net.respond = (call) => answerTo(call, { color: JSON.stringify(call.body?.traits) })
    const traits = { country: 'FR' }
    await cache.get({ id: ` ${ada} `, traits })
    traits.country = 'DE'
    later(700_000)
    const flags = await cache.get({ id: ada, traits: { country: 'FR' } })
    expect([color(flags), flags.identity]).toEqual([expect.stringContaining('FR'), ada])
    expect(world.net.calls.length).toBe(3)
  })

  it('does not fail on what is no identity at all', async () => {
    const cache = cacheWith()
    const odd = [
      null,
      {},
      { id: 7 },
      { id: ada, traits: null },
      { id: ada, traits: { big: 1n } },
      { id: null },
    ]
    for (const given of odd) expect(color(await cache.get(given as never))).toBe('red of nobody')
    expect(errors.length).toBe(odd.length - 1)
  })

  it('puts no identifier, no trait and no key into the store', async () => {
    const store = openStore()
    const cache = cacheWith({ store })
    world.net.respond = (call) => answerTo(call, { color: 'red' })
    await cache.get({ id: ada, traits: { ip: '203.0.113.7', mail: 'ada@example.org' } })
    await cache.invalidate()
    await calm()
    const dump = JSON.stringify([...store.texts])
    expect(dump).toContain('red')
    for (const secret of [ada, '203.0.113.7', 'ada@example.org', 'mail', KEY, API])
      expect(dump).not.toContain(secret)
  })

  it.each([
    ['ada@example.org', 'personal-identifier'],
    ['42', 'guessable-identifier'],
    ['', 'invalid-identifier'],
  ])('gives %j the environment’s flags, says %s, and asks and keeps nothing', async (id, code) => {
    const store = openStore()
    const cache = cacheWith({ store })
    await cache.get()
    await calm()
    const before = [...store.texts.keys()]
    const flags = await cache.get({ id })
    await calm()
    expect([color(flags), flags.identity, errors]).toEqual(['red of nobody', undefined, [code]])
    expect(flags.snapshot()).toMatchObject({ shared: true })
    expect([world.net.calls.length, [...store.texts.keys()]]).toEqual([1, before])
  })

  it('gives a client what it begins with, and the client asks for nothing that it has', async () => {
    const cache = cacheWith()
    const made = [
      createClient({
        environmentKey: KEY,
        api: API,
        identity: ada,
        snapshot: (await cache.get(ada)).snapshot(),
      }),
      createClient({ environmentKey: KEY, api: API, snapshot: (await cache.get()).snapshot() }),
    ]
    await calm()
    expect(made.map((client) => client.value('color', ''))).toEqual([`red of ${ada}`, 'red of nobody'])
    expect(world.net.calls.length).toBe(2)
    // Flags of the environment for somebody: shown at once, and then the own ones.
    const snapshot = (await cache.get()).snapshot({ shared: true })
    const third = createClient({ environmentKey: KEY, api: API, identity: bob, snapshot })
    expect(third.value('color', '')).toBe('red of nobody')
    await third.ready({ from: 'network' })
    expect(third.value('color', '')).toBe(`red of ${bob}`)
    for (const client of [...made, third]) client.close()
  })

  it('polls the environment’s flags without being asked, until it is closed', async () => {
    vi.useRealTimers()
    const cache = cacheWith({ maxAgeMs: 20 })
    await until(() => world.net.calls.length > 2)
    cache.close()
    await calm()
    const { length } = world.net.calls
    await new Promise((resolve) => setTimeout(resolve, 60))
    expect(world.net.calls.length).toBe(length)
    expect(color(await cache.get())).toBe('red of nobody')
  })

  it('polls once for 20 processes that share a store, in about the time that flags are young', async () => {
    const store = memoryStore()
    let asked = 0
    const fetch = async () => Response.json([], { headers: { 'X-Count': `${asked++}` } })
    const all = Array.from({ length: 20 }, () => cacheWith({ store, fetch }))
    for (const cache of all) await cache.get()
    expect(asked).toBe(1)
    for (const cache of all) cache.close()
    await calm()

    vi.useFakeTimers({ toFake: ['Date', 'setTimeout', 'clearTimeout', 'performance'] })
    const polling = Array.from({ length: 20 }, () => cacheWith({ store, fetch }))
    // Names are hashed outside of this clock.
    for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve))
    asked = 0
    for (let second = 0; second < 300; second++) {
      await vi.advanceTimersByTimeAsync(1_000)
      for (const cache of polling) await cache.get()
    }
    // Ten times 30 seconds, or a fifth less.
    expect(asked).toBeGreaterThan(8)
    expect(asked).toBeLessThan(14)
  })

  it('says at once when it is wired wrongly', () => {
    expect(() => flagsCache({ environmentKey: '' })).toThrow('environmentKey')
    expect(() => flagsCache({ environmentKey: 'ser.secret' })).toThrow('server-side-key')
    for (const maxAgeMs of [0, -1, Number.NaN, Number.POSITIVE_INFINITY])
      expect(() => flagsCache({ environmentKey: KEY, maxAgeMs })).toThrow('maxAgeMs')
    for (const staleMs of [-1, Number.POSITIVE_INFINITY])
      expect(() => flagsCache({ environmentKey: KEY, staleMs })).toThrow('staleMs')
  })

  it('lives with listeners that throw', async () => {
    world.net.offline()
    const cache = cacheWith({
      onError: () => {
        throw new Error('of the app')
      },
    })
    expect((await cache.get('ada@example.org')).source).toBe('defaults')
  })
})
