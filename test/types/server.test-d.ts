/** What the compiler must accept and refuse of `guidon/server`. */
import type { IncomingHttpHeaders } from 'node:http'
import { createClient as createRedis } from 'redis'
import { createEdge, type EnvironmentDocument } from '../../src/edge.ts'
import { createClient, type GuidonError, snapshotScript } from '../../src/index.ts'
import {
  type CachedFlags,
  type CacheIdentity,
  type FlagsCache,
  type FlagsCacheOptions,
  type FlagsKeyHandlerOptions,
  type FlagsKeyOptions,
  type FlagsStore,
  type FromEdgeOptions,
  flagsCache,
  flagsKey,
  flagsKeyHandler,
  fromEdge,
  type IncomingHeaders,
  type KeyedFlags,
  memoryStore,
  type PageFlags,
  type PageHeaders,
  type RedisClient,
  type RedisSubscriber,
  redisStore,
  type Visitor,
  type WebhookEvent,
  type WebhookOptions,
  webhook,
} from '../../src/server.ts'
import { is, type Unsaid } from './is.ts'

// A key.
const client = createClient({ environmentKey: 'key' })
export const flags: KeyedFlags = client.all()
is<ReturnType<typeof flagsKey>, Promise<string>>(true)
flagsKey(client.all(), { only: ['hero'] })
flagsKey({ hero: { enabled: true, value: 'blue' } })
export const options: FlagsKeyOptions = {} as Unsaid<FlagsKeyOptions>
// @ts-expect-error: flags by name
flagsKey([{ name: 'hero', enabled: true, value: 'blue' }])
// @ts-expect-error: a list
flagsKey(flags, { only: 'hero,price' })

// A service for caches.
const edge = createEdge({ document: {} as EnvironmentDocument })
const handler = flagsKeyHandler({ evaluate: edge.flagsOf, only: ['hero'], traits: ['plan'], maxAge: 2 })
is<typeof handler, (request: Request) => Promise<Response>>(true)
flagsKeyHandler({
  evaluate: async ({ identifier }: Visitor) => ({ hero: { enabled: true, value: identifier } }),
  onError: (error) => is<typeof error, unknown>(true),
})
export const handlerOptions: FlagsKeyHandlerOptions = {
  evaluate: () => flags,
  ...({} as Unsaid<FlagsKeyHandlerOptions>),
}
// @ts-expect-error: somebody has to evaluate
flagsKeyHandler({ only: ['hero'] })
// @ts-expect-error: values are plain
flagsKeyHandler({ evaluate: () => ({ hero: { enabled: true, value: {} } }) })

// The application behind the cache.
export async function page(request: Request, incoming: IncomingHttpHeaders) {
  const flags = await fromEdge(request.headers, { environmentKey: 'key' })
  is<typeof flags, PageFlags>(true)
  const size: number = flags.value('size', 16)
  const headers: PageHeaders = { maxAge: 60, version: 'build 7' }
  const either: IncomingHeaders = incoming
  const options: FromEdgeOptions = { environmentKey: 'key', ...({} as Unsaid<FromEdgeOptions>) }
  await fromEdge(either, options)
  createClient({ environmentKey: 'key', snapshot: flags.snapshot() })
  // @ts-expect-error: it needs the key for the page's client
  await fromEdge(incoming)
  // @ts-expect-error: a page has a version, or its ETag would outlive it
  flags.headers({ maxAge: 60 })
  return new Response(`${size}${snapshotScript(flags.snapshot())}`, { headers: flags.headers(headers) })
}

// Flags for all processes.
const redis = createRedis()
const asked: RedisClient = redis
const listening: RedisSubscriber = redis.duplicate()
export const stores: FlagsStore[] = [
  redisStore(redis),
  redisStore(asked),
  memoryStore(),
  memoryStore({ max: 10 }),
  new Map<string, string>(),
  { get: async () => null, set: async (_key, _text, _ttlMs: number) => 'OK', delete: () => true },
]
listening.destroy()
// @ts-expect-error: three methods at least
stores.push({ get: () => null, set: () => {} })
// @ts-expect-error: an address is no client
redisStore('redis://127.0.0.1')

const cacheOptions: FlagsCacheOptions = { environmentKey: 'key', ...({} as Unsaid<FlagsCacheOptions>) }
const cache: FlagsCache = flagsCache(cacheOptions)
flagsCache({
  environmentKey: 'key',
  store: redisStore(redis),
  onError: (error) => is<typeof error, GuidonError>(true),
})
// @ts-expect-error: it needs a key
flagsCache({ api: 'https://flags.example' })
export async function render(id: string) {
  const flags = await cache.get({ id, traits: { country: 'FR' }, transient: true })
  is<typeof flags, CachedFlags>(true)
  const whom: CacheIdentity = { id, ...({} as Unsaid<CacheIdentity>) }
  await Promise.all([cache.get(), cache.get(id), cache.get(whom)])
  createClient({ environmentKey: 'key', identity: id, snapshot: flags.snapshot() })
  // @ts-expect-error: a trait without somebody is of all who have it, and of nobody
  await cache.get({ traits: { country: 'FR' } })
  // @ts-expect-error: traits are plain values
  await cache.get({ id, traits: { list: [] } })
  const size: number = flags.value('size', 16)
  return `${size}${flags.source}${flags.identity}${snapshotScript(flags.snapshot({ shared: true }))}`
}

// News from the service.
const receive = webhook({ secret: 'x', onChange: () => cache.invalidate() })
is<typeof receive, (request: Request) => Promise<Response>>(true)
webhook({ secret: 'x', onChange: ({ event_type, data }: WebhookEvent) => `${event_type} ${data.timestamp}` })
export const webhookOptions: WebhookOptions = {
  secret: 'x',
  onChange: () => {},
  ...({} as Unsaid<WebhookOptions>),
}
// @ts-expect-error: nobody may sign
webhook({ onChange: () => {} })
