/** What the compiler must accept and refuse of `guidon/server`. */
import type { IncomingHttpHeaders } from 'node:http'
import { createEdge, type EnvironmentDocument } from '../../src/edge.ts'
import { createClient, snapshotScript } from '../../src/index.ts'
import {
  type FlagsKeyHandlerOptions,
  type FlagsKeyOptions,
  type FromEdgeOptions,
  flagsKey,
  flagsKeyHandler,
  fromEdge,
  type IncomingHeaders,
  type KeyedFlags,
  type PageFlags,
  type PageHeaders,
  type Visitor,
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
