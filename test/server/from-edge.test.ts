import { describe, expect, it, vi } from 'vitest'
import { createClient, type Defaults } from '../../src/index.ts'
import { flagsKeyHandler, fromEdge, type IncomingHeaders, type KeyedFlags } from '../../src/server.ts'

const guid = '3f2b8c1e-8d52-4b3a-9a54-0c9d1d6e7f10'
const defaults: Defaults = {
  flags: { hero: { enabled: true, value: 'bundled' }, footer: { enabled: true, value: 3 } },
}
const blue: KeyedFlags = { hero: { enabled: true, value: 'blau, 青' } }
const red: KeyedFlags = { hero: { enabled: true, value: 'rot' } }

/** What the cache forwards of the service's answer. */
const forwarded = async (flags: KeyedFlags) => {
  const handler = flagsKeyHandler({ evaluate: () => flags })
  const { headers } = await handler(
    new Request('http://flags/flags-key', { headers: { 'Flags-Identity': guid } }),
  )
  return { 'flags-key': headers.get('Flags-Key')!, flags: headers.get('Flags')! }
}
const read = (headers: IncomingHeaders) => fromEdge(headers, { environmentKey: 'key', defaults })
const page = { maxAge: 60, version: 'build 7"' }

describe('fromEdge', () => {
  it('reads the forwarded flags, and bundled ones for all others', async () => {
    const headers = await forwarded(blue)
    const flags = await read(headers)
    expect(flags.value('hero', '')).toBe('blau, 青')
    expect(flags.value('footer', 0)).toBe(3)
    expect(flags.isEnabled('unknown')).toBe(false)
    expect(flags.flag('hero')).toMatchObject({ source: 'network', stale: false })
    expect([flags.key, flags.cacheable]).toEqual([headers['flags-key'], true])
  })

  it('takes headers as fetch has them and as Node has them', async () => {
    const headers = await forwarded(blue)
    expect((await read(new Headers(headers))).value('hero', '')).toBe('blau, 青')
    expect((await read({ ...headers, get: 'a header of this name' })).value('hero', '')).toBe('blau, 青')
  })

  it('has an ETag with the flags in it, and lets the cache keep the page and the browser ask', async () => {
    const [one, two] = [await read(await forwarded(blue)), await read(await forwarded(red))]
    expect(one.headers(page)).toEqual({
      'Cache-Control': 's-maxage=60, max-age=0',
      ETag: `W/"build%207%22-${one.key}"`,
    })
    expect(two.headers(page).ETag).not.toBe(one.headers(page).ETag)
  })

  it('renders bundled flags for the default key, in a page that may be kept', async () => {
    const flags = await read({ 'flags-key': 'default' })
    expect(flags.value('hero', '')).toBe('bundled')
    expect([flags.key, flags.cacheable, flags.flag('hero')?.source]).toEqual(['default', true, 'defaults'])
    expect(flags.headers(page)).toMatchObject({ ETag: `W/"build%207%22-default"` })
  })

  it.each([
    ['no key', async () => ({})],
    ['flags without a key', async () => ({ flags: (await forwarded(blue)).flags })],
    ['a key without flags', async () => ({ 'flags-key': (await forwarded(blue))['flags-key'] })],
    [
      'another combination’s key',
      async () => ({ ...(await forwarded(blue)), ...{ 'flags-key': (await forwarded(red))['flags-key'] } }),
    ],
    ['the default key with flags', async () => ({ ...(await forwarded(blue)), 'flags-key': 'default' })],
    ['two keys', async () => ({ ...(await forwarded(blue)), 'flags-key': ['default', 'default'] })],
    ['garbage', async () => ({ 'flags-key': 'default\u00e9', flags: '%%%' })],
  ])('renders bundled flags with %s, in a page that must not be kept', async (_, headers) => {
    const flags = await read(await headers())
    expect(flags.value('hero', '')).toBe('bundled')
    expect([flags.key, flags.cacheable]).toEqual(['default', false])
    expect(flags.headers(page)).toEqual({ 'Cache-Control': 'no-store' })
  })

  it.each(['{}', '[["hero"]]', '[["hero",true,{}]]', 'null', 'no JSON'])(
    'does not take %s for flags, though its key is right',
    async (text) => {
      const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))
      const key = `1.${Buffer.from(digest).toString('hex').slice(0, 32)}`
      const flags = await read({ 'flags-key': key, flags: Buffer.from(text).toString('base64url') })
      expect([flags.value('hero', ''), flags.cacheable]).toEqual(['bundled', false])
    },
  )

  const silent = { environmentKey: 'key', identity: guid, fetch: vi.fn(() => new Promise<never>(() => {})) }

  it('gives the page’s client what the page shows, whoever reads it, and the client asks for its own', async () => {
    const snapshot = (await read(await forwarded(blue))).snapshot()
    expect(snapshot).toMatchObject({ shared: true, environment: 'key', source: 'network' })
    expect(JSON.stringify(snapshot)).not.toContain(guid)
    const client = createClient({ ...silent, snapshot })
    expect([client.value('hero', ''), client.value('footer', 0)]).toEqual(['blau, 青', 3])
    await vi.waitFor(() => expect(silent.fetch).toHaveBeenCalled())
    client.close()
  })

  it.each([
    ['forwarded', () => forwarded(red), 'rot'],
    ['bundled', async () => ({ 'flags-key': 'default' }), 'bundled'],
  ])(
    'has the client paint the %s flags of the page, and not yesterday’s from the device',
    async (_, headers, hero) => {
      const items = new Map<string, string>()
      const storage = {
        get: (key: string) => items.get(key),
        set: (key: string, text: string) => items.set(key, text),
        delete: (key: string) => items.delete(key),
        keys: () => items.keys(),
      }
      const answer = {
        identifier: guid,
        flags: [{ feature: { name: 'hero' }, enabled: true, feature_state_value: 'old' }],
      }
      vi.useFakeTimers({ toFake: ['Date'], now: Date.now() - 24 * 60 * 60 * 1000 })
      const before = createClient({ ...silent, storage, fetch: async () => Response.json(answer) })
      await before.ready({ from: 'network' })
      await vi.waitFor(() => expect(items.size).toBeGreaterThan(1))
      before.close()
      vi.useRealTimers()

      const snapshot = (await read(await headers())).snapshot()
      const client = createClient({ ...silent, storage, snapshot })
      expect(client.value('hero', '')).toBe(hero)
      client.close()
      const without = createClient({ ...silent, storage })
      expect(without.value('hero', '')).toBe('old')
      without.close()
    },
  )
})
