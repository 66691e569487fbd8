/** The flags of a request that came through a cache: what the application behind it renders from. */
import { createReads, type Reads } from '../client/reads.ts'
import { put, type Row } from '../model/flag.ts'
import { type Defaults, defaultsTable, type Snapshot, type SnapshotData, toText } from '../model/snapshot.ts'
import { fromBase64url } from './base64url.ts'
import { keyOf } from './flags-key.ts'

/** Headers as `fetch` has them, or as Node has them. */
export type IncomingHeaders =
  | { get(name: string): string | null }
  | Readonly<Record<string, string | readonly string[] | undefined>>

/** What `fromEdge()` takes beside the headers. */
export interface FromEdgeOptions {
  /** The client-side key of the environment, for the client in the page. */
  readonly environmentKey: string
  /** Bundled flags: for visitors whose flags are not known, and for all flags that are not among the forwarded ones. */
  readonly defaults?: Defaults | undefined
}

/** How long a page is kept, and of which build it is. */
export interface PageHeaders {
  /** How long the cache may keep the page, in seconds. */
  readonly maxAge: number
  /** What the page is made of besides flags: a build, a revision of its content. */
  readonly version: string
}

/** The flags that a page is rendered with. They are of a combination, and of nobody. */
export interface PageFlags extends Reads {
  /** The key of the forwarded flags; `default` when the page has bundled ones. */
  readonly key: string
  /** False: the page must not be kept by a cache, for the flags did not come with their key. */
  readonly cacheable: boolean
  /** For the page's client, which begins with what the page shows. It belongs to whoever reads the page. */
  snapshot(): SnapshotData
  /** `Cache-Control`, and an `ETag` in which the flags are; `no-store` for a page that must not be kept. */
  headers(page: PageHeaders): Record<string, string>
}

/**
 * Takes the flags that the cache forwards, if they are those of their key. Never throws for what a request brings.
 *
 * @example
 * const flags = await fromEdge(request.headers, { environmentKey, defaults })
 * return new Response(render(flags) + snapshotScript(flags.snapshot()), {
 *   headers: flags.headers({ maxAge: 60, version: build }),
 * })
 */
export async function fromEdge(
  headers: IncomingHeaders,
  { environmentKey, defaults }: FromEdgeOptions,
): Promise<PageFlags> {
  const bundled = defaultsTable(defaults)
  const asked = read(headers, 'Flags-Key')
  const text = read(headers, 'Flags')
  const forwarded = asked && text ? await tableOf(text, asked) : undefined

  const shown: Snapshot = {
    source: forwarded ? 'network' : 'defaults',
    // Of this moment, also where they are bundled: the page's client must not paint over them what the device has from yesterday.
    at: Date.now(),
    flags: new Map([...bundled, ...(forwarded ?? [])]),
  }
  const key = forwarded && asked ? asked : 'default'
  const cacheable = forwarded !== undefined || (asked === 'default' && !text)
  return {
    ...createReads({ shown, latest: shown }, () => false),
    key,
    cacheable,
    snapshot: () => JSON.parse(toText(shown, environmentKey, undefined, true)),
    headers: ({ maxAge, version }) =>
      cacheable
        ? {
            'Cache-Control': `s-maxage=${maxAge}, max-age=0`,
            // Weak, because two renderings differ in the snapshot's time.
            ETag: `W/"${encodeURIComponent(version)}-${key}"`,
          }
        : { 'Cache-Control': 'no-store' },
  }
}

const read = (headers: IncomingHeaders, name: string): string | undefined => {
  const { get } = headers
  const found = typeof get === 'function' ? get.call(headers, name) : (headers as Plain)[name.toLowerCase()]
  return found ? `${found}` : undefined
}
type Plain = Exclude<IncomingHeaders, { get(name: string): string | null }>

/** The flags in a header; `undefined` when they are not those of the key. */
async function tableOf(header: string, key: string): Promise<ReadonlyMap<string, Row> | undefined> {
  try {
    const bytes = fromBase64url(header)
    if ((await keyOf(bytes)) !== key) return
    const table = new Map<string, Row>()
    for (const [name, enabled, value] of JSON.parse(new TextDecoder().decode(bytes)))
      put(table, name, [enabled, value])
    return table
  } catch {
    return
  }
}
