import { describe, expect, it } from 'vitest'
import { memoryStorage } from '../../src/index.ts'
import { FakeStorage } from '../../src/testing.ts'
import { ada, answerTo, bob, type Call, calm, until, useWorld, who } from '../world.ts'

/** All orders of n things. */
const orders = (n: number): number[][] =>
  n < 2
    ? [Array.from({ length: n }, (_, i) => i)]
    : orders(n - 1).flatMap((rest) =>
        Array.from({ length: n }, (_, i) => [...rest.slice(0, i), n - 1, ...rest.slice(i)]),
      )

const traitsOf = (call: Call) =>
  Object.fromEntries((call.body?.traits ?? []).map(({ trait_key, trait_value }) => [trait_key, trait_value]))

describe('whatever the order of the replies', () => {
  const world = useWorld()

  /** A settled client, and a network that from now on waits to be told. */
  const held = async (options = {}) => {
    const flags = world.client({ identity: ada, ...options })
    await flags.ready({ from: 'network' })
    await calm()
    world.net.calls.length = 0
    world.net.respond = (call) =>
      answerTo(call, { color: `of ${who(call)}`, traits: JSON.stringify(traitsOf(call)) })
    world.net.hold()
    return flags
  }
  /** Answers what is held, in this order, and then all that follows. */
  const answer = async (order: number[]) => {
    for (const i of order) {
      await until(() => world.net.held[i], `request ${i}`)
      world.net.held[i]?.()
      await calm()
    }
    for (let i = order.length; i < world.net.held.length; i++) {
      world.net.held[i]?.()
      await calm()
    }
  }

  it.each(orders(2))('identify A, then B: the flags are those of B (%i, %i)', async (...order) => {
    const flags = await held()
    const shown: unknown[] = []
    flags.on('change', () => shown.push([flags.identity, flags.value('color', 'none')]))
    const first = flags.identify('5e0d3c2b-7a91-4f0e-b6d8-c1a2b3d4e5f6')
    await until(() => world.net.held.length === 1)
    const second = flags.identify(bob)
    await expect(first).rejects.toMatchObject({ code: 'superseded' })
    await until(() => world.net.held.length === 2)
    await answer(order)
    await second
    expect(flags.identity).toBe(bob)
    expect(flags.value('color', '')).toBe(`of ${bob}`)
    for (const [identity, color] of shown as [string, string][])
      expect(['none', `of ${identity}`]).toContain(color)
  })

  it.each(orders(2))('identify, then reset: the flags are those of nobody (%i, %i)', async (...order) => {
    const flags = await held()
    const identified = flags.identify(bob, { plan: 'pro' })
    await until(() => world.net.held.length === 1)
    const reset = flags.reset()
    expect(flags.identity).toBeUndefined()
    expect(flags.traits()).toEqual({})
    await until(() => world.net.held.length === 2)
    await answer(order)
    await expect(identified).rejects.toMatchObject({ code: 'superseded' })
    await reset
    expect(flags.value('color', '')).toBe('of nobody')
  })

  it('setTraits a, then b: two requests one after the other, so that the server ends with b', async () => {
    const flags = await held()
    const first = flags.setTraits({ plan: 'a' })
    await until(() => world.net.held.length === 1)
    const second = flags.setTraits({ plan: 'b', beta: true })
    await calm()
    expect(world.net.held).toHaveLength(1)
    await answer([0, 1])
    await Promise.all([first, second])
    expect(world.net.calls.map(traitsOf)).toEqual([{ plan: 'a' }, { plan: 'b', beta: true }])
    expect(flags.value('traits', '')).toBe('{"plan":"b","beta":true}')
  })

  it('setTraits a, then b, in one tick: one request', async () => {
    const flags = await held()
    const both = Promise.all([flags.setTraits({ plan: 'a' }), flags.setTraits({ plan: 'b' })])
    await answer([0])
    await both
    expect(world.net.calls.map(traitsOf)).toEqual([{ plan: 'b' }])
  })

  it('setTraits during a refresh: the refresh is given up for it, and both calls are served', async () => {
    const flags = await held()
    const refreshed = flags.refresh()
    await until(() => world.net.held.length === 1)
    const set = flags.setTraits({ plan: 'a' })
    await until(() => world.net.held.length === 2)
    await answer([1, 0])
    await Promise.all([refreshed, set])
    expect(flags.value('traits', '')).toBe('{"plan":"a"}')
  })

  it.each(orders(2))(
    'a refresh, then identify: the answer of the refresh finds nobody (%i, %i)',
    async (...order) => {
      const flags = await held()
      const refreshed = flags.refresh()
      await until(() => world.net.held.length === 1)
      const identified = flags.identify(bob)
      await expect(refreshed).rejects.toMatchObject({ code: 'superseded' })
      await until(() => world.net.held.length === 2)
      await answer(order)
      await identified
      expect(flags.value('color', '')).toBe(`of ${bob}`)
    },
  )

  it('a refresh during identify is served by it', async () => {
    const flags = await held()
    const identified = flags.identify(bob)
    await until(() => world.net.held.length === 1)
    const refreshed = flags.refresh()
    await answer([0])
    await Promise.all([identified, refreshed])
    expect(world.net.calls).toHaveLength(1)
  })

  it('back to A while B is asked for: A’s flags are at once A’s, and B’s answer is dropped', async () => {
    const flags = await held()
    flags.identify(bob)
    await until(() => world.net.held.length === 1)
    const back = flags.identify(ada)
    expect(flags.value('color', '')).toBe(`of ${ada}`) // from storage
    await answer([0, 1])
    await back
    expect(flags.identity).toBe(ada)
    expect(flags.value('color', '')).toBe(`of ${ada}`)
  })

  it('a request that may write reaches the server although another user came, and only its answer is dropped', async () => {
    const flags = await held()
    flags.setTraits({ plan: 'pro' })
    await until(() => world.net.held.length === 1)
    const identified = flags.identify(bob)
    await answer([1, 0])
    await identified
    expect(world.net.calls.map(who)).toEqual([ada, bob])
    expect(flags.value('color', '')).toBe(`of ${bob}`)
    expect(flags.traits()).toEqual({})
  })

  it('a late answer is not stored for the user who came after', async () => {
    const storage = memoryStorage()
    const flags = await held({ storage })
    flags.refresh()
    await until(() => world.net.held.length === 1)
    const reset = flags.reset()
    await answer([0, 1])
    await reset
    await calm()
    const dump = [...(storage.keys() as Iterable<string>)].map((key) => storage.get(key)).join()
    expect(dump).not.toContain(`of ${ada}`)
    expect(dump).toContain('of nobody')
  })
})

describe('a slow storage', () => {
  const world = useWorld()

  /** A storage that does nothing until it is let. */
  const slow = (kept: Record<string, string> = {}) => {
    const storage = new FakeStorage(kept)
    storage.answerLater()
    storage.hold()
    const letThrough = async () => {
      storage.release()
      await calm()
    }
    return { storage, letThrough }
  }
  const filled = async () => {
    const { storage, letThrough } = slow()
    const flags = world.client({ identity: ada, storage })
    await letThrough()
    await flags.ready({ from: 'network' })
    await calm()
    flags.close()
    return storage.dump()
  }

  it('does not overwrite what a fast network brought', async () => {
    const kept = await filled()
    world.net.respond = (call) => answerTo(call, { color: 'fresh' })
    const { storage, letThrough } = slow(kept)
    const flags = world.client({ identity: ada, storage })
    await flags.ready({ from: 'network' })
    await letThrough()
    expect(flags.value('color', '')).toBe('fresh')
    expect(flags.flag('color')?.source).toBe('network')
  })

  it('shows its flags before a slow network, and ready() waits for it when the network fails first', async () => {
    const kept = await filled()
    world.net.offline()
    const { storage, letThrough } = slow(kept)
    const flags = world.client({ identity: ada, storage })
    let got: unknown
    flags.ready().then((ready) => {
      got = ready
    })
    await calm()
    expect(got).toBeUndefined()
    await letThrough()
    expect(got).toMatchObject({ source: 'storage', error: { code: 'network' } })
    expect(flags.value('color', '')).toBe(`of ${ada}`)
  })

  it('does not show the flags of a user who has left meanwhile', async () => {
    const kept = await filled()
    world.net.offline()
    const { storage, letThrough } = slow(kept)
    const flags = world.client({ identity: ada, storage })
    flags.identify(bob)
    await letThrough()
    expect(flags.value('color', 'none')).toBe('none')
  })

  it('shows its flags although traits were set meanwhile', async () => {
    const kept = await filled()
    world.net.offline()
    const { storage, letThrough } = slow(kept)
    const flags = world.client({ identity: ada, storage })
    flags.setTraits({ plan: 'pro' })
    await letThrough()
    expect(flags.value('color', '')).toBe(`of ${ada}`)
  })

  it('that hangs holds up neither flags nor reset', async () => {
    const { storage } = slow()
    const flags = world.client({ identity: ada, storage })
    expect(await flags.ready()).toMatchObject({ source: 'network' })
    await flags.reset()
    expect(flags.value('color', '')).toBe('of nobody')
  }, 20_000)
})

describe('two clients on one page', () => {
  const world = useWorld()

  it('of one environment share a storage without harm', async () => {
    const storage = memoryStorage()
    const one = world.client({ identity: ada, storage })
    const two = world.client({ identity: bob, storage })
    await Promise.all([one.ready({ from: 'network' }), two.ready({ from: 'network' })])
    await calm()
    await one.reset()
    world.net.offline()
    expect(world.client({ identity: bob, storage }).value('color', 'none')).toBe(`of ${bob}`)
    expect(world.client({ identity: ada, storage }).value('color', 'none')).toBe('none')
  })

  it('of the same user each hear their own answers', async () => {
    const storage = memoryStorage()
    const one = world.client({ identity: ada, storage })
    const two = world.client({ identity: ada, storage })
    await Promise.all([one.ready({ from: 'network' }), two.ready({ from: 'network' })])
    one.close()
    await two.refresh()
    expect(two.value('color', '')).toBe(`of ${ada}`)
  })
})
