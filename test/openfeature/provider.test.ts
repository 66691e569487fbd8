import { OpenFeature, ProviderEvents, ProviderStatus } from '@openfeature/web-sdk'
import { HttpResponse } from 'msw'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { experiments } from '../../src/analytics.ts'
import { type Client, memoryStorage, transient } from '../../src/index.ts'
import { guidonProvider } from '../../src/openfeature.ts'
import { API, ada, answerTo, bob, calm, KEY, until, useWorld, who } from '../world.ts'
import { openGarden, useOpenFeature } from './garden.ts'

const email = 'ada.lovelace@example.org'
const app = OpenFeature.getClient()
const color = () => app.getStringValue('color', 'none')

/** Everything that the SDK tells an app, in order. */
const hear = () => {
  const heard: string[] = []
  for (const event of Object.values(ProviderEvents))
    app.addHandler(event, (details) => {
      const changed = (details as { flagsChanged?: string[] } | undefined)?.flagsChanged
      heard.push(event.replace('PROVIDER_', '') + (changed ? ` ${changed}` : ''))
    })
  // Where it stands already is told at once.
  heard.length = 0
  return heard
}

describe('the provider', () => {
  const world = useWorld()
  const logged = useOpenFeature()

  it('is named guidon, runs in clients, and has no hooks', () => {
    const provider = guidonProvider(world.client())
    expect(provider.metadata).toEqual({ name: 'guidon' })
    expect(provider.runsOn).toBe('client')
    expect(provider.hooks).toBeUndefined()
  })

  describe('at the start', () => {
    it('identifies who the context says, with one request, and is ready', async () => {
      const heard = hear()
      const client = world.client()
      await OpenFeature.setProviderAndWait(guidonProvider(client), { targetingKey: ada, plan: 'pro' })
      expect(app.providerStatus).toBe(ProviderStatus.READY)
      expect(client.identity).toBe(ada)
      expect(world.net.calls.map(who)).toEqual([ada])
      expect(world.net.calls[0]?.body?.traits).toEqual([{ trait_key: 'plan', trait_value: 'pro' }])
      expect(color()).toBe(`of ${ada}`)
      await calm()
      expect(heard.filter((event) => event !== 'CONFIGURATION_CHANGED color')).toEqual(['READY'])
    })

    it('leaves the client who it is when the context does not say', async () => {
      const client = world.client({ identity: ada })
      await OpenFeature.setProviderAndWait(guidonProvider(client))
      expect(client.identity).toBe(ada)
      expect(world.net.calls).toHaveLength(1)
    })

    it('takes an empty targeting key for none', async () => {
      const client = world.client({ identity: ada })
      await OpenFeature.setProviderAndWait(guidonProvider(client), { targetingKey: '' })
      expect(client.identity).toBe(ada)
    })

    it('keeps the GUID of an anonymous device', async () => {
      const client = world.client({ anonymous: true })
      const { identity } = client
      await OpenFeature.setProviderAndWait(guidonProvider(client), { plan: 'pro' })
      expect(client.identity).toBe(identity)
      expect(client.traits()).toEqual({ plan: 'pro' })
    })

    it('answers on the next line from bundled flags', () => {
      const defaults = { flags: { color: { enabled: true, value: 'red' } } }
      OpenFeature.setProvider(guidonProvider(world.client({ defaults })), { targetingKey: ada })
      expect(app.providerStatus).toBe(ProviderStatus.READY)
      expect(color()).toBe('red')
    })

    it('answers on the next line from flags of the device, and follows the network', async () => {
      const storage = memoryStorage()
      await world.client({ storage, identity: ada }).ready({ from: 'network' })
      await calm()
      world.net.respond = (call) => answerTo(call, { color: 'new' })
      const heard = hear()
      const ready = OpenFeature.setProviderAndWait(guidonProvider(world.client({ storage })), {
        targetingKey: ada,
      })
      expect(color()).toBe(`of ${ada}`)
      expect(app.getStringDetails('color', '').reason).toBe('CACHED')
      await ready
      await calm()
      expect(color()).toBe('new')
      expect(heard).toEqual(expect.arrayContaining(['READY', 'CONFIGURATION_CHANGED color']))
    })

    it('is ready with an environment that has no flags', async () => {
      world.net.respond = () => HttpResponse.json([])
      await OpenFeature.setProviderAndWait(guidonProvider(world.client()))
      expect(app.providerStatus).toBe(ProviderStatus.READY)
    })

    it('waits for the network when it is told to', async () => {
      const storage = memoryStorage()
      await world.client({ storage }).ready({ from: 'network' })
      await calm()
      world.net.respond = (call) => answerTo(call, { color: 'new' })
      const client = world.client({ storage })
      await OpenFeature.setProviderAndWait(guidonProvider(client, { ready: { from: 'network' } }))
      expect(color()).toBe('new')
    })

    it('with the server down is an ERROR, gives defaults, and recovers', async () => {
      world.net.offline()
      const heard = hear()
      const client = world.client()
      await expect(OpenFeature.setProviderAndWait(guidonProvider(client))).rejects.toMatchObject({
        code: 'network',
      })
      expect(app.providerStatus).toBe(ProviderStatus.ERROR)
      expect(app.getStringDetails('color', 'none')).toMatchObject({ value: 'none', reason: 'ERROR' })
      await calm()
      expect(heard).toEqual(['ERROR'])
      world.net.respond = (call) => answerTo(call, { color: 'red' })
      await client.refresh()
      await calm()
      expect(app.providerStatus).toBe(ProviderStatus.READY)
      expect(color()).toBe('red')
      expect(heard).toEqual(['ERROR', 'CONFIGURATION_CHANGED color', 'READY'])
    })

    it('with the server down and bundled flags is STALE, and gives them', async () => {
      world.net.offline()
      const heard = hear()
      const defaults = { flags: { color: { enabled: true, value: 'red' } } }
      await OpenFeature.setProviderAndWait(guidonProvider(world.client({ defaults })), { targetingKey: ada })
      await calm()
      expect(app.providerStatus).toBe(ProviderStatus.STALE)
      expect(color()).toBe('red')
      expect(heard).toEqual(['READY', 'STALE'])
    })

    it('with the server down and flags of the device is STALE, and gives them', async () => {
      const storage = memoryStorage()
      await world.client({ storage, identity: ada }).ready({ from: 'network' })
      await calm()
      world.net.offline()
      await OpenFeature.setProviderAndWait(guidonProvider(world.client({ storage })), { targetingKey: ada })
      await calm()
      expect(app.providerStatus).toBe(ProviderStatus.STALE)
      expect(color()).toBe(`of ${ada}`)
    })

    it('does not wait for ever for a server that hangs', async () => {
      world.net.hold()
      const provider = guidonProvider(world.client(), { ready: { timeoutMs: 10 } })
      await expect(OpenFeature.setProviderAndWait(provider, { targetingKey: ada })).rejects.toThrow(
        'no flags',
      )
      expect(app.providerStatus).toBe(ProviderStatus.ERROR)
      await until(() => world.net.held[0])
      world.net.held[0]?.()
      await calm()
      expect(app.providerStatus).toBe(ProviderStatus.READY)
      expect(color()).toBe(`of ${ada}`)
    })

    it('does not ask a server before its time', async () => {
      const storage = memoryStorage()
      // The wait after a failure is random, from nothing to a second; here it is a minute.
      const random = vi.spyOn(Math, 'random').mockReturnValue(60)
      world.net.offline()
      await world.client({ storage }).ready({ from: 'network' })
      random.mockRestore()
      await calm()
      world.net.calls.length = 0
      await OpenFeature.setProviderAndWait(guidonProvider(world.client({ storage }))).catch(() => {})
      await calm()
      expect(world.net.calls).toHaveLength(0)
    })
  })

  describe('with a targeting key that is personal', () => {
    it('is an ERROR, sends nothing of it, and goes on with the flags of the environment', async () => {
      const heard = hear()
      const client = world.client()
      await expect(
        OpenFeature.setProviderAndWait(guidonProvider(client), { targetingKey: email, plan: 'pro' }),
      ).rejects.toMatchObject({ code: 'personal-identifier' })
      await client.ready({ from: 'network' })
      await calm()
      expect(app.providerStatus).toBe(ProviderStatus.ERROR)
      expect(heard).toContain('ERROR')
      expect(heard).not.toContain('READY')
      expect(color()).toBe('of nobody')
      expect(world.net.calls.map(who)).toEqual(['nobody'])
      expect(app.getStringDetails('color', '').flagMetadata.contextId).toBe('')
      expect(JSON.stringify([logged, heard])).not.toContain('lovelace')
    })

    it('shows nothing of who was there before, not even on the next line', async () => {
      await OpenFeature.setProviderAndWait(guidonProvider(world.client()), { targetingKey: ada })
      const change = OpenFeature.setContext({ targetingKey: email, plan: 'pro' })
      expect(color()).toBe('none')
      await change
      await calm()
      expect(app.providerStatus).toBe(ProviderStatus.ERROR)
      expect(color()).toBe('of nobody')
      expect(logged).toEqual([expect.stringContaining('personal-identifier')])
      expect(logged.join()).not.toContain('lovelace')
      expect(world.net.calls.map(who)).toEqual([ada, 'nobody'])
    })

    it('stays an ERROR when other attributes come, and is READY with one that is a GUID', async () => {
      await OpenFeature.setProviderAndWait(guidonProvider(world.client()))
      OpenFeature.setContext({ targetingKey: email })
      await OpenFeature.setContext({ targetingKey: email, plan: 'pro' })
      await calm()
      expect(app.providerStatus).toBe(ProviderStatus.ERROR)
      expect(world.net.calls.every(({ body }) => !body)).toBe(true)
      await OpenFeature.setContext({ targetingKey: bob })
      await calm()
      expect(app.providerStatus).toBe(ProviderStatus.READY)
      expect(color()).toBe(`of ${bob}`)
    })

    it('sets nothing on the anonymous user of the device, whatever other attributes come', async () => {
      const client = world.client({ anonymous: true })
      await OpenFeature.setProviderAndWait(guidonProvider(client), { targetingKey: email }).catch(() => {})
      await OpenFeature.setContext({ targetingKey: email, plan: 'pro' })
      await calm()
      expect(app.providerStatus).toBe(ProviderStatus.ERROR)
      expect(client.traits()).toEqual({})
    })

    it('is nobody, also when the key before it is still being hashed', async () => {
      const client = world.client({ guards: { personal: 'hash', salt: 'of this app' } })
      await OpenFeature.setProviderAndWait(guidonProvider(client))
      OpenFeature.setContext({ targetingKey: email })
      await OpenFeature.setContext({ targetingKey: 'user_42' })
      await calm()
      expect(app.providerStatus).toBe(ProviderStatus.ERROR)
      expect(client.identity).toBeUndefined()
      expect(color()).toBe('of nobody')
    })

    it.each([42, ' ', {}])('is refused as well when it is no text: %j', async (targetingKey) => {
      const client = world.client()
      await OpenFeature.setProviderAndWait(guidonProvider(client), { targetingKey: ada })
      await OpenFeature.setContext({ targetingKey: targetingKey as never })
      await calm()
      expect(app.providerStatus).toBe(ProviderStatus.ERROR)
      expect(client.identity).toBeUndefined()
      expect(color()).toBe('of nobody')
    })

    it('is hashed where the guards say so', async () => {
      const client = world.client({ guards: { personal: 'hash', salt: 'of this app' } })
      await OpenFeature.setProviderAndWait(guidonProvider(client), { targetingKey: email, plan: 'pro' })
      await calm()
      expect(app.providerStatus).toBe(ProviderStatus.READY)
      expect(client.identity).toMatch(/^[0-9a-f-]{36}$/)
      expect(color()).toBe(`of ${client.identity}`)
      expect(app.getStringDetails('color', '').flagMetadata.contextId).toBe(client.identity)
    })
  })

  describe('when the context changes', () => {
    const start = async (context = {}, options = {}) => {
      const client = world.client(options)
      await OpenFeature.setProviderAndWait(guidonProvider(client), context)
      await calm()
      world.net.calls.length = 0
      return client
    }
    const sent = () =>
      world.net.calls.map((call) => [
        who(call),
        Object.fromEntries(call.body?.traits?.map((trait) => [trait.trait_key, trait.trait_value]) ?? []),
      ])

    it('becomes another user, RECONCILING until the server has answered', async () => {
      const client = await start({ targetingKey: ada })
      const heard = hear()
      world.net.hold()
      const change = OpenFeature.setContext({ targetingKey: bob, plan: 'pro' })
      expect(app.providerStatus).toBe(ProviderStatus.RECONCILING)
      expect(color()).toBe('none') // no more Ada's
      await until(() => world.net.held[0])
      world.net.held[0]?.()
      await change
      await calm()
      expect(app.providerStatus).toBe(ProviderStatus.READY)
      expect(client.identity).toBe(bob)
      expect(color()).toBe(`of ${bob}`)
      expect(sent()).toEqual([[bob, { plan: 'pro' }]])
      expect(heard).toEqual([
        'RECONCILING',
        'CONFIGURATION_CHANGED color',
        'CONFIGURATION_CHANGED color',
        'CONTEXT_CHANGED',
      ])
    })

    it.each([
      [0, 1],
      [1, 0],
    ])('A, then B: a late answer of A is never shown (%i, %i)', async (...order) => {
      await start()
      const shown: string[] = []
      app.addHandler(ProviderEvents.ConfigurationChanged, () => void shown.push(color()))
      app.addHandler(ProviderEvents.ContextChanged, () => void shown.push(color()))
      world.net.hold()
      const first = OpenFeature.setContext({ targetingKey: ada, plan: 'a' })
      await until(() => world.net.held[0])
      const second = OpenFeature.setContext({ targetingKey: bob, plan: 'b' })
      await until(() => world.net.held[1])
      for (const i of order) {
        world.net.held[i]?.()
        await calm()
        if (i === 0) expect(color()).not.toBe(`of ${ada}`)
      }
      await Promise.all([first, second])
      await calm()
      expect(color()).toBe(`of ${bob}`)
      expect(shown).not.toContain(`of ${ada}`)
      expect(app.providerStatus).toBe(ProviderStatus.READY)
      expect(logged).toEqual([])
    })

    it('is RECONCILING until the last of several changes is through', async () => {
      await start()
      world.net.hold()
      const first = OpenFeature.setContext({ targetingKey: ada })
      await until(() => world.net.held[0])
      const second = OpenFeature.setContext({ targetingKey: bob })
      await until(() => world.net.held[1])
      world.net.held[0]?.()
      await calm()
      expect(app.providerStatus).toBe(ProviderStatus.RECONCILING)
      world.net.held[1]?.()
      await Promise.all([first, second])
      expect(app.providerStatus).toBe(ProviderStatus.READY)
    })

    it('A with a bad attribute, then B: A does not come back for a second try', async () => {
      const client = await start({ targetingKey: '5e0d3c2b-7a91-4f0e-b6d8-c1a2b3d4e5f6' })
      OpenFeature.setContext({ targetingKey: ada, seats: Number.NaN })
      await OpenFeature.setContext({ targetingKey: bob })
      await calm()
      expect(client.identity).toBe(bob)
      expect(color()).toBe(`of ${bob}`)
    })

    it('A with a bad attribute, then A without it: it is A', async () => {
      const client = await start({ targetingKey: bob }, { anonymous: true })
      OpenFeature.setContext({ targetingKey: ada, seats: Number.NaN })
      await OpenFeature.setContext({ targetingKey: ada, plan: 'pro' })
      await calm()
      expect(client.identity).toBe(ada)
      expect(client.traits()).toEqual({ plan: 'pro' })
    })

    it('goes back to who the context says, when the app had moved the client on by itself', async () => {
      const client = await start({ targetingKey: ada })
      await client.identify(bob)
      world.net.calls.length = 0
      await OpenFeature.setContext({ targetingKey: ada, plan: 'pro' })
      expect(client.identity).toBe(ada)
      expect(sent()).toEqual([[ada, { plan: 'pro' }]])
    })

    it('while the start is under way, goes where the change says', async () => {
      const client = world.client()
      world.net.hold()
      const started = OpenFeature.setProviderAndWait(guidonProvider(client), { targetingKey: ada, plan: 'a' })
      await until(() => world.net.held[0])
      const changed = OpenFeature.setContext({ targetingKey: bob })
      await until(() => world.net.held[1])
      world.net.held[0]?.()
      await calm()
      expect(color()).toBe('none')
      world.net.held[1]?.()
      await Promise.all([started, changed])
      await calm()
      expect(app.providerStatus).toBe(ProviderStatus.READY)
      expect([client.identity, client.traits(), color()]).toEqual([bob, {}, `of ${bob}`])
      expect(logged).toEqual([])
    })

    it('logs out while a key is still being hashed', async () => {
      const client = await start({}, { guards: { personal: 'hash', salt: 'of this app' } })
      OpenFeature.setContext({ targetingKey: email })
      await OpenFeature.clearContext()
      await calm()
      expect(client.identity).toBeUndefined()
      expect(color()).toBe('of nobody')
    })

    it('without a targeting key logs out: the storage is clean, and the flags are those of nobody', async () => {
      const storage = memoryStorage()
      const client = await start({ targetingKey: ada, plan: 'pro' }, { storage })
      const change = OpenFeature.clearContext()
      expect(client.identity).toBeUndefined()
      expect(client.traits()).toEqual({})
      expect(color()).toBe('none')
      await change
      expect(color()).toBe('of nobody')
      expect(sent()).toEqual([['nobody', {}]])
      await calm()
      const kept = [...(storage.keys() as Iterable<string>)].map((key) => storage.get(key)).join()
      expect(kept).not.toContain(`of ${ada}`)
    })

    it('sets the traits that are new or different, and removes those that are gone', async () => {
      const client = await start({ targetingKey: ada, plan: 'pro', beta: true, seats: 3 })
      await OpenFeature.setContext({ targetingKey: ada, plan: 'pro', seats: 4, beta: undefined as never })
      expect(client.traits()).toEqual({ plan: 'pro', seats: 4 })
      expect(sent()).toEqual([[ada, { plan: 'pro', beta: null, seats: 4 }]])
    })

    it('removes a trait whose attribute has become something that can be none', async () => {
      const client = await start({ targetingKey: ada, plan: 'pro' })
      await OpenFeature.setContext({ targetingKey: ada, plan: { name: 'pro' } })
      expect(client.traits()).toEqual({})
      expect(sent()).toEqual([[ada, { plan: null }]])
    })

    it('asks nothing when nothing is different', async () => {
      await start({ targetingKey: ada, plan: 'pro', born: new Date(0), at: { place: 'here' } })
      await OpenFeature.setContext({
        targetingKey: ada,
        plan: 'pro',
        born: new Date(0),
        at: { place: 'here' },
      })
      expect(world.net.calls).toEqual([])
      expect(app.providerStatus).toBe(ProviderStatus.READY)
    })

    it('sends what is transient for this evaluation only, and a Date as ISO text', async () => {
      const client = await start()
      await OpenFeature.setContext({
        targetingKey: ada,
        country: transient('FR'),
        city: { value: 'Paris', transient: true },
        since: new Date(0),
      })
      expect(world.net.calls[0]?.body?.traits).toEqual([
        { trait_key: 'country', trait_value: 'FR', transient: true },
        { trait_key: 'city', trait_value: 'Paris', transient: true },
        { trait_key: 'since', trait_value: '1970-01-01T00:00:00.000Z' },
      ])
      expect(client.traits().country).toEqual(transient('FR'))
    })

    it('leaves out what can be no trait, and sends the rest', async () => {
      const client = await start({ targetingKey: bob })
      await OpenFeature.setContext({
        targetingKey: ada,
        plan: 'pro',
        address: { street: 'Main' },
        tags: ['a'],
        broken: new Date(Number.NaN),
        ratio: Number.NaN,
        big: 2 ** 40,
        long: 'x'.repeat(2_001),
        nothing: undefined as never,
      })
      expect(client.identity).toBe(ada)
      expect(client.traits()).toEqual({ plan: 'pro' })
      expect(color()).toBe(`of ${ada}`)
      expect(app.providerStatus).toBe(ProviderStatus.READY)
    })

    it('offline, with flags of that user on the device, shows them and is STALE', async () => {
      const storage = memoryStorage()
      const client = await start({ targetingKey: bob }, { storage })
      await OpenFeature.setContext({ targetingKey: ada })
      world.net.offline()
      await OpenFeature.setContext({ targetingKey: bob })
      await calm()
      expect(color()).toBe(`of ${bob}`)
      expect(app.providerStatus).toBe(ProviderStatus.STALE)
      world.net.respond = (call) => answerTo(call, { color: 'back' })
      await client.refresh()
      await calm()
      expect(color()).toBe('back')
      expect(app.providerStatus).toBe(ProviderStatus.READY)
    })

    it('offline, with nothing of that user, is an ERROR and shows nothing of another', async () => {
      await start({ targetingKey: ada })
      world.net.offline()
      await OpenFeature.setContext({ targetingKey: bob })
      await calm()
      expect(app.providerStatus).toBe(ProviderStatus.ERROR)
      expect(color()).toBe('none')
      expect(logged).toEqual([expect.stringContaining('network')])
    })

    it('stays STALE when a change has nothing to do for it', async () => {
      const client = await start({ targetingKey: ada })
      world.net.offline()
      await client.refresh().catch(() => {})
      await calm()
      expect(app.providerStatus).toBe(ProviderStatus.STALE)
      await OpenFeature.setContext({ targetingKey: ada })
      await calm()
      expect(app.providerStatus).toBe(ProviderStatus.STALE)
    })
  })

  describe('tells', () => {
    it('which flags changed', async () => {
      const garden = openGarden()
      world.net.serve(garden)
      const client = world.client()
      await OpenFeature.setProviderAndWait(guidonProvider(client))
      await calm()
      const heard = hear()
      garden.set('motto', { feature_state_value: 'rest' })
      garden.set('winter', { enabled: true })
      await client.refresh()
      await calm()
      expect(heard).toEqual(['CONFIGURATION_CHANGED motto,winter'])
      expect(app.getStringValue('motto', '')).toBe('rest')
    })

    it('ERROR with a code and a message when there is nothing left to give', async () => {
      const client = world.client()
      await OpenFeature.setProviderAndWait(guidonProvider(client), { targetingKey: ada })
      const told: unknown[] = []
      app.addHandler(ProviderEvents.Error, (details) => void told.push(details))
      world.net.offline()
      await client.reset()
      await calm()
      expect(told).toEqual([
        expect.objectContaining({ errorCode: 'GENERAL', message: expect.stringContaining('network') }),
      ])
    })

    it('STALE when the server is lost, once, and READY when it is back', async () => {
      const client = world.client()
      await OpenFeature.setProviderAndWait(guidonProvider(client))
      await calm()
      const heard = hear()
      const { respond } = world.net
      world.net.offline()
      await client.refresh().catch(() => {})
      await client.refresh().catch(() => {})
      await calm()
      expect(heard).toEqual(['STALE'])
      expect(app.providerStatus).toBe(ProviderStatus.STALE)
      expect(color()).toBe('of nobody')
      world.net.respond = respond
      await client.refresh()
      await client.refresh()
      await calm()
      expect(heard).toEqual(['STALE', 'READY'])
      expect(app.providerStatus).toBe(ProviderStatus.READY)
    })
  })

  describe('when it is closed', () => {
    /** A client that counts its listeners. */
    const counted = () => {
      const client = world.client()
      const listeners = new Set<object>()
      const { on } = client
      client.on = (event, listener) => {
        const entry = {}
        listeners.add(entry)
        const off = on(event, listener)
        return () => {
          listeners.delete(entry)
          off()
        }
      }
      return { client, listeners }
    }

    it('leaves no listener, neither on the client nor on itself, and leaves the client to the app', async () => {
      const { client, listeners } = counted()
      const provider = guidonProvider(client)
      await OpenFeature.setProviderAndWait(provider)
      const heard = hear()
      await calm()
      expect(listeners.size).toBe(2)
      heard.length = 0
      await OpenFeature.close()
      expect(listeners.size).toBe(0)
      for (const event of Object.values(ProviderEvents))
        expect(provider.events?.getHandlers(event)).toEqual([])
      world.net.respond = (call) => answerTo(call, { color: 'new' })
      await client.refresh()
      expect(client.value('color', '')).toBe('new')
      expect(heard).toEqual([])
    })

    it('also when another takes its place before it was ready', async () => {
      const { client, listeners } = counted()
      world.net.hold()
      OpenFeature.setProvider(guidonProvider(client), { targetingKey: ada })
      expect(listeners.size).toBe(2)
      OpenFeature.setProvider(guidonProvider(world.client()))
      expect(listeners.size).toBe(0)
      for (const answer of world.net.held) answer()
      await calm()
      for (const answer of world.net.held) answer()
      await calm()
      expect(listeners.size).toBe(0)
    })
  })

  it('closed while it is RECONCILING, tells nothing more', async () => {
    const client = world.client()
    await OpenFeature.setProviderAndWait(guidonProvider(client), { targetingKey: ada })
    await calm()
    world.net.hold()
    const changed = OpenFeature.setContext({ targetingKey: bob })
    await until(() => world.net.held[0])
    await OpenFeature.clearProviders()
    const heard = hear()
    world.net.held[0]?.()
    await changed
    await calm()
    expect(heard.filter((event) => event !== 'CONTEXT_CHANGED')).toEqual([])
    expect(client.value('color', '')).toBe(`of ${bob}`)
    expect(color()).toBe('none')
    expect(logged).toEqual([])
  })

  describe('in two domains', () => {
    it('shares nothing: each has its client and its user', async () => {
      const [shop, blog] = [world.client(), world.client()]
      await OpenFeature.setProviderAndWait('shop', guidonProvider(shop), { targetingKey: ada })
      await OpenFeature.setProviderAndWait('blog', guidonProvider(blog), { targetingKey: bob })
      const read = (domain: string) => OpenFeature.getClient(domain).getStringValue('color', 'none')
      expect([read('shop'), read('blog')]).toEqual([`of ${ada}`, `of ${bob}`])
      await OpenFeature.clearContext('shop')
      expect([read('shop'), read('blog')]).toEqual(['of nobody', `of ${bob}`])
      expect([shop.identity, blog.identity]).toEqual([undefined, bob])
      world.net.offline()
      await shop.refresh().catch(() => {})
      await calm()
      expect(OpenFeature.getClient('shop').providerStatus).toBe(ProviderStatus.STALE)
      expect(OpenFeature.getClient('blog').providerStatus).toBe(ProviderStatus.READY)
    })

    it('refuses to be in both, for it is one user', async () => {
      const provider = guidonProvider(world.client())
      await OpenFeature.setProviderAndWait('shop', provider)
      expect(() => OpenFeature.setProvider('blog', provider)).toThrow('more than one domain')
    })
  })

  describe('track()', () => {
    const spy = () => {
      const tracked: unknown[] = []
      const events = Object.assign(() => {}, {
        track: (...event: unknown[]) => tracked.push(event) > 0,
        exposure: () => false,
      })
      return { tracked, events }
    }

    it('hands events to the experiments it was given', async () => {
      const { tracked, events } = spy()
      await OpenFeature.setProviderAndWait(guidonProvider(world.client(), { events }))
      app.track('purchase', { value: 42, currency: 'EUR' })
      app.track('visit')
      expect(tracked).toEqual([
        ['purchase', { value: 42, metadata: { currency: 'EUR' } }],
        ['visit', { value: undefined, metadata: {} }],
      ])
    })

    it('is about who the context says', async () => {
      const storage = memoryStorage()
      const events = experiments()
      const client = world.client({ storage, use: [events] })
      await OpenFeature.setProviderAndWait(guidonProvider(client, { events }), { targetingKey: ada })
      app.track('purchase', { value: 42 })
      client.close() // which keeps what was not sent yet
      await calm()
      const kept = [...(storage.keys() as Iterable<string>)].map((key) => storage.get(key)).join()
      expect(kept).toContain('"event":"purchase"')
      expect(kept).toContain(`"identifier":"${ada}"`)
    })

    it('posts what happened to the events server, once, with the user and the persistent traits', async () => {
      vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
      onTestFinished(() => void vi.useRealTimers())
      const pass = async (ms: number) => {
        await vi.advanceTimersByTimeAsync(ms)
        await new Promise((resolve) => setImmediate(resolve))
      }
      const posted: unknown[] = []
      const { handler } = openGarden()
      world.net.serve({
        async handler(request) {
          const { pathname } = new URL(request.url)
          if (pathname !== '/v1/events') return handler(request)
          posted.push([request.method, request.headers.get('X-Environment-Key'), await request.json()])
          return HttpResponse.json({ accepted: 1, rejected: [] }, { status: 202 })
        },
      })
      const events = experiments({ url: new URL('/', API).href })
      const client = world.client({ use: [events] })
      const provider = guidonProvider(client, { events })
      const context = { targetingKey: ada, plan: 'pro', country: transient('FR') }
      const started = OpenFeature.setProviderAndWait(provider, context)
      while (client.status.state !== 'fresh') await pass(1)
      await pass(1)
      await started
      app.track('purchase', { value: 42, currency: 'EUR' })
      while (!posted[0]) await pass(10_000)
      await pass(60_000)
      expect(posted).toEqual([
        [
          'POST',
          KEY,
          {
            events: [
              {
                event: 'purchase',
                value: 42,
                metadata: { currency: 'EUR' },
                identifier: ada,
                traits: { plan: 'pro' },
                timestamp: expect.any(Number),
              },
            ],
          },
        ],
      ])
    })

    it('does nothing without them', async () => {
      const client: Client = world.client()
      await OpenFeature.setProviderAndWait(guidonProvider(client))
      expect(() => app.track('purchase', { value: 42 })).not.toThrow()
      expect(world.net.calls).toHaveLength(1)
    })
  })
})
