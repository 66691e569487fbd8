// @vitest-environment happy-dom
import { createFlagsmithInstance as official } from '@flagsmith/flagsmith'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { API, ada, answerTo, bob, calm, KEY, until, useWorld } from '../world.ts'
import { useInstances } from './instances.ts'

// What goes wrong around an instance: callbacks that throw, calls in an order nobody thought of, devices that fail.

const world = useWorld()
const { open, errors, codes } = useInstances()
afterEach(() => {
  vi.useRealTimers()
})
const broken = (): never => {
  throw new Error('of the app')
}

describe('a callback that throws', () => {
  it('as onChange is told as an error, and keeps nobody else from hearing', async () => {
    const { flagsmith, init } = open()
    let times = 0
    await init({ onChange: broken, _trigger: () => void times++ })
    expect(flagsmith.getValue('color')).toBe('of nobody')
    expect(times).toBe(1)
    await until(() => codes().includes('listener'))
  })

  it('as onError keeps no flags from coming, and no call from saying why it failed', async () => {
    const { flagsmith, init } = open()
    await init({ onError: broken, datadogRum: {} as never })
    expect(flagsmith.getValue('color')).toBe('of nobody')
    await expect(flagsmith.identify('ada@example.org')).rejects.toMatchObject({ code: 'personal-identifier' })
  })

  it('as onError does not make init reject, when the device has flags', async () => {
    await open().init({ identity: ada, cacheFlags: true })
    world.net.offline()
    const { flagsmith, init } = open()
    await init({ identity: ada, cacheFlags: true, onError: broken })
    await calm()
    expect(flagsmith.getValue('color')).toBe(`of ${ada}`)
  })
})

describe('init called again', () => {
  it('and refused ends the one before, which is no error', async () => {
    world.net.hold()
    const { flagsmith, init } = open()
    const first = init({ identity: ada, cacheFlags: true })
    const second = init({ environmentID: 'ser.secret', cacheFlags: true })
    await expect(second).rejects.toMatchObject({ code: 'server-side-key' })
    await first
    expect(codes()).toEqual(['server-side-key'])
    expect([flagsmith.initialised, flagsmith.getValue('color')]).toEqual([false, null])
  })

  it('is possible after one that an extension of the app made fail', async () => {
    const { flagsmith, init } = open()
    await expect(init({ use: [broken] })).rejects.toThrow('of the app')
    expect([flagsmith.initialised, codes()]).toEqual([false, [undefined]])
    await init()
    expect(flagsmith.getValue('color')).toBe('of nobody')
  })

  it('goes on listening, whenever that began, until it is told to stop', async () => {
    const { flagsmith, init } = open()
    vi.useFakeTimers({
      toFake: ['setTimeout', 'setInterval', 'clearTimeout', 'clearInterval', 'Date', 'performance'],
    })
    /** Requests of some seconds. */
    const asked = async () => {
      const before = world.net.calls.length
      for (let second = 0; second < 5; second++) await vi.advanceTimersByTimeAsync(1_000)
      return world.net.calls.length - before
    }
    // Before there is anything to ask for.
    flagsmith.startListening(1_000)
    await init()
    expect(await asked()).toBeGreaterThan(1)
    await init({ identity: ada })
    expect(await asked()).toBeGreaterThan(1)
    flagsmith.stopListening()
    expect(await asked()).toBe(0)
    await init({ identity: bob })
    expect(await asked()).toBe(0)
  })
})

describe('another environment', () => {
  it('begins without what the one before knew of this person', async () => {
    const respond = world.net.respond
    world.net.respond = async (call) => {
      const body = await (await respond(call)).json()
      return Response.json({ ...body, traits: [{ trait_key: 'plan', trait_value: 'of the first' }] })
    }
    const { flagsmith, init } = open()
    await init({ identity: ada })
    expect(flagsmith.getTrait('plan')).toBe('of the first')
    world.net.hold()
    const done = flagsmith.updateContext({ environment: { apiKey: 'another-key' } })
    expect(flagsmith.getTrait('plan')).toBe(undefined)
    await until(() => world.net.held.length)
    for (const answer of world.net.held) answer(answerTo(world.net.calls.at(-1)!, { color: 'red' }))
    await done
  })

  it('that is refused leaves an instance that waits for init, and says so', async () => {
    const { flagsmith, init } = open()
    await init({ identity: ada })
    await expect(flagsmith.updateContext({ environment: { apiKey: 'ser.secret' } })).rejects.toMatchObject({
      code: 'server-side-key',
    })
    expect([flagsmith.initialised, flagsmith.getValue('color')]).toEqual([false, null])
    await init()
    expect(flagsmith.getValue('color')).toBe(`of ${ada}`)
  })
})

describe('what the official client left on the device', () => {
  it.each([
    ['nobody has said who they are', async () => {}],
    ['somebody has logged out', (theirs: ReturnType<typeof official>) => theirs.logout()],
  ])('is shown when %s', async (_, before) => {
    const theirs = official()
    await theirs.init({ environmentID: KEY, api: API, cacheFlags: true, fetch, AsyncStorage: localPage })
    await before(theirs)
    expect(localStorage[`FLAGSMITH_DB_${KEY}`]).toContain('of nobody')
    world.net.hold()
    const { flagsmith, init } = open()
    init({ cacheFlags: true })
    expect(flagsmith.getValue('color')).toBe('of nobody')
  })

  it('is found in a storage whose promises are of another make', async () => {
    const entry = { api: API, flags: { color: { enabled: true, value: 'of yesterday' } }, ts: Date.now() }
    const text = JSON.stringify({ ...entry, evaluationContext: { environment: { apiKey: KEY } } })
    const kept = new Map([[`FLAGSMITH_DB_${KEY}`, text]])
    // biome-ignore lint/suspicious/noThenProperty: a promise of another make.
    const later = (value: unknown) => ({ then: (done: (value: unknown) => void) => void done(value) })
    world.net.hold()
    const { flagsmith, init } = open()
    const AsyncStorage = {
      getItem: (key: string) => later(kept.get(key) ?? null),
      setItem: (key: string, text: string) => later(kept.set(key, text)),
    }
    await init({ cacheFlags: true, AsyncStorage })
    expect(flagsmith.getValue('color')).toBe('of yesterday')
  })
})

const localPage = {
  getItemSync: (key: string) => localStorage.getItem(key),
  getItem: async (key: string) => localStorage.getItem(key),
  setItem: async (key: string, text: string) => localStorage.setItem(key, text),
}

it('loadingState is the same object as long as it says the same, for who depends on it in a render', async () => {
  const { flagsmith, init } = open()
  const before = flagsmith.loadingState
  expect(flagsmith.loadingState).toBe(before)
  await init()
  const after = flagsmith.loadingState
  expect(after).not.toBe(before)
  expect(flagsmith.loadingState).toBe(after)
})

it('a logout in the middle of an identify ends with nobody’s flags, and both settle', async () => {
  const { flagsmith, init } = open()
  await init({ identity: ada, cacheFlags: true })
  world.net.hold()
  const identified = flagsmith.identify(bob, { plan: 'pro' })
  const out = flagsmith.logout()
  expect([flagsmith.identity, flagsmith.getAllTraits()]).toEqual([undefined, {}])
  await until(() => world.net.held.length > 0)
  for (const answer of world.net.held) answer()
  await Promise.all([identified, out])
  expect([flagsmith.identity, flagsmith.getValue('color')]).toEqual([undefined, 'of nobody'])
  expect(errors).toEqual([])
})
