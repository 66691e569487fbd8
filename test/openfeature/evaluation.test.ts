import { type JsonValue, OpenFeature } from '@openfeature/web-sdk'
import { HttpResponse } from 'msw'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import type { ClientOptions } from '../../src/index.ts'
import { memoryStorage } from '../../src/index.ts'
import { type GuidonProviderOptions, guidonProvider } from '../../src/openfeature.ts'
import { API, ada, calm, useWorld, wireFlag } from '../world.ts'
import { openGarden, useOpenFeature } from './garden.ts'

type Type = 'boolean' | 'string' | 'number' | 'object'

/** Asks as an app does. */
const ask = (type: Type, key: string, fallback: unknown) => {
  const app = OpenFeature.getClient()
  switch (type) {
    case 'boolean':
      return app.getBooleanDetails(key, fallback as boolean)
    case 'string':
      return app.getStringDetails(key, fallback as string)
    case 'number':
      return app.getNumberDetails(key, fallback as number)
    case 'object':
      return app.getObjectDetails(key, fallback as JsonValue)
  }
}

// The ground that the OpenFeature specification covers in its own scenarios for evaluation: basic and detailed evaluation of
// each type, evaluation with a context, a flag that is not there, and one of another type.
describe('evaluation', () => {
  const world = useWorld()
  useOpenFeature()
  const start = async (options: Partial<ClientOptions> = {}, provided: GuidonProviderOptions = {}) => {
    const client = world.client(options)
    await OpenFeature.setProviderAndWait(guidonProvider(client, provided))
    return client
  }
  beforeEach(() => world.net.serve(openGarden()))

  it('gives the value of each type', async () => {
    await start()
    const app = OpenFeature.getClient()
    expect(app.getBooleanValue('open', false)).toBe(true)
    expect(app.getStringValue('motto', 'none')).toBe('grow')
    expect(app.getNumberValue('seeds', 1)).toBe(12)
    expect(app.getNumberValue('ratio', 0.1)).toBe(0.25)
    expect(app.getObjectValue('bed', null)).toEqual({ rows: 3, organic: true, crop: 'leek' })
    expect(app.getObjectValue('list', [])).toEqual([1, 2])
    expect(app.getNumberValue('many', 1)).toBe(2_147_483_647)
  })

  it.each<[Type, string, unknown, unknown]>([
    ['boolean', 'switch', false, true],
    ['boolean', 'switched-off', true, false],
    ['boolean', 'closed', true, false],
    ['boolean', 'silence', false, true],
    ['boolean', 'ajar', false, true],
    ['string', 'silence', 'loud', ''],
    ['number', 'none', 7, 0],
    ['object', 'bed', null, { rows: 3, organic: true, crop: 'leek' }],
  ])('takes the %s "%s" for a value, whatever the default (%j)', async (type, key, fallback, value) => {
    await start()
    const details = ask(type, key, fallback)
    expect(details).toMatchObject({ value, reason: 'STATIC', flagKey: key })
    expect(details).not.toHaveProperty('errorCode')
    expect(details).not.toHaveProperty('errorMessage')
    expect(details.flagMetadata).toEqual({
      contextId: '',
      enabled: key !== 'switched-off',
      source: 'network',
      stale: false,
    })
  })

  it('names the variant that the server chose, and says that it was chosen for the user', async () => {
    await start({ identity: ada })
    expect(ask('string', 'hedge', 'none')).toMatchObject({
      value: 'high',
      variant: 'tall',
      reason: 'TARGETING_MATCH',
      flagMetadata: { contextId: ada },
    })
    expect(ask('string', 'motto', 'none')).not.toHaveProperty('variant')
  })

  it('depends on the context', async () => {
    await start()
    await OpenFeature.setContext({ thumb: 'green', shoes: 'boots', age: 41, member: false })
    expect(ask('string', 'greeting', '')).toMatchObject({ value: 'Hello again', reason: 'STATIC' })
    await OpenFeature.setContext({})
    expect(ask('string', 'greeting', '').value).toBe('Good day')
    await OpenFeature.setContext({ targetingKey: ada, thumb: 'green' })
    expect(ask('string', 'greeting', '')).toMatchObject({ value: 'Hello again', reason: 'TARGETING_MATCH' })
    await OpenFeature.setContext({ targetingKey: ada })
    expect(ask('string', 'greeting', '').value).toBe('Good day')
  })

  it.each<[Type, unknown]>([
    ['boolean', true],
    ['string', 'so be it'],
    ['number', 13],
    ['object', { a: 1 }],
  ])('gives the default and FLAG_NOT_FOUND for a %s that is not there', async (type, fallback) => {
    await start()
    expect(ask(type, 'weeds', fallback)).toMatchObject({
      value: fallback,
      reason: 'ERROR',
      errorCode: 'FLAG_NOT_FOUND',
    })
  })

  it.each<[Type, string, unknown]>([
    ['boolean', 'motto', false],
    ['boolean', 'seeds', false],
    ['boolean', 'bed', false],
    ['string', 'seeds', 'x'],
    ['string', 'open', 'x'],
    ['string', 'switch', 'x'],
    ['number', 'motto', 13],
    ['number', 'open', 13],
    ['number', 'switch', 13],
    ['number', 'bed', 13],
    ['number', 'silence', 13],
    ['object', 'open', {}],
    ['object', 'seeds', {}],
    ['object', 'ratio', {}],
    ['object', 'switch', {}],
    ['object', 'silence', {}],
  ])('gives the default and TYPE_MISMATCH for a %s of "%s"', async (type, key, fallback) => {
    await start()
    expect(ask(type, key, fallback)).toMatchObject({
      value: fallback,
      reason: 'ERROR',
      errorCode: 'TYPE_MISMATCH',
      errorMessage: `${key} as ${type}`,
    })
  })

  it.each(['broken', 'motto'])('gives the default and PARSE_ERROR for an object of "%s"', async (key) => {
    await start()
    expect(ask('object', key, { a: 1 })).toMatchObject({
      value: { a: 1 },
      reason: 'ERROR',
      errorCode: 'PARSE_ERROR',
    })
  })

  it.each<[Type, unknown]>([
    ['boolean', true],
    ['string', 'x'],
    ['number', 3],
    ['object', [0]],
  ])(
    'gives the default of a %s, and no error, for a flag with a value that is off',
    async (type, fallback) => {
      await start()
      const details = ask(type, 'winter', fallback)
      expect(details).toMatchObject({ value: fallback, reason: 'DISABLED', flagMetadata: { enabled: false } })
      expect(details).not.toHaveProperty('errorCode')
      expect(details).not.toHaveProperty('variant')
    },
  )

  it("with booleans: 'enabled' says of any flag whether it is on", async () => {
    await start({}, { booleans: 'enabled' })
    expect(ask('boolean', 'motto', false)).toMatchObject({ value: true, reason: 'STATIC' })
    expect(ask('boolean', 'winter', true)).toMatchObject({ value: false, reason: 'STATIC' })
    expect(ask('boolean', 'closed', false)).toMatchObject({ value: true })
    expect(ask('string', 'motto', '')).toMatchObject({ value: 'grow' })
  })

  it('gives an object of its own to each who asks', async () => {
    await start()
    const app = OpenFeature.getClient()
    const first = app.getObjectValue<{ rows: number }>('bed', { rows: 0 })
    first.rows = 99
    expect(app.getObjectValue('bed', {})).toMatchObject({ rows: 3 })
  })

  describe('with the reason', () => {
    it('DEFAULT for bundled flags', async () => {
      world.net.offline()
      await start({ defaults: { flags: { motto: { enabled: true, value: 'wait' } } } })
      expect(ask('string', 'motto', '')).toMatchObject({
        value: 'wait',
        reason: 'DEFAULT',
        flagMetadata: { source: 'defaults' },
      })
    })

    it('CACHED for flags of the device, and STALE when they are old', async () => {
      const storage = memoryStorage()
      await start({ storage })
      await calm()
      world.net.offline()
      await start({ storage })
      expect(ask('string', 'motto', '')).toMatchObject({ value: 'grow', reason: 'CACHED' })
      await start({ storage, maxAgeMs: -1 })
      expect(ask('string', 'motto', '')).toMatchObject({
        value: 'grow',
        reason: 'STALE',
        flagMetadata: { source: 'storage', stale: true },
      })
    })

    it('of the server, when it tells one', async () => {
      const told = { reason: 'SPLIT; weight=30', variant: 'b' }
      world.net.respond = () =>
        HttpResponse.json([
          { ...wireFlag('motto', 'grow'), ...told },
          { ...wireFlag('switch', null), reason: 'DEFAULT' },
        ])
      await start()
      expect(ask('string', 'motto', '')).toMatchObject({
        reason: 'SPLIT',
        variant: 'b',
        flagMetadata: { reason: 'SPLIT; weight=30' },
      })
      expect(ask('boolean', 'switch', false)).toMatchObject({ value: true, reason: 'DEFAULT' })
    })
  })

  it('gives the default and PROVIDER_NOT_READY while nothing has come', async () => {
    world.net.hold()
    OpenFeature.setProvider(guidonProvider(world.client()))
    expect(ask('string', 'motto', 'x')).toMatchObject({ value: 'x', errorCode: 'PROVIDER_NOT_READY' })
  })

  it('says PROVIDER_NOT_READY by itself too, for who does not ask through the SDK', async () => {
    world.net.offline()
    const defaults = { flags: { motto: { enabled: true, value: 'wait' } } }
    const client = world.client({ defaults })
    const provider = guidonProvider(client)
    const read = (name: string) => provider.resolveStringEvaluation(name, 'x', {}, console)
    expect(read('weeds')).toMatchObject({ value: 'x', errorCode: 'PROVIDER_NOT_READY' })
    await client.ready({ from: 'network' })
    expect(read('weeds')).toMatchObject({ value: 'x', errorCode: 'PROVIDER_NOT_READY' })
    world.net.serve(openGarden())
    await client.refresh()
    expect(read('weeds')).toMatchObject({ value: 'x', errorCode: 'FLAG_NOT_FOUND' })
    world.net.offline()
    await client.refresh().catch(() => {})
    expect(read('weeds')).toMatchObject({ value: 'x', errorCode: 'FLAG_NOT_FOUND' })
    expect(read('motto')).toMatchObject({ value: 'grow' })
  })

  it('makes no other flags when one is asked for that is not there', async () => {
    const storage = memoryStorage()
    await start({ storage })
    await calm()
    world.net.offline()
    const client = await start({ storage })
    await calm()
    const all = vi.spyOn(client, 'all')
    for (let i = 0; i < 100; i++) expect(ask('string', 'weeds', 'x').errorCode).toBe('FLAG_NOT_FOUND')
    expect(all.mock.calls.length).toBeLessThan(2)
    // What was found out is not held true of the next user.
    await client.identify(ada).catch(() => {})
    expect(ask('string', 'weeds', 'x').errorCode).toBe('PROVIDER_NOT_READY')
  })

  it('asks the address of the client and no other', async () => {
    await start()
    ask('string', 'motto', '')
    expect(world.net.calls.map(({ url }) => url.href)).toEqual([`${API}flags/`])
  })
})
