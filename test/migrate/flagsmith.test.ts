// @vitest-environment happy-dom
import { createFlagsmithInstance as official } from '@flagsmith/flagsmith'
import { HttpResponse } from 'msw'
import { afterEach, describe, expect, it } from 'vitest'
import { transient } from '../../src/index.ts'
import defaultInstance from '../../src/migrate.ts'
import { API, ada, answerTo, bob, calm, KEY, until, useWorld, wireFlag } from '../world.ts'
import { useInstances } from './instances.ts'

const world = useWorld()
const { open, errors, codes } = useInstances()
afterEach(() => defaultInstance.client?.close())

describe('an identifier that is personal', () => {
  it('given to init leaves nothing: the environment’s flags are shown, and onError says why', async () => {
    const { flagsmith, init } = open()
    await init({ identity: 'ada@example.org', traits: { plan: 'pro' }, cacheFlags: true })
    expect(flagsmith.getValue('color')).toBe('of nobody')
    expect(codes()).toEqual(['personal-identifier'])
    expect(flagsmith.identity).toBe(undefined)
    expect(JSON.stringify([world.net.calls, { ...localStorage }])).not.toContain('ada@')
    expect(errors[0]!.message).not.toContain('ada@')
  })

  it('rejects identify, which shows nobody’s flags, and never those of who was here before', async () => {
    const { flagsmith, init } = open()
    await init({ identity: ada })
    expect(flagsmith.getValue('color')).toBe(`of ${ada}`)
    const done = flagsmith.identify('bob@example.org')
    expect(flagsmith.getValue('color')).toBe(null)
    await expect(done).rejects.toMatchObject({ code: 'personal-identifier' })
    await until(() => flagsmith.getValue('color') === 'of nobody')
    // And again, though it is the same.
    await expect(flagsmith.identify('bob@example.org')).rejects.toMatchObject({ code: 'personal-identifier' })
    expect(flagsmith.getContext().identity?.identifier).toBe(undefined)
    expect(JSON.stringify(world.net.calls)).not.toContain('bob@')
  })

  it('passes while the app says so: as it is, or as a GUID made of it', async () => {
    const asItIs = open()
    await asItIs.init({ identity: 'ada@example.org', guards: { personal: 'allow' } })
    expect(asItIs.flagsmith.identity).toBe('ada@example.org')
    const hashed = open()
    await hashed.init({ identity: 'ada@example.org', guards: { personal: 'hash', salt: 'of this app' } })
    expect(hashed.flagsmith.identity).toMatch(/^[\da-f-]{36}$/)
    expect(hashed.flagsmith.getValue('color')).toBe(`of ${hashed.flagsmith.identity}`)
    expect(codes()).toEqual([])
  })
})

it('is refused a server-side key, and says so in both ways', async () => {
  const { init } = open()
  await expect(init({ environmentID: 'ser.secret' })).rejects.toMatchObject({ code: 'server-side-key' })
  expect(codes()).toEqual(['server-side-key'])
})

it('causes no unhandled rejection, whatever is not awaited', async () => {
  world.net.offline()
  const { flagsmith, init } = open()
  init({ identity: ada })
  flagsmith.identify('ada@example.org')
  flagsmith.setTrait('bad', new Date() as never)
  flagsmith.logout()
  flagsmith.getFlags()
  await calm()
  expect(codes()).toEqual(expect.arrayContaining(['personal-identifier', 'invalid-trait', 'network']))
  // Each error is told once.
  expect(new Set(errors).size).toBe(errors.length)
})

it('keeps traits out of what is refused: one bad trait does not spoil the next call', async () => {
  const { flagsmith, init } = open()
  await init({ identity: ada })
  await expect(flagsmith.setTraits({ plan: 'pro', bad: [1] as never })).rejects.toMatchObject({
    code: 'invalid-trait',
  })
  expect(flagsmith.getAllTraits()).toEqual({})
  await flagsmith.setTraits({ plan: 'pro', none: undefined as never })
  expect(flagsmith.getAllTraits()).toEqual({ plan: 'pro' })
})

it('sends a trait for one evaluation as such, from every place that traits come from', async () => {
  const { flagsmith, init } = open()
  const seen = { value: 'FR', transient: true }
  await init({ identity: ada, traits: { country: seen } })
  await flagsmith.setTrait('city', transient('Lyon'))
  await flagsmith.identify(bob, { country: seen })
  for (const { body } of world.net.calls) expect(body?.traits?.every(({ transient }) => transient)).toBe(true)
  expect(world.net.calls.length).toBe(3)
})

it('makes a person transient, and persistent again', async () => {
  const { flagsmith, init } = open()
  await init({ cacheFlags: true })
  await (flagsmith.identify as (...args: unknown[]) => Promise<void>)(ada, {}, true)
  expect(world.net.calls.at(-1)).toMatchObject({ method: 'POST', body: { identifier: ada, transient: true } })
  await flagsmith.setContext({ identity: { identifier: ada } })
  expect(world.net.calls.at(-1)).toMatchObject({ method: 'GET' })
  expect(flagsmith.getValue('color')).toBe(`of ${ada}`)
})

it('changes the environment, and with it all flags', async () => {
  world.net.respond = (call) => answerTo(call, { key: call.headers.get('X-Environment-Key') })
  const { flagsmith, init } = open()
  await init({ identity: ada })
  await flagsmith.updateContext({ environment: { apiKey: 'another-key' } })
  expect(flagsmith.getValue('key')).toBe('another-key')
  expect(flagsmith.identity).toBe(ada)
})

it('gives up nothing of A for B: a late answer for A is not shown, and not as B’s traits either', async () => {
  world.net.respond = () =>
    HttpResponse.json({
      identifier: ada,
      flags: [wireFlag('color', 'of ada')],
      traits: [{ trait_key: 'plan', trait_value: 'of ada' }],
    })
  const { flagsmith, init } = open()
  await init({ identity: ada })
  expect(flagsmith.getTrait('plan')).toBe('of ada')
  world.net.hold()
  const late = flagsmith.getFlags()
  const done = flagsmith.identify(bob)
  expect([flagsmith.getTrait('plan'), flagsmith.getValue('color')]).toEqual([undefined, null])
  await until(() => world.net.held.length > 0)
  for (const answer of world.net.held) answer()
  await Promise.allSettled([late, done])
  expect([flagsmith.getTrait('plan'), flagsmith.getValue('color')]).toEqual([undefined, null])
})

it('shares nothing between two instances', async () => {
  const one = open()
  const other = open()
  await one.init({ identity: ada, headers: { 'X-Tenant': 'one' } })
  await other.init({ identity: bob })
  expect([one, other].map(({ flagsmith }) => flagsmith.getValue('color'))).toEqual([`of ${ada}`, `of ${bob}`])
  expect(world.net.calls.map(({ headers }) => headers.get('X-Tenant'))).toEqual(['one', null])
})

it('has a default instance, with the client underneath for what is moved already', async () => {
  await defaultInstance.init({ environmentID: KEY, api: API, identity: ada })
  expect(defaultInstance.client?.value('color', '')).toBe(`of ${ada}`)
})

it('can be made anew: of two inits in one go only the second asks', async () => {
  const { flagsmith, init } = open()
  const first = init({ identity: ada })
  await init({ identity: bob })
  await first
  expect(flagsmith.identity).toBe(bob)
  expect(world.net.calls.length).toBe(1)
})

it('tells onChange of B’s flags as soon as B’s are shown, and when they have come', async () => {
  const told: unknown[] = []
  const { flagsmith, init } = open()
  await init({
    identity: ada,
    onChange: (before, { isFromServer }) =>
      told.push([before?.color?.value, flagsmith.getValue('color'), isFromServer]),
  })
  await flagsmith.identify(bob)
  expect(told).toEqual([
    [undefined, `of ${ada}`, true],
    [undefined, null, false],
    [undefined, `of ${bob}`, true],
  ])
})

it('finds flags by any name, also those of Object', async () => {
  world.net.respond = (call) => answerTo(call, { __proto__x: 1, 'Ünïcode Flag': 2, constructor: 3 })
  const { flagsmith, init } = open()
  await init()
  expect(
    ['__PROTO__x', 'ünïcode flag', 'constructor', 'toString', '__proto__'].map((name) =>
      flagsmith.getValue(name),
    ),
  ).toEqual([1, 2, 3, null, null])
  expect(flagsmith.hasFeature('toString', { fallback: true })).toBe(true)
})

describe('preventFetch', () => {
  it('asks nobody, keeps nothing back from the next start, and is over with the first call that asks', async () => {
    const { flagsmith, init } = open()
    await init({ preventFetch: true, cacheFlags: true, identity: ada, traits: { plan: 'pro' } })
    await calm()
    expect(world.net.calls).toEqual([])
    expect(errors).toEqual([])
    expect(flagsmith.loadingState).toMatchObject({ error: null, isFetching: false, isLoading: false })

    const next = open()
    await next.init({ cacheFlags: true, identity: ada })
    expect(next.flagsmith.getValue('color')).toBe(`of ${ada}`)

    await flagsmith.getFlags()
    expect(flagsmith.getValue('color')).toBe(`of ${ada}`)
    // The trait has waited.
    expect(JSON.stringify(world.net.calls.map(({ body }) => body))).toContain('"plan"')
  })

  it('does not swallow what is asked in the same moment', async () => {
    const { flagsmith, init } = open()
    init({ preventFetch: true })
    await flagsmith.identify(ada)
    expect(flagsmith.getValue('color')).toBe(`of ${ada}`)
  })
})

describe('skipAPI', () => {
  const skipping = { cacheFlags: true, identity: ada, cacheOptions: { skipAPI: true } }

  it('asks when the device has nothing', async () => {
    const { flagsmith, init } = open()
    await init(skipping)
    expect(flagsmith.getValue('color')).toBe(`of ${ada}`)
    expect(world.net.calls.length).toBe(1)
  })

  it('lets a trait through all the same', async () => {
    await open().init(skipping)
    await open().init({ ...skipping, traits: { plan: 'pro' } })
    await until(() => world.net.calls.length > 1)
    expect(world.net.calls.at(-1)?.body?.traits).toEqual([{ trait_key: 'plan', trait_value: 'pro' }])
  })
})

describe('what the official client left on the device', () => {
  const ENTRY = `FLAGSMITH_DB_${KEY}`
  const left = (more: object = {}, identity: string | null = ada) => ({
    api: API,
    flags: { color: { id: 1, enabled: true, value: 'of yesterday' } },
    ts: Date.now() - 1_000,
    evaluationContext: {
      environment: { apiKey: KEY },
      ...(identity && {
        identity: { identifier: identity, traits: { email: { value: 'ada@example.org' } } },
      }),
    },
    identity,
    ...more,
  })

  it('is what its own code writes: the first start after the move is warm', async () => {
    const theirs = official()
    await theirs.init({ environmentID: KEY, api: API, identity: ada, cacheFlags: true, fetch })
    expect(localStorage[ENTRY]).toContain('of 3f2b')
    world.net.hold()
    const { flagsmith, init } = open()
    await init({ identity: ada, cacheFlags: true })
    expect(flagsmith.getValue('color')).toBe(`of ${ada}`)
    expect(flagsmith.loadingState).toMatchObject({ source: 'CACHE', isFetching: true })
  })

  it('is shown on the next line, without its traits, and is gone when ours is kept', async () => {
    localStorage[ENTRY] = JSON.stringify(left())
    localStorage[`FLAGSMITH_EVENT_${KEY}`] = '{}'
    const told: unknown[] = []
    const { flagsmith, init } = open()
    const done = init({
      identity: ada,
      cacheFlags: true,
      onChange: (before, params, { source }) => told.push([before, params.flagsChanged, source]),
    })
    expect(flagsmith.getValue('color')).toBe('of yesterday')
    expect(flagsmith.getAllTraits()).toEqual({})
    await done
    await until(() => told.length > 1)
    expect(told[0]).toEqual([null, ['color'], 'CACHE'])
    await until(() => !(ENTRY in localStorage))
    expect(Object.keys(localStorage).filter((key) => key.startsWith('FLAGSMITH'))).toEqual([])
    expect(JSON.stringify({ ...localStorage })).not.toContain('ada@')

    // And the next start is warm with ours.
    world.net.offline()
    const next = open()
    await next.init({ identity: ada, cacheFlags: true })
    expect(next.flagsmith.getValue('color')).toBe(`of ${ada}`)
    await calm()
  })

  it('stays where it is as long as there is nothing better', async () => {
    localStorage[ENTRY] = JSON.stringify(left())
    world.net.offline()
    const { flagsmith, init } = open()
    await init({ identity: ada, cacheFlags: true })
    await calm()
    expect(flagsmith.getValue('color')).toBe('of yesterday')
    expect(ENTRY in localStorage).toBe(true)
  })

  it.each([
    ['another user’s', left({}, bob)],
    ['nobody’s, for somebody', left({}, null)],
    ['another environment’s', left({ evaluationContext: { environment: { apiKey: 'other' } } })],
    ['another server’s', left({ api: 'https://other.test/' })],
    ['half a flag', left({ flags: { color: { value: 1 } } })],
    ['no flags', left({ flags: null })],
    ['a list', []],
    ['a number', 7],
  ])('is not taken when it is %s', async (_, entry) => {
    localStorage[ENTRY] = JSON.stringify(entry)
    const { flagsmith, init } = open()
    const done = init({ identity: ada, cacheFlags: true })
    expect(flagsmith.getAllFlags()).toEqual({})
    await done
    expect(flagsmith.getValue('color')).toBe(`of ${ada}`)
    expect(errors).toEqual([])
    await until(() => !(ENTRY in localStorage))
  })

  it('is not taken when it is no JSON, nor by an app that caches nothing', async () => {
    localStorage[ENTRY] = '{"api":'
    const { flagsmith, init } = open()
    await init({ identity: ada, cacheFlags: true })
    expect(flagsmith.getValue('color')).toBe(`of ${ada}`)
    localStorage[ENTRY] = JSON.stringify(left())
    world.net.hold()
    const other = open()
    other.init({ identity: ada })
    expect(other.flagsmith.getAllFlags()).toEqual({})
    expect(ENTRY in localStorage).toBe(true)
  })

  it('is found under a key of the app’s own, and does not beat what is newer', async () => {
    const first = open()
    await first.init({ identity: ada, cacheFlags: true })
    localStorage.mine = JSON.stringify(left({ ts: 1 }))
    world.net.hold()
    const { flagsmith, init } = open()
    init({ identity: ada, cacheFlags: true, cacheOptions: { storageKey: 'mine' } })
    expect(flagsmith.getValue('color')).toBe(`of ${ada}`)
    localStorage.mine = JSON.stringify(left({ ts: Date.now() + 5 }))
    const other = open()
    other.init({ identity: ada, cacheFlags: true, cacheOptions: { storageKey: 'mine' } })
    expect(other.flagsmith.getValue('color')).toBe('of yesterday')
  })

  it('is found in an AsyncStorage, too', async () => {
    const kept = new Map([[ENTRY, JSON.stringify(left())]])
    const AsyncStorage = {
      getItem: async (key: string) => kept.get(key) ?? null,
      setItem: async (key: string, text: string) => void kept.set(key, text),
      removeItem: async (key: string) => void kept.delete(key),
    }
    world.net.hold()
    const { flagsmith, init } = open()
    await init({ identity: ada, cacheFlags: true, AsyncStorage })
    expect(flagsmith.getValue('color')).toBe('of yesterday')
    await until(() => world.net.held.length > 0)
    for (const answer of world.net.held) answer()
    await until(() => flagsmith.getValue('color') === `of ${ada}`)
    await until(() => !kept.has(ENTRY))
  })

  it('does no harm on a device that is denied, broken or full', async () => {
    const broken = () => {
      throw new Error('denied')
    }
    const { flagsmith, init } = open()
    await init({ identity: ada, cacheFlags: true, AsyncStorage: { getItem: broken, setItem: broken } })
    expect(flagsmith.getValue('color')).toBe(`of ${ada}`)
    const rejecting = open()
    const reject = () => Promise.reject(new Error('denied'))
    await rejecting.init({
      identity: ada,
      cacheFlags: true,
      AsyncStorage: { getItem: reject, setItem: reject },
    })
    expect(rejecting.flagsmith.getValue('color')).toBe(`of ${ada}`)
    const writeOnly = open()
    const AsyncStorage = { getItem: async () => JSON.stringify(left()), setItem: reject }
    await writeOnly.init({ identity: ada, cacheFlags: true, AsyncStorage })
    await until(() => writeOnly.flagsmith.getValue('color') === `of ${ada}`)
    await calm()
    expect(new Set(codes())).toEqual(new Set(['storage']))
  })
})

describe('a state', () => {
  it('of somebody else is not shown', async () => {
    const { flagsmith, init } = open()
    const state = { api: API, flags: { color: { enabled: true, value: 'of bob' } }, identity: bob }
    const done = init({ identity: ada, state })
    expect(flagsmith.getValue('color')).toBe(null)
    await done
    expect(flagsmith.getValue('color')).toBe(`of ${ada}`)
  })

  it('says who it is when the app does not, and ours can be handed on', async () => {
    const server = open()
    await server.init({ identity: ada })
    const state = JSON.parse(JSON.stringify(server.flagsmith.getState()))
    const { flagsmith, init } = open()
    const done = init({ state })
    expect([flagsmith.identity, flagsmith.getValue('color')]).toEqual([ada, `of ${ada}`])
    await done
  })

  it('set in the middle is shown, and a later answer counts more', async () => {
    const { flagsmith, init } = open()
    await init({ identity: ada })
    flagsmith.setState({ api: API, flags: { color: { enabled: true, value: 'set' } }, identity: ada })
    expect(flagsmith.getValue('color')).toBe('set')
    await flagsmith.getFlags()
    expect(flagsmith.getValue('color')).toBe(`of ${ada}`)
    flagsmith.setState({ api: API, flags: { color: { enabled: true, value: 'of bob, set' } }, identity: bob })
    expect([flagsmith.identity, flagsmith.getValue('color')]).toEqual([bob, 'of bob, set'])
    await calm()
  })
})

it('goes on without what could not be loaded or is not there', async () => {
  const { flagsmith, init } = open()
  await init({ identity: ada, realtime: true, eventSourceUrl: 'https://flags.test/' })
  await calm()
  expect(flagsmith.getValue('color')).toBe(`of ${ada}`)
})
