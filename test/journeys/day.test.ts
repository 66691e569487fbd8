import { beforeEach, describe, expect, it } from 'vitest'
import { memoryStorage, transient } from '../../src/index.ts'
import { ada, bob, calm, KEY, useWorld } from '../world.ts'
import { openShop } from './shop.ts'

const defaults = {
  flags: {
    discount: { enabled: true, value: 0 },
    banner: { enabled: true, value: 'Welcome' },
    'new-checkout': { enabled: false, value: null },
  },
}

describe('a day with a real server', () => {
  const world = useWorld()
  let shop: ReturnType<typeof openShop>
  beforeEach(() => {
    shop = openShop()
    world.net.serve(shop)
  })

  it('from the first visit to the logout', async () => {
    const storage = memoryStorage()
    const open = (identity?: string) => world.client({ storage, defaults, ...(identity && { identity }) })

    // Morning: the first visit. Bundled flags at once, the server's a moment later.
    let flags = open(ada)
    expect([flags.value('banner', ''), flags.flag('banner')?.source]).toEqual(['Welcome', 'defaults'])
    await flags.ready({ from: 'network' })
    expect([flags.value('banner', ''), flags.value('discount', 0)]).toEqual(['Hello', 5])
    expect(flags.flag('margin')).toBeUndefined() // for servers only

    // She buys the big plan, and is in France today.
    await flags.setTraits({ plan: 'pro', country: transient('FR') })
    expect([flags.value('banner', ''), flags.value('discount', 0)]).toEqual(['Bonjour', 20])
    await calm()
    flags.close()

    // On the train: no network. The flags of the morning, at once, and nothing breaks.
    world.net.offline()
    flags = open(ada)
    expect([flags.value('discount', 0), flags.flag('discount')?.source]).toEqual([20, 'storage'])
    expect(await flags.ready({ from: 'network' })).toMatchObject({
      source: 'storage',
      error: { code: 'network' },
    })
    expect(flags.status.state).toBe('offline')

    // The network is back. The server remembers her plan, and not where she was.
    world.net.serve(shop)
    await flags.refresh()
    expect([flags.value('banner', ''), flags.value('discount', 0)]).toEqual(['Hello', 20])

    // Somebody switches the new checkout on.
    const told = world.told(flags)
    shop.set('new-checkout', { enabled: true })
    await flags.refresh()
    expect(flags.isEnabled('new-checkout')).toBe(true)
    expect(told.change).toEqual([{ changed: ['new-checkout'], source: 'network' }])

    // She hands the tablet to Bob, who has no plan.
    await flags.reset()
    expect(flags.value('discount', 0)).toBe(5)
    const identified = flags.identify(bob)
    expect(flags.value('discount', 0)).toBe(0) // bundled: nothing is known of him on this device
    await identified
    expect(flags.value('discount', 0)).toBe(5)

    // And what is on the disk names neither of them.
    await calm()
    const dump = JSON.stringify([...(storage as Map<string, string>)])
    expect(dump).not.toMatch(new RegExp(`${ada}|${bob}|${KEY}|FR`))
  })

  it('with a server that keeps no traits: the complete set goes along each time', async () => {
    world.net.serve(openShop({ persistTraits: false }))
    const flags = world.client({ identity: { id: ada, traits: { plan: 'pro' } } })
    await flags.ready({ from: 'network' })
    expect(flags.value('discount', 0)).toBe(20)
    await flags.setTraits({ country: transient('FR') })
    expect([flags.value('banner', ''), flags.value('discount', 0)]).toEqual(['Bonjour', 20])
  })

  it('as somebody known to nobody: transient, and gone afterwards', async () => {
    const flags = world.client({ identity: { id: ada, traits: { plan: 'pro' }, transient: true } })
    await flags.ready({ from: 'network' })
    expect(flags.value('discount', 0)).toBe(20)
    const again = world.client({ identity: ada })
    await again.ready({ from: 'network' })
    expect(again.value('discount', 0)).toBe(5)
  })

  it('with the wrong key: the flags of the device, and a word that helps', async () => {
    const flags = world.client({ environmentKey: 'wrong', defaults })
    const ready = await flags.ready({ from: 'network' })
    expect(ready).toMatchObject({ source: 'defaults', error: { code: 'http', status: 403 } })
    expect(flags.value('banner', '')).toBe('Welcome')
  })

  it('with a trait that is removed: the server forgets it', async () => {
    const flags = world.client({ identity: { id: ada, traits: { plan: 'pro' } } })
    await flags.ready({ from: 'network' })
    await flags.setTraits({ plan: null })
    expect(flags.value('discount', 0)).toBe(5)
    const elsewhere = world.client({ identity: ada })
    await elsewhere.ready({ from: 'network' })
    expect(elsewhere.value('discount', 0)).toBe(5)
  })

  it('rendered on a server and taken over by the page, without a second request', async () => {
    const server = world.client({ identity: { id: ada, traits: { plan: 'pro' } } })
    await server.ready({ from: 'network' })
    const snapshot = JSON.parse(JSON.stringify(server.snapshot()))
    world.net.calls.length = 0
    const page = world.client({ identity: ada, snapshot })
    expect(page.value('discount', 0)).toBe(20)
    await calm()
    expect(world.net.calls).toEqual([])
  })

  it('of fifty requests at once, each with its own user', async () => {
    const users = Array.from({ length: 50 }, (_, i) => `${ada.slice(0, -2)}${String(i + 10)}`)
    const prices = await Promise.all(
      users.map(async (id, i) => {
        const flags = world.client({ identity: { id, traits: { plan: i % 2 ? 'pro' : 'free' } } })
        await flags.ready({ from: 'network' })
        return [flags.identity, flags.value('discount', 0)]
      }),
    )
    expect(prices).toEqual(users.map((id, i) => [id, i % 2 ? 20 : 5]))
  })
})
