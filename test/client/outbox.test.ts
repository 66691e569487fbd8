import { HttpResponse } from 'msw'
import { describe, expect, it } from 'vitest'
import { memoryStorage, type Storage, transient } from '../../src/index.ts'
import { FakeStorage } from '../../src/testing.ts'
import { ada, answerTo, bob, type Call, calm, until, useWorld, who } from '../world.ts'

const traitsOf = (call: Call | undefined) =>
  Object.fromEntries((call?.body?.traits ?? []).map(({ trait_key, trait_value }) => [trait_key, trait_value]))

/** What the device holds, as one text. */
const dump = (storage: Storage) =>
  [...(storage.keys() as Iterable<string>)].map((key) => `${key}=${storage.get(key)}`).join('\n')

describe('a trait that was set', () => {
  const world = useWorld()
  const written = (id: string) =>
    world.net.calls.filter((call) => who(call) === id && call.body).map(traitsOf)
  /** A server that keeps traits, refuses some, and can be gone. */
  const online = (refused: readonly string[] = []) => {
    world.net.respond = (call) =>
      Object.keys(traitsOf(call)).some((key) => refused.includes(key))
        ? HttpResponse.json({ traits: ['bad value'] }, { status: 400 })
        : answerTo(call, { color: `of ${who(call)}` })
  }
  /** Somebody who set traits offline, and whose page is gone since. */
  const left = async (
    storage: Storage,
    id: string,
    ...sets: Parameters<ReturnType<typeof world.client>['setTraits']>[]
  ) => {
    world.net.offline()
    const flags = world.client({ identity: id, storage })
    for (const [traits] of sets) await flags.setTraits(traits).catch(() => {})
    await calm()
    flags.close()
    world.net.calls.length = 0
    online()
  }

  it('offline waits on the device, survives a reload and arrives once', async () => {
    const storage = memoryStorage()
    await left(storage, ada, [{ plan: 'pro', beta: true }])
    const flags = world.client({ identity: ada, storage })
    expect(flags.pending).toBe(2)
    storage.delete([...(storage.keys() as Iterable<string>)].find((key) => key.endsWith('.retry')) as string)
    await flags.refresh()
    expect(written(ada)).toEqual([{ plan: 'pro', beta: true }])
    expect(flags.pending).toBe(0)
    await calm()
    expect(dump(storage)).not.toContain('pro')
    expect(dump(storage)).not.toContain(`"${ada}"`)
  })

  it('goes along with each request, or with `resend: changed` until the server has it, and transient ones always', async () => {
    online()
    const identity = { id: ada, traits: { plan: 'pro', country: transient('FR') } }
    const complete = world.client({ identity, storage: memoryStorage() })
    await complete.refresh()
    await complete.refresh()
    expect(world.net.calls.map(traitsOf)).toEqual([
      { plan: 'pro', country: 'FR' },
      { plan: 'pro', country: 'FR' },
    ])

    world.net.calls.length = 0
    const changed = world.client({ identity, storage: memoryStorage(), resend: 'changed' })
    await changed.refresh()
    await changed.refresh()
    world.net.offline()
    await changed.setTraits({ seats: 3, country: null }).catch(() => {})
    world.net.calls.length = 0
    online()
    await changed.refresh()
    await changed.refresh()
    expect(world.net.calls.map(traitsOf)).toEqual([{ seats: 3, country: null }, {}])
    expect(changed.traits()).toEqual({ plan: 'pro', seats: 3 })
    expect(world.net.calls.at(-1)?.method).toBe('GET')
  })

  // Microtasks after the answer. Four of them later nobody else was being asked for yet, and what waits was looked at.
  it.each([...Array(12).keys()])(
    'of somebody who comes when the flags of another are there is sent once: %i microtasks later',
    async (count) => {
      online()
      const flags = world.client({ identity: ada, storage: memoryStorage() })
      const off = flags.on('settled', async () => {
        if (flags.status.state !== 'fresh') return
        off()
        for (let i = 0; i < count; i++) await null
        flags.identify(bob, { plan: 'pro' })
      })
      await flags.ready({ from: 'network' })
      await calm()
      expect(written(bob)).toEqual([{ plan: 'pro' }])
    },
  )

  it('is on the device before its request leaves', async () => {
    const storage = memoryStorage()
    const seen: string[] = []
    world.net.respond = (call) => {
      seen.push(dump(storage))
      return answerTo(call, {})
    }
    const flags = world.client({ identity: { id: ada, traits: { plan: 'pro' } }, storage })
    await flags.setTraits({ plan: 'free' })
    expect(seen).toHaveLength(1)
    expect(seen[0]).toContain('["plan","free"'.slice(1, -1))
    expect(flags.pending).toBe(0)
  })

  it('is on the device in the same tick, so that a crash right after it loses nothing', async () => {
    const storage = memoryStorage()
    const flags = world.client({ identity: ada, storage })
    await flags.ready({ from: 'network' })
    world.net.hold()
    flags.setTraits({ plan: 'pro' })
    expect(dump(storage)).toContain('"plan","pro"')
    expect(flags.pending).toBe(1)
  })

  it('again goes out in its last value only', async () => {
    const storage = memoryStorage()
    await left(storage, ada, [{ plan: 'pro' }], [{ plan: 'free' }], [{ seats: 3 }], [{ plan: null }])
    const flags = world.client({ identity: ada, storage })
    expect(flags.pending).toBe(2)
    await flags.refresh()
    expect(written(ada)).toEqual([{ seats: 3, plan: null }])
    await flags.refresh()
    expect(written(ada)).toHaveLength(1)
  })

  it('again while it is in flight is not lost in a crash', async () => {
    const storage = memoryStorage()
    const flags = world.client({ identity: ada, storage })
    await flags.ready({ from: 'network' })
    world.net.hold()
    flags.setTraits({ plan: 'pro' })
    await until(() => world.net.held.length === 1)
    flags.setTraits({ plan: 'free' })
    world.net.offline()
    world.net.held[0]?.(answerTo(world.net.calls.at(-1) as Call, {}))
    await calm()
    flags.close()
    online()
    const next = world.client({ identity: ada, storage })
    expect(next.pending).toBe(1)
    await next.refresh()
    expect(written(ada).at(-1)).toEqual({ plan: 'free' })
  })

  it('is not told as done by an answer that makes no sense', async () => {
    const flags = world.client({ identity: ada })
    await flags.ready({ from: 'network' })
    world.net.respond = () => new Response('<h1>Hotel network</h1>')
    await expect(flags.setTraits({ plan: 'pro' })).rejects.toMatchObject({ code: 'payload' })
    expect(flags.pending).toBe(1)
  })

  it('for this evaluation only never waits', async () => {
    const storage = memoryStorage()
    await left(storage, ada, [{ ip: transient('203.0.113.7'), email: 'jane@example.com', plan: 'pro' }])
    expect(dump(storage)).not.toMatch(/203\.0|jane/)
    expect(world.client({ identity: ada, storage }).pending).toBe(1)
  })

  it('goes out also when another value is set for this evaluation only', async () => {
    world.net.offline()
    const flags = world.client({ identity: ada })
    await flags.setTraits({ plan: 'pro' }).catch(() => {})
    await flags.setTraits({ plan: transient('trial') }).catch(() => {})
    world.net.calls.length = 0
    online()
    await flags.refresh()
    await until(() => flags.pending === 0)
    expect(written(ada)).toEqual([{ plan: 'trial' }, { plan: 'pro' }])
    expect(world.net.calls.map(({ body }) => body?.traits?.[0]?.transient)).toEqual([true, undefined])
  })

  it('of nobody, or of somebody who is known to nobody, never waits', async () => {
    const storage = memoryStorage()
    world.net.offline()
    const flags = world.client({ storage })
    await flags.setTraits({ plan: 'pro' }).catch(() => {})
    const other = world.client({ identity: { id: ada, transient: true, traits: { plan: 'pro' } }, storage })
    await other.refresh().catch(() => {})
    expect([flags.pending, other.pending]).toEqual([0, 0])
    expect(dump(storage)).not.toContain('pro')
  })

  it('goes out after a logout, and nothing else of the user remains', async () => {
    const storage = memoryStorage()
    const flags = world.client({ identity: ada, storage })
    await flags.ready({ from: 'network' })
    world.net.offline()
    await flags.setTraits({ plan: 'pro' }).catch(() => {})
    await flags.reset()
    expect(flags.pending).toBe(1)
    expect(dump(storage)).not.toContain(`of ${ada}`)
    world.net.calls.length = 0
    online()
    await flags.refresh()
    await until(() => flags.pending === 0)
    expect(written(ada)).toEqual([{ plan: 'pro' }])
    expect(flags.identity).toBeUndefined()
    expect(flags.value('color', '')).toBe('of nobody')
    await calm()
    expect(dump(storage)).not.toContain(ada)
  })

  it('in the tick of a logout goes out as well', async () => {
    const flags = world.client({ identity: ada })
    await flags.ready({ from: 'network' })
    flags.setTraits({ plan: 'pro' })
    await flags.reset()
    await until(() => flags.pending === 0)
    expect(written(ada)).toEqual([{ plan: 'pro' }])
  })

  it('goes out at the start of another user, and costs that user nothing', async () => {
    const storage = memoryStorage()
    await left(storage, ada, [{ plan: 'pro' }])
    const flags = world.client({ identity: bob, storage })
    await flags.ready({ from: 'network' })
    await until(() => flags.pending === 0)
    expect(written(ada)).toEqual([{ plan: 'pro' }])
    expect(written(bob)).toEqual([])
    expect(flags.traits()).toEqual({})
    expect(flags.value('color', '')).toBe(`of ${bob}`)
  })

  it('is dropped when the server refuses it, by itself: the others arrive, and the key is told without the value', async () => {
    online(['bad'])
    const flags = world.client({ identity: ada })
    await flags.ready({ from: 'network' })
    const told = world.told(flags)
    await flags.setTraits({ plan: 'pro', bad: 'value 4711', seats: 3 })
    await calm()
    expect(flags.pending).toBe(0)
    expect(flags.traits()).toEqual({ plan: 'pro', seats: 3 })
    expect(written(ada).at(-1)).toEqual({ plan: 'pro', seats: 3 })
    expect(told.error).toMatchObject([{ code: 'dropped-trait', key: 'bad' }])
    expect(JSON.stringify([told.error, String(told.error)])).not.toContain('4711')
  })

  it('is dropped when the server refuses it after a reload, for who is gone as for who is there', async () => {
    const storage = memoryStorage()
    await left(storage, ada, [{ bad: 1, plan: 'pro' }])
    await left(storage, bob, [{ bad: 2, plan: 'free' }])
    online(['bad'])
    const flags = world.client({ identity: bob, storage })
    const told = world.told(flags)
    await flags.refresh()
    await until(() => flags.pending === 0)
    await calm()
    expect(told.error.map(({ code, key }) => [code, key])).toEqual([
      ['dropped-trait', 'bad'],
      ['dropped-trait', 'bad'],
    ])
    expect(written(ada)).toContainEqual({ plan: 'pro' })
    expect(written(bob)).toContainEqual({ plan: 'free' })
  })

  it('goes when there is no room for more, the oldest first, and that is told', async () => {
    world.net.offline()
    const flags = world.client({ identity: ada, outbox: { maxChars: 300 } })
    const told = world.told(flags)
    for (let i = 0; i < 6; i++) await flags.setTraits({ [`key-${i}`]: 'x'.repeat(20) }).catch(() => {})
    await calm()
    const dropped = told.error.filter(({ code }) => code === 'dropped-trait').map(({ key }) => key)
    expect(dropped.length).toBeGreaterThan(0)
    expect(dropped).toEqual(['key-0', 'key-1', 'key-2', 'key-3'].slice(0, dropped.length))
    expect(flags.pending).toBe(6 - dropped.length)
  })

  it('goes when it is too old, and that is told', async () => {
    const storage = memoryStorage()
    await left(storage, ada, [{ plan: 'pro' }])
    const flags = world.client({ identity: ada, storage, outbox: { maxAgeMs: -1 } })
    const told = world.told(flags)
    await flags.refresh()
    expect(written(ada)).toEqual([])
    expect(flags.pending).toBe(0)
    expect(told.error).toMatchObject([{ code: 'dropped-trait', key: 'plan' }])
  })

  it('is sent in this session also when the disk is full', async () => {
    const storage = new FakeStorage()
    storage.fill()
    world.net.offline()
    const flags = world.client({ identity: ada, storage })
    await flags.setTraits({ plan: 'pro' }).catch(() => {})
    await flags.setTraits({ seats: 3 }).catch(() => {})
    expect(flags.pending).toBe(2)
    world.net.calls.length = 0
    online()
    await flags.refresh()
    expect(written(ada)).toEqual([{ plan: 'pro', seats: 3 }])
    expect(flags.pending).toBe(0)
  })

  it('of another tab stays on the device until that tab is done with it', async () => {
    const storage = memoryStorage()
    const one = world.client({ identity: ada, storage })
    const two = world.client({ identity: bob, storage })
    await Promise.all([one.ready({ from: 'network' }), two.ready({ from: 'network' })])
    world.net.offline()
    await one.setTraits({ plan: 'pro' }).catch(() => {})
    await two.setTraits({ plan: 'free' }).catch(() => {})
    online()
    await two.refresh()
    expect(two.pending).toBe(0)
    expect(dump(storage)).toContain('"plan","pro"')
    await one.refresh()
    await calm()
    expect(dump(storage)).not.toContain('plan')
  })

  it('of another tab is not sent once that tab has set it anew and delivered it', async () => {
    const storage = memoryStorage()
    const one = world.client({ identity: ada, storage })
    await one.ready({ from: 'network' })
    world.net.offline()
    await one.setTraits({ plan: 'pro' }).catch(() => {})
    const two = world.client({ identity: ada, storage })
    await two.ready({ from: 'network' })
    expect(two.pending).toBe(1)
    online()
    await one.setTraits({ plan: 'free' })
    await calm()
    await two.refresh()
    expect(written(ada).at(-1)).toEqual({ plan: 'free' })
    expect(two.pending).toBe(0)
  })

  it.each([
    'no JSON',
    'null',
    '{}',
    '[1, null, ["a"]]',
    '[["a", "b", {}, 1], ["", "b", 1, 1], ["a", "b", 1, "x"]]',
  ])('survives an outbox on the device that says %s', async (text) => {
    const storage = memoryStorage()
    await left(storage, ada, [{ plan: 'pro' }])
    const key = [...(storage.keys() as Iterable<string>)].find((key) => key.endsWith('.outbox')) as string
    storage.set(key, text)
    const flags = world.client({ identity: ada, storage })
    expect(flags.pending).toBe(0)
    await flags.setTraits({ seats: 3 })
    expect(flags.pending).toBe(0)
    expect(written(ada)).toEqual([{ seats: 3 }])
  })

  it('in an earlier session arrives also when the storage is slow to say so', async () => {
    const kept = memoryStorage()
    await left(kept, ada, [{ plan: 'pro' }])
    const slow: Storage = {
      get: async (key) => {
        await calm()
        return kept.get(key)
      },
      set: async (key, text) => kept.set(key, text),
      delete: async (key) => kept.delete(key),
      keys: async () => kept.keys(),
    }
    const flags = world.client({ identity: ada, storage: slow })
    await until(() => written(ada).length)
    expect(written(ada)).toEqual([{ plan: 'pro' }])
    await until(() => flags.pending === 0)
  })

  it('named like the parts of an object is a trait like any other', async () => {
    const storage = memoryStorage()
    await left(storage, ada, [JSON.parse('{"__proto__": 1, "constructor": 2}')])
    const flags = world.client({ identity: ada, storage })
    await flags.refresh()
    expect(written(ada).map((traits) => Object.entries(traits))).toEqual([
      [
        ['__proto__', 1],
        ['constructor', 2],
      ],
    ])
    expect(flags.pending).toBe(0)
  })
})
