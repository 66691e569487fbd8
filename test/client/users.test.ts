import { describe, expect, it, vi } from 'vitest'
import { memoryStorage, transient } from '../../src/index.ts'
import { ada, answerTo, bob, calm, until, useWorld, who } from '../world.ts'

describe('identify', () => {
  const world = useWorld()

  it('shows the other user’s stored flags in the same tick, and never the first one’s', async () => {
    const storage = memoryStorage()
    const flags = world.client({ identity: bob, storage })
    await flags.ready({ from: 'network' })
    await flags.identify(ada)
    await calm()
    const back = flags.identify(bob)
    expect(flags.identity).toBe(bob)
    expect(flags.value('color', 'none')).toBe(`of ${bob}`)
    expect(flags.flag('color')?.source).toBe('storage')
    await back
    const stranger = flags.identify('5e0d3c2b-7a91-4f0e-b6d8-c1a2b3d4e5f6')
    expect(flags.value('color', 'none')).toBe('none')
    await stranger
  })

  it('starts with no traits of the user before', async () => {
    const flags = world.client({ identity: { id: ada, traits: { plan: 'pro' } } })
    await flags.identify(bob, { beta: true })
    expect(flags.traits()).toEqual({ beta: true })
    expect(world.net.calls.at(-1)?.body).toEqual({
      identifier: bob,
      traits: [{ trait_key: 'beta', trait_value: true }],
    })
  })

  it('of the user who is there already costs no request, and keeps the traits', async () => {
    const flags = world.client({ identity: { id: ada, traits: { plan: 'pro' } } })
    await flags.ready({ from: 'network' })
    await flags.identify(ada)
    await flags.identify(ada, { plan: 'pro' })
    expect(world.net.calls).toHaveLength(1)
    await flags.identify(ada, { beta: true })
    expect(flags.traits()).toEqual({ plan: 'pro', beta: true })
    expect(world.net.calls).toHaveLength(2)
  })

  it('offline rejects, and is done all the same', async () => {
    const flags = world.client({ identity: ada })
    await flags.ready({ from: 'network' })
    world.net.offline()
    await expect(flags.identify(bob)).rejects.toMatchObject({ code: 'network' })
    expect(flags.identity).toBe(bob)
    expect(flags.value('color', 'none')).toBe('none')
  })

  it.each([
    ['jane.doe@example.com', 'personal-identifier'],
    ['Jane Doe', 'personal-identifier'],
    ['42', 'guessable-identifier'],
    ['', 'invalid-identifier'],
    [42, 'invalid-identifier'],
    [undefined, 'invalid-identifier'],
  ])('of %j is refused, nothing leaves, and nothing changes', async (id, code) => {
    const flags = world.client({ identity: ada })
    await flags.ready({ from: 'network' })
    const told = world.told(flags)
    const error = await flags.identify(id as string).catch((reason) => reason)
    await calm()
    expect(error).toMatchObject({ code })
    if (id) expect(error.message).not.toContain(String(id))
    expect(world.net.calls).toHaveLength(1)
    expect(flags.identity).toBe(ada)
    expect(flags.value('color', '')).toBe(`of ${ada}`)
    expect(told.guard.length).toBe(code === 'invalid-identifier' ? 0 : 1)
    expect(JSON.stringify(told)).not.toMatch(/jane/i)
  })

  it('with one bad trait is refused as a whole', async () => {
    const flags = world.client({ identity: ada })
    await flags.ready({ from: 'network' })
    await expect(flags.identify(bob, { plan: 'pro', born: new Date() as never })).rejects.toMatchObject({
      code: 'invalid-trait',
      key: 'born',
    })
    expect(flags.identity).toBe(ada)
    expect(world.net.calls).toHaveLength(1)
  })
})

describe('a personal or guessable identity given to createClient', () => {
  const world = useWorld()

  it('does not throw and does not leave: the environment’s flags work, and everybody is told why', async () => {
    const flags = world.client({ identity: { id: 'jane.doe@example.com', traits: { plan: 'pro' } } })
    const told = world.told(flags)
    const ready = await flags.ready({ from: 'network' })
    expect(ready).toMatchObject({ source: 'network', error: { code: 'personal-identifier' } })
    expect(flags.status).toMatchObject({ state: 'fresh', error: { code: 'personal-identifier' } })
    expect(told.guard).toEqual([{ subject: 'identifier', kind: 'personal', action: 'block' }])
    expect(told.error).toMatchObject([{ code: 'personal-identifier' }])
    expect(flags.identity).toBeUndefined()
    expect(flags.traits()).toEqual({})
    expect(world.net.calls.map(({ method, url }) => `${method} ${url.pathname}${url.search}`)).toEqual([
      'GET /api/v1/flags/',
    ])
  })

  // Who writes JavaScript has nobody to say that it is to be text.
  it.each([42, true, { id: 42 }, { id: {} }])('that is no text, %j, is refused as well', async (identity) => {
    const flags = world.client({ identity: identity as never })
    expect(await flags.ready({ from: 'network' })).toMatchObject({ error: { code: 'invalid-identifier' } })
    expect(flags.identity).toBeUndefined()
    expect(world.net.calls.map(({ url }) => url.pathname)).toEqual(['/api/v1/flags/'])
  })

  it('is hashed where the policy says so, the same each time', async () => {
    const guards = { personal: 'hash', salt: 'shop' } as const
    const one = world.client({ identity: 'jane.doe@example.com', guards })
    const two = world.client({ identity: 'jane.doe@example.com', guards })
    await Promise.all([one.ready({ from: 'network' }), two.ready({ from: 'network' })])
    expect(one.identity).toMatch(/^[\da-f-]{36}$/)
    expect(two.identity).toBe(one.identity)
    expect(new Set(world.net.calls.map(who))).toEqual(new Set([one.identity]))
    const other = world.client({ identity: 'jane.doe@example.com', guards: { ...guards, salt: 'other' } })
    await other.ready({ from: 'network' })
    expect(other.identity).not.toBe(one.identity)
  })

  it('is refused when it should be hashed and there is no salt', async () => {
    const flags = world.client({ identity: 'jane.doe@example.com', guards: { personal: 'hash' } })
    expect(await flags.ready({ from: 'network' })).toMatchObject({
      source: 'network',
      error: { code: 'invalid-option' },
    })
    expect(world.net.calls.map(who)).toEqual(['nobody'])
    await expect(flags.identify('jane.doe@example.com')).rejects.toMatchObject({ code: 'invalid-option' })
    expect(flags.identity).toBeUndefined()
  })

  it('shows no flags of the user before while it is hashed', async () => {
    const flags = world.client({ identity: ada, guards: { guessable: 'hash', salt: 'shop' } })
    await flags.ready({ from: 'network' })
    const identified = flags.identify('42')
    expect(flags.value('color', 'none')).toBe('none')
    expect(flags.identity).toBeUndefined()
    await identified
    expect(flags.value('color', '')).toBe(`of ${flags.identity}`)
  })

  it('passes with a word, or without one, where the policy says so', async () => {
    const warned = world.client({ identity: '42', guards: { guessable: 'warn' } })
    const allowed = world.client({ identity: '42', guards: { guessable: 'allow' } })
    const told = [world.told(warned), world.told(allowed)]
    await Promise.all([warned.ready({ from: 'network' }), allowed.ready({ from: 'network' })])
    expect(world.net.calls.map(who)).toEqual(['42', '42'])
    expect(told.map(({ guard }) => guard.length)).toEqual([1, 0])
  })
})

describe('traits', () => {
  const world = useWorld()

  it('are sent completely each time, and only those that this app set', async () => {
    world.net.respond = (call) => {
      const answer = { identifier: who(call), flags: [], traits: [{ trait_key: 'theirs', trait_value: 1 }] }
      return Response.json(answer)
    }
    const flags = world.client({ identity: { id: ada, traits: { plan: 'pro' } } })
    await flags.ready({ from: 'network' })
    await flags.setTraits({ beta: true, country: transient('FR') })
    await flags.refresh()
    const last = world.net.calls.at(-1)?.body?.traits
    expect(last).toEqual([
      { trait_key: 'plan', trait_value: 'pro' },
      { trait_key: 'beta', trait_value: true },
      { trait_key: 'country', trait_value: 'FR', transient: true },
    ])
    expect(flags.traits()).toEqual({ plan: 'pro', beta: true, country: { value: 'FR', transient: true } })
  })

  it('that are what they were cost no request', async () => {
    const flags = world.client({ identity: { id: ada, traits: { plan: 'pro' } } })
    await flags.ready({ from: 'network' })
    await flags.setTraits({ plan: 'pro' })
    await flags.setTraits({})
    expect(world.net.calls).toHaveLength(1)
    await flags.setTraits({ plan: transient('pro') })
    expect(world.net.calls).toHaveLength(2)
  })

  it('that are set again while they are under way are not told as done before they are', async () => {
    const flags = world.client({ identity: ada })
    await flags.ready({ from: 'network' })
    world.net.hold()
    let done = 0
    for (let i = 0; i < 2; i++) flags.setTraits({ plan: 'pro' }).then(() => done++)
    await calm()
    expect(done).toBe(0)
    for (const answer of world.net.held) answer()
    await until(() => done === 2)
  })

  it('are sent again when the request that carried them failed', async () => {
    const flags = world.client({ identity: ada })
    await flags.ready({ from: 'network' })
    world.net.offline()
    await expect(flags.setTraits({ plan: 'pro' })).rejects.toMatchObject({ code: 'network' })
    world.net.respond = (call) => answerTo(call, {})
    await flags.setTraits({ plan: 'pro' })
    expect(world.net.calls.at(-1)?.body?.traits).toEqual([{ trait_key: 'plan', trait_value: 'pro' }])
  })

  it('are removed with null: told to the server once, and gone here at once', async () => {
    const flags = world.client({ identity: { id: ada, traits: { plan: 'pro', beta: true } } })
    await flags.ready({ from: 'network' })
    const removed = flags.setTraits({ beta: null })
    expect(flags.traits()).toEqual({ plan: 'pro' })
    await removed
    expect(world.net.calls.at(-1)?.body?.traits).toContainEqual({ trait_key: 'beta', trait_value: null })
    await flags.refresh()
    expect(world.net.calls.at(-1)?.body?.traits).toEqual([{ trait_key: 'plan', trait_value: 'pro' }])
  })

  it('that were set anew while their removal was under way stay', async () => {
    const flags = world.client({ identity: { id: ada, traits: { plan: 'pro' } } })
    await flags.ready({ from: 'network' })
    world.net.hold()
    flags.setTraits({ plan: null })
    await calm()
    const set = flags.setTraits({ plan: 'free' })
    for (let i = 0; i < 2; i++) {
      await calm()
      world.net.held[i]?.()
    }
    await set
    expect(flags.traits()).toEqual({ plan: 'free' })
    expect(world.net.calls.at(-1)?.body?.traits).toEqual([{ trait_key: 'plan', trait_value: 'free' }])
  })

  it('of nobody are sent under a GUID of this session, as transient, and nothing of it is stored', async () => {
    const storage = memoryStorage()
    const flags = world.client({ identity: { traits: { country: transient('FR') } }, storage })
    await flags.ready({ from: 'network' })
    await flags.setTraits({ plan: 'pro' })
    const [first, second] = world.net.calls
    expect(first?.body).toMatchObject({
      transient: true,
      identifier: expect.stringMatching(/^[\da-f-]{36}$/),
    })
    expect(second?.body?.identifier).toBe(first?.body?.identifier)
    expect(flags.identity).toBeUndefined()
    await calm()
    expect([...(storage.keys() as Iterable<string>)]).toEqual([])
    await flags.reset()
    await flags.setTraits({ plan: 'pro' })
    expect(world.net.calls.at(-1)?.body?.identifier).not.toBe(first?.body?.identifier)
  })

  it('of somebody need no random source, and those of nobody say when there is none', async () => {
    vi.stubGlobal('crypto', undefined)
    const known = world.client({ identity: { id: ada, traits: { plan: 'pro' } } })
    expect(await known.ready({ from: 'network' })).toMatchObject({ source: 'network', error: undefined })
    const nobody = world.client({ identity: { traits: { plan: 'pro' } } })
    expect(await nobody.ready({ from: 'network' })).toMatchObject({ error: { code: 'unsupported' } })
    const helped = world.client({ identity: { traits: { plan: 'pro' } }, random: (bytes) => bytes.fill(7) })
    expect(await helped.ready({ from: 'network' })).toMatchObject({ source: 'network', error: undefined })
    vi.unstubAllGlobals()
  })

  it('of a transient identity are sent as such, and nothing of it is stored', async () => {
    const storage = memoryStorage()
    const flags = world.client({ identity: { id: ada, transient: true }, storage })
    await flags.ready({ from: 'network' })
    await calm()
    expect(world.net.calls[0]?.body).toEqual({ identifier: ada, transient: true, traits: [] })
    expect([...(storage.keys() as Iterable<string>)]).toEqual([])
    expect(flags.value('color', '')).toBe(`of ${ada}`)
  })

  it.each([
    ['an object', { a: 1 }],
    ['an array', [1]],
    ['a Date', new Date()],
    ['NaN', Number.NaN],
    ['Infinity', Number.POSITIVE_INFINITY],
    ['a bigint', 10n],
    ['undefined', undefined],
    ['an integer past 32 bits', 2 ** 31],
    ['a function', () => 1],
    ['a symbol', Symbol('x')],
    ['2,001 bytes of text', 'é'.repeat(1_001)],
  ])('are refused as a whole when one is %s, with an error that names the key', async (_, value) => {
    const flags = world.client({ identity: ada })
    await flags.ready({ from: 'network' })
    const error = await flags.setTraits({ plan: 'pro', odd: value as never }).catch((reason) => reason)
    expect(error).toMatchObject({ code: 'invalid-trait', key: 'odd' })
    expect(error.message).toContain('odd')
    expect(flags.traits()).toEqual({})
    expect(world.net.calls).toHaveLength(1)
  })

  it('that are personal become transient, and a guard event says so without the value', async () => {
    const storage = memoryStorage()
    const flags = world.client({ identity: ada, storage })
    const told = world.told(flags)
    await flags.setTraits({ email: 'jane@example.com', plan: 'pro' })
    await calm()
    expect(world.net.calls.at(-1)?.body?.traits).toEqual([
      { trait_key: 'email', trait_value: 'jane@example.com', transient: true },
      { trait_key: 'plan', trait_value: 'pro' },
    ])
    expect(told.guard).toEqual([
      { subject: 'trait', kind: expect.any(String), action: 'transient', key: 'email' },
    ])
    expect(JSON.stringify(told)).not.toContain('jane')
    expect(
      JSON.stringify([...(storage.keys() as Iterable<string>)].map((key) => storage.get(key))),
    ).not.toContain('jane')
  })

  it('that are personal are dropped, blocked, warned of or allowed as the policy says', async () => {
    const sent = async (policy: 'drop' | 'block' | 'warn' | 'allow') => {
      const flags = world.client({ identity: ada, guards: { traits: policy } })
      const told = world.told(flags)
      await flags.ready({ from: 'network' })
      const error = await flags
        .setTraits({ email: 'jane@example.com', plan: 'pro' })
        .catch((reason) => reason)
      await calm()
      return [
        error?.code,
        world.net.calls.at(-1)?.body?.traits?.map((trait) => trait.trait_key),
        told.guard.length,
      ]
    }
    expect(await sent('drop')).toEqual([undefined, ['plan'], 1])
    expect(await sent('block')).toEqual(['personal-trait', undefined, 1])
    expect(await sent('warn')).toEqual([undefined, ['email', 'plan'], 1])
    expect(await sent('allow')).toEqual([undefined, ['email', 'plan'], 0])
  })

  it('are looked at by the detectors of the app as well', async () => {
    const flags = world.client({
      identity: ada,
      guards: { detectors: [(key, value) => key === 'badge' && String(value).startsWith('E') && 'employee'] },
    })
    const told = world.told(flags)
    await flags.setTraits({ badge: 'E1234', other: 'E1234' })
    await calm()
    expect(told.guard).toEqual([{ subject: 'trait', kind: 'employee', action: 'transient', key: 'badge' }])
  })

  it('named like the parts of an object are traits like any other', async () => {
    const flags = world.client({ identity: ada })
    const odd = Object.fromEntries(
      ['__proto__', 'constructor', 'toString', '🚩', '"<b>'].map((key) => [key, key]),
    )
    await flags.setTraits(odd)
    expect(world.net.calls.at(-1)?.body?.traits).toEqual(
      Object.keys(odd).map((key) => ({ trait_key: key, trait_value: key })),
    )
    expect(Object.keys(flags.traits())).toEqual(Object.keys(odd))
  })
})

describe('reset', () => {
  const world = useWorld()

  it('is synchronous for readers, cleans the storage, and brings the environment’s flags', async () => {
    const storage = memoryStorage()
    const flags = world.client({ identity: { id: ada, traits: { plan: 'pro' } }, storage })
    await flags.ready({ from: 'network' })
    await calm()
    const done = flags.reset()
    expect([flags.identity, flags.traits(), flags.value('color', 'none')]).toEqual([undefined, {}, 'none'])
    await done
    await calm()
    expect(flags.value('color', '')).toBe('of nobody')
    const dump = [...(storage.keys() as Iterable<string>)].map((key) => storage.get(key)).join()
    expect(dump).not.toContain(ada)
    world.net.offline()
    expect(world.client({ identity: ada, storage }).value('color', 'none')).toBe('none')
  })

  it('works offline, and does not reject', async () => {
    const flags = world.client({ identity: ada })
    await flags.ready({ from: 'network' })
    world.net.offline()
    await expect(flags.reset()).resolves.toBeUndefined()
    expect(flags.identity).toBeUndefined()
  })

  it('gives an anonymous user another GUID', async () => {
    const storage = memoryStorage()
    const flags = world.client({ anonymous: true, storage })
    await flags.ready({ from: 'network' })
    const before = flags.identity
    await flags.reset()
    expect(flags.identity).toMatch(/^[\da-f-]{36}$/)
    expect(flags.identity).not.toBe(before)
    expect(world.client({ anonymous: true, storage }).identity).toBe(flags.identity)
  })

  it('forgets why the identity before was refused', async () => {
    const flags = world.client({ identity: '42' })
    await flags.ready({ from: 'network' })
    await flags.reset()
    expect(flags.status).toEqual({ state: 'fresh' })
  })
})
