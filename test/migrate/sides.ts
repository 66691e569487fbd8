import { type IFlagsmith, type IInitConfig, createFlagsmithInstance as official } from '@flagsmith/flagsmith'
import { HttpResponse } from 'msw'
import { afterEach, beforeAll, vi } from 'vitest'
import { type Flagsmith, createFlagsmithInstance as ours } from '../../src/migrate.ts'
import { environment } from '../../src/testing.ts'
import { served } from '../served.ts'
import { API, calm, KEY, type Net } from '../world.ts'

export type Side = 'theirs' | 'ours'

/** What their types do not say: `identify` knows who is transient. */
export type Instance = IFlagsmith & {
  identify(id: string, traits?: Record<string, unknown>, transient?: boolean): Promise<void>
}

/** A shop: names that are compared in another way, JSON, numbers, and what is only for who pays. */
const shop = () =>
  environment({
    key: KEY,
    flags: {
      'new-checkout': true,
      'My Banner': 'hello',
      font_size: 16,
      theme: '{"dark":true}',
      'old-menu': { enabled: false, value: 'gone' },
    },
    segments: [{ when: { plan: 'pro' }, flags: { font_size: 20 } }],
  })

/** The page's storage, as theirs uses it by itself. An instance keeps what any instance was given, so each is given it. */
export const pageStorage = {
  getItemSync: (key: string) => localStorage.getItem(key),
  getItem: async (key: string, then?: (error: null, text: string | null) => void) => {
    const text = localStorage.getItem(key)
    then?.(null, text)
    return text
  },
  setItem: async (key: string, text: string) => localStorage.setItem(key, text),
}

/** One side's world: a server and a device of its own. */
export interface World {
  readonly side: Side
  readonly flagsmith: Instance
  readonly net: Net
  readonly server: ReturnType<typeof served>
  /** `init` with what every app passes, and more. */
  readonly init: (more?: object) => Promise<void>
  /** What `onChange` and `onError` were told. */
  readonly told: { before: string[] | null; params: object; source: string }[]
  readonly errors: string[]
  /** Another instance, as after a reload: with what is on the device. */
  readonly again: () => World
  /** Requests, in short. */
  readonly asked: () => unknown[]
}

/** Chunks are loaded before the tests: what is read from the disk takes as long as it takes. */
export const useChunks = () =>
  beforeAll(async () => {
    await import('guidon/migrate/more')
    await import('guidon/live')
    await import('guidon/analytics')
    await import('guidon/storage')
  })

export const useSides = (world: { net: Net }) => {
  useChunks()
  let ends: (() => void)[] = []
  afterEach(() => {
    for (const end of ends) end()
    ends = []
    localStorage.clear()
    vi.unstubAllGlobals()
  })

  const open = (side: Side, server: ReturnType<typeof served>): World => {
    const flagsmith = (side === 'ours' ? ours() : official()) as Instance
    ends.push(() => {
      flagsmith.stopListening()
      ;(flagsmith as Partial<Flagsmith>).client?.close()
    })
    const told: World['told'] = []
    const errors: string[] = []
    return {
      side,
      flagsmith,
      net: world.net,
      server,
      told,
      errors,
      again: () => open(side, server),
      asked: () =>
        world.net.calls.map(({ method, url, body }) => [method, url.pathname + url.search, body?.traits]),
      init: (more = {}) =>
        flagsmith.init({
          environmentID: KEY,
          api: API,
          fetch: (...args: Parameters<typeof fetch>) => fetch(...args),
          ...(side === 'theirs' ? { AsyncStorage: pageStorage } : { retries: 0 }),
          onChange: (before, params, { source }) =>
            told.push({ before: before && Object.keys(before), params, source }),
          onError: (error) => errors.push(error.message),
          ...more,
        } as IInitConfig),
    }
  }

  /** What a scenario sees on each side. */
  return async <T>(scenario: (world: World) => T): Promise<{ theirs: Awaited<T>; ours: Awaited<T> }> => {
    const document = shop()
    const on = async (side: Side) => {
      localStorage.clear()
      world.net.calls.length = world.net.held.length = 0
      const server = served(structuredClone(document))
      world.net.respond = ({ method, url, headers, body }) =>
        url.host === 'events.test'
          ? HttpResponse.json({ accepted: 1, rejected: [] }, { status: 202 })
          : server.handler(new Request(url, { method, headers, body: body ? JSON.stringify(body) : null }))
      const seen = await scenario(open(side, server))
      await calm()
      return seen
    }
    return { theirs: await on('theirs'), ours: await on('ours') }
  }
}
