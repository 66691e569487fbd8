import { describe, expect, it } from 'vitest'
import { type ClientOptions, GuidonError, memoryStorage } from '../../src/index.ts'
import { FakeStorage } from '../../src/testing.ts'
import { ada, answerTo, bob, calm, KEY, until, useWorld, who } from '../world.ts'

const defaults = {
  flags: { color: { enabled: true, value: 'bundled' }, size: { enabled: false, value: 16 } },
}

describe('a client at its start', () => {
  const world = useWorld()

  it('shows bundled flags on the next line', () => {
    const flags = world.client({ defaults })
    expect(flags.isEnabled('color')).toBe(true)
    expect(flags.value('size', 1)).toBe(16)
    expect(flags.flag('color')).toEqual({
      name: 'color',
      enabled: true,
      value: 'bundled',
      source: 'defaults',
      stale: true,
    })
  })

  it('makes one GET for a user, with the environment key as its only header', async () => {
    const flags = world.client({ identity: ada })
    await flags.ready({ from: 'network' })
    expect(world.net.calls).toHaveLength(1)
    const [call] = world.net.calls
    expect(call?.method).toBe('GET')
    expect(call?.url.href).toBe(`https://flags.test/api/v1/identities/?identifier=${ada}`)
    expect(call?.headers.get('X-Environment-Key')).toBe(KEY)
    expect(flags.value('color', '')).toBe(`of ${ada}`)
    expect(flags.flag('color')).toMatchObject({ source: 'network', stale: false })
  })

  it('makes one GET for the environment when there is nobody', async () => {
    const flags = world.client()
    await flags.ready({ from: 'network' })
    expect(world.net.calls.map(({ method, url }) => `${method} ${url.pathname}`)).toEqual([
      'GET /api/v1/flags/',
    ])
    expect(flags.identity).toBeUndefined()
  })

  it('makes one POST when there are traits, and one for all that is said in the same tick', async () => {
    const flags = world.client({ identity: { id: ada, traits: { plan: 'pro' } } })
    flags.setTraits({ beta: true })
    flags.refresh()
    await flags.ready({ from: 'network' })
    await calm()
    expect(world.net.calls).toHaveLength(1)
    expect(world.net.calls[0]?.body).toEqual({
      identifier: ada,
      traits: [
        { trait_key: 'plan', trait_value: 'pro' },
        { trait_key: 'beta', trait_value: true },
      ],
    })
  })

  it('shows what was stored in the statement after createClient, and then what the network says', async () => {
    const storage = memoryStorage()
    await world.client({ identity: ada, storage }).ready({ from: 'network' })
    await calm()
    world.net.respond = (call) => answerTo(call, { color: 'new' })
    const flags = world.client({ identity: ada, storage, defaults })
    expect(flags.value('color', '')).toBe(`of ${ada}`)
    expect(flags.flag('color')?.source).toBe('storage')
    await flags.ready({ from: 'network' })
    expect(flags.value('color', '')).toBe('new')
  })

  it('resumes no stored user by itself', async () => {
    const storage = memoryStorage()
    await world.client({ identity: ada, storage }).ready({ from: 'network' })
    await calm()
    const flags = world.client({ storage, defaults })
    expect(flags.identity).toBeUndefined()
    expect(flags.value('color', '')).toBe('bundled')
  })

  it('keeps a generated GUID on the device when it is anonymous', async () => {
    const storage = memoryStorage()
    const first = world.client({ anonymous: true, storage })
    await first.ready({ from: 'network' })
    const second = world.client({ anonymous: true, storage })
    expect(first.identity).toMatch(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/)
    expect(second.identity).toBe(first.identity)
    expect(who(world.net.calls[0] as never)).toBe(first.identity)
  })

  it('prefers the identity that the app gives to an anonymous one', () => {
    expect(world.client({ anonymous: true, identity: bob }).identity).toBe(bob)
  })

  it('makes another GUID when the stored one is not one', () => {
    const storage = memoryStorage()
    const spoiled = world.client({ anonymous: true, storage })
    const key = [...(storage.keys() as Iterable<string>)].find((key) => key.endsWith('.guid')) as string
    storage.set(key, 'jane@example.com')
    const flags = world.client({ anonymous: true, storage })
    expect(flags.identity).not.toBe(spoiled.identity)
    expect(flags.identity).toMatch(/^[\da-f-]{36}$/)
  })

  it('waits for a slow storage before it asks as an anonymous user, and shows defaults meanwhile', async () => {
    const slow = new FakeStorage()
    slow.answerLater()
    const first = world.client({ anonymous: true, storage: slow, defaults })
    expect(first.value('color', '')).toBe('bundled')
    await first.ready({ from: 'network' })
    await calm()
    const second = world.client({ anonymous: true, storage: slow })
    await second.ready({ from: 'network' })
    expect(second.identity).toBe(first.identity)
    expect(world.net.calls.map(who)).toEqual([first.identity, first.identity])
  })

  it.each([undefined, null, '', 7])('throws at once without an environment key (%s)', (environmentKey) => {
    expect(() => world.client({ environmentKey: environmentKey as string })).toThrow(GuidonError)
  })

  // `fetch` sends a header without the spaces around it.
  it.each(['ser.secret', ' ser.secret', '\n\tser.secret'])(
    'throws at once for a server-side key, and does not repeat it: %j',
    (environmentKey) => {
      try {
        world.client({ environmentKey })
        expect.unreachable()
      } catch (error) {
        expect(error).toMatchObject({ code: 'server-side-key' })
        expect(String(error)).not.toContain('secret')
      }
    },
  )

  it.each([
    { flags: { a: { enabled: 'yes', value: 1 } } },
    { flags: { a: { enabled: true } } },
    { flags: { a: { enabled: true, value: ['list'] } } },
    { flags: { a: { enabled: true, value: () => 1 } } },
    { flags: { a: null } },
    { flags: [7] },
  ])('throws at once for bundled flags that are none: %j', (file) => {
    expect(() => world.client({ defaults: file as never })).toThrow(/invalid-option: defaults/)
  })

  it('takes the file of the official command as bundled flags', () => {
    const file = {
      api: 'https://edge.api.flagsmith.com/api/v1/',
      flags: { font_size: { id: 1, enabled: true, value: 16 } },
      evaluationContext: {},
    }
    expect(world.client({ defaults: file }).value('font_size', 1)).toBe(16)
  })

  it('adds the slash to an api that has none', async () => {
    await world.client({ api: 'https://flags.test/api/v1' }).ready({ from: 'network' })
    expect(world.net.calls[0]?.url.pathname).toBe('/api/v1/flags/')
  })

  it('takes an option that is undefined as one that was not said', async () => {
    const unsaid: Record<Exclude<keyof ClientOptions, 'environmentKey' | 'api' | 'identity'>, undefined> = {
      anonymous: undefined,
      defaults: undefined,
      snapshot: undefined,
      storage: undefined,
      keepIdentities: undefined,
      resend: undefined,
      outbox: undefined,
      apply: undefined,
      maxAgeMs: undefined,
      timeoutMs: undefined,
      retries: undefined,
      consent: undefined,
      guards: undefined,
      use: undefined,
      fetch: undefined,
      random: undefined,
    }
    const flags = world.client({
      ...unsaid,
      identity: { id: ada, traits: undefined, transient: undefined },
      outbox: { maxChars: undefined, maxAgeMs: undefined },
      guards: { personal: undefined, guessable: undefined, salt: undefined, traits: undefined },
    })
    expect(await flags.ready({ from: undefined, timeoutMs: undefined })).toMatchObject({ stale: false })
    expect(flags.value('color', 'none')).toBe(`of ${ada}`)
    await flags.setTraits({ plan: 'pro' })
    await expect(flags.identify('ada@example.com')).rejects.toMatchObject({ code: 'personal-identifier' })
    expect(world.net.calls.map(({ method }) => method)).toEqual(['GET', 'POST'])
  })

  it('shares nothing between two clients of one process', async () => {
    const one = world.client({ identity: ada })
    const two = world.client({ identity: bob })
    await Promise.all([one.ready({ from: 'network' }), two.ready({ from: 'network' })])
    expect([one.value('color', ''), two.value('color', '')]).toEqual([`of ${ada}`, `of ${bob}`])
    await one.reset()
    expect(two.identity).toBe(bob)
    expect(two.value('color', '')).toBe(`of ${bob}`)
  })

  it('keeps two environments of one storage apart', async () => {
    const storage = memoryStorage()
    const one = world.client({ identity: ada, storage })
    await one.ready({ from: 'network' })
    await calm()
    world.net.hold()
    expect(world.client({ identity: ada, storage, environmentKey: 'other' }).value('color', 'none')).toBe(
      'none',
    )
    expect(world.client({ identity: ada, storage }).value('color', 'none')).toBe(`of ${ada}`)
    await until(() => world.net.held.length === 2)
    for (const answer of world.net.held) answer()
  })
})
