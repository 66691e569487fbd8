/** What a cache asks before it looks for a page: which combination of flags is this visitor's? */
import type { MaybePromise } from '../core/ports.ts'
import type { TraitValue } from '../model/trait.ts'
import { classifyIdentifier } from '../privacy/identifier.ts'
import { toBase64url } from './base64url.ts'
import { canonicalText, type KeyedFlags, keyOf } from './flags-key.ts'

/** Who comes to the cache. */
export interface Visitor {
  /** Opaque: others are not asked about. */
  readonly identifier: string
  /** What the cache said of them, for this evaluation alone. */
  readonly traits: ReadonlyMap<string, TraitValue>
}

/** What `flagsKeyHandler()` takes. Only `evaluate` is needed. */
export interface FlagsKeyHandlerOptions {
  /** The visitor's flags, and only those that they may see: `createEdge().flagsOf`, or any other service. */
  readonly evaluate: (visitor: Visitor) => MaybePromise<KeyedFlags>
  /** The flags that pages depend on, where the address says nothing (`/flags-key?only=hero,price`). Default: all. */
  readonly only?: readonly string[] | undefined
  /**
   * The traits that the cache may tell, each in a header `Flags-Trait-<name>`. Other such headers are not looked at: a
   * visitor may have sent them. Default: none.
   */
  readonly traits?: readonly string[] | undefined
  /** How long the cache may keep an answer, in seconds: how late it sees a change. Default: 2. */
  readonly maxAge?: number | undefined
  /** Hears why a visitor was given no key. */
  readonly onError?: ((error: unknown) => void) | undefined
}

/** More than this in one header, and nginx (4 to 8 kB) or Varnish (8 kB) would refuse the whole answer. */
const MAX_HEADER = 7_000

/**
 * Answers a cache server at `/flags-key`, and its probe at `/healthz`. The visitor is in `Flags-Identity`; the answer is
 * `Flags-Key` and, for the application, `Flags`. It is for caches alone: keep it off the public network.
 *
 * @example
 * const edge = createEdge({ document })
 * const handler = flagsKeyHandler({ evaluate: edge.flagsOf, only: ['hero', 'price'], traits: ['plan'] })
 */
export const flagsKeyHandler =
  ({
    evaluate,
    only,
    traits = [],
    maxAge = 2,
    onError,
  }: FlagsKeyHandlerOptions): ((request: Request) => Promise<Response>) =>
  async ({ url, headers }) => {
    const { pathname, searchParams: query } = new URL(url)
    if (pathname === '/healthz') return new Response('ok', { headers: NOT_KEPT })
    if (pathname !== '/flags-key') return new Response(null, { status: 404, headers: NOT_KEPT })

    const identifier = headers.get('Flags-Identity') ?? ''
    if (classifyIdentifier(identifier) !== 'opaque')
      return new Response(null, { headers: { ...NOT_KEPT, 'Flags-Key': 'default' } })
    try {
      const flags = await evaluate({ identifier, traits: traitsIn(headers, traits) })
      const text = new TextEncoder().encode(
        canonicalText(flags, { only: query.get('only')?.split(',') ?? only }),
      )
      const header = toBase64url(text)
      if (header.length > MAX_HEADER)
        throw new RangeError(`these flags are ${header.length} bytes in a header: list fewer in \`only\``)
      return new Response(null, {
        headers: {
          'Flags-Key': await keyOf(text),
          Flags: header,
          // The two seconds more in which the old answer goes out while a new one is fetched: nobody waits for it.
          'Cache-Control': `max-age=${maxAge}, stale-while-revalidate=2`,
          Vary: ['Flags-Identity', ...traits.map(headerOf)].join(', '),
        },
      })
    } catch (error) {
      onError?.(error)
      return new Response(null, { status: 500, headers: NOT_KEPT })
    }
  }

const NOT_KEPT = { 'Cache-Control': 'no-store' }

const headerOf = (trait: string): string => `Flags-Trait-${trait}`

/** A header is text. What reads as a number or as yes and no is one, or rules that compare would compare letters. */
function traitsIn(headers: Headers, names: readonly string[]): Map<string, TraitValue> {
  const found = new Map<string, TraitValue>()
  for (const name of names) {
    const text = headers.get(headerOf(name))
    if (text) found.set(name, `${Number(text)}` === text ? Number(text) : (BOOLEANS[text] ?? text))
  }
  return found
}

const BOOLEANS: Readonly<Record<string, boolean>> = Object.assign(Object.create(null), {
  true: true,
  false: false,
})
