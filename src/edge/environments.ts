/** Several environments behind one address: the key of a request says which one is meant. */
import { GuidonError } from '../model/errors.ts'
import { type Answer, type Answerer, preflight, refusal } from './answer.ts'
import { createEdge, type Edge, type EdgeOptions, type TraitWrites } from './create-edge.ts'
import type { EnvironmentDocument } from './document.ts'
import { handlerOf } from './handler.ts'
import { isPreflight, type Question } from './question.ts'

/** An environment, by the keys that open it. */
export interface EnvironmentKeys {
  readonly clientKey: string
  /** The keys of servers, which may see server-only features and read the document. @default none */
  readonly serverKeys?: readonly string[] | undefined
}

/** What `createEnvironments()` takes. */
export interface EnvironmentsOptions
  extends Pick<EdgeOptions, 'persistTraits' | 'maxTraitBytes' | 'maxBodyBytes'> {
  readonly environments: readonly EnvironmentKeys[]
  /** As of `createEdge`, with the client key of the environment. */
  readonly onTraits?: ((clientKey: string, writes: TraitWrites) => Promise<void>) | undefined
  /** As of `createEdge`, with the client key of the environment. */
  readonly onCounts?: ((clientKey: string, counts: Readonly<Record<string, unknown>>) => void) | undefined
}

/** Several environments behind one address. Which one answers is said by the key of a request. */
export interface Environments {
  /** Answers one request. Needs no `this`. */
  readonly handler: (request: Request) => Promise<Response>
  /** The same without `Request` and `Response`, for `nodeListener`. Needs no `this`. */
  readonly answer: Answerer
  /** Serves a document from now on, in the environment of its `api_key`. Throws when that is none of these. */
  replace(document: EnvironmentDocument): void
  /** The client keys of environments that have no document yet. */
  missing(): string[]
  /** Ends the event streams. */
  close(): void
}

/**
 * Flagsmith servers of several environments, as one function. An environment whose document has not come yet answers 503.
 *
 * @example
 * const environments = createEnvironments({ environments: [{ clientKey: document.api_key, serverKeys: ['ser.secret'] }] })
 * environments.replace(document)
 */
export function createEnvironments({
  environments,
  onTraits,
  onCounts,
  ...options
}: EnvironmentsOptions): Environments {
  const places = environments.map(({ clientKey, serverKeys = [] }) => ({
    clientKey,
    serverKeys,
    edge: undefined as Edge | undefined,
  }))
  const byKey = new Map(
    places.flatMap((place) => [place.clientKey, ...place.serverKeys].map((key) => [key, place] as const)),
  )

  function answer(question: Question): Answer | Promise<Answer> {
    if (isPreflight(question)) return preflight
    const { path } = question
    const streamKey = /^\/sse\/environments\/([^/]+)\/stream$/.exec(path)?.[1]
    const key = streamKey === undefined ? question.header('x-environment-key') : decoded(streamKey)
    const place = key ? byKey.get(key) : undefined
    if (place?.edge) return place.edge.answer(question)
    if (place) {
      return refusal(503, 'The document of this environment has not arrived yet.', { 'Retry-After': '1' })
    }
    return path.startsWith('/api/') || streamKey !== undefined
      ? refusal(403, `Invalid or missing Environment ${key ? 'Key' : 'key'}`)
      : refusal(404, 'Not found.')
  }

  return {
    handler: handlerOf(answer),
    answer,
    replace(document) {
      const { api_key: key } = document
      const place = places.find(({ clientKey }) => clientKey === key)
      if (!place) throw new GuidonError('invalid-option', 'This is the document of another environment.')
      if (place.edge) return place.edge.replace(document)
      place.edge = createEdge({
        ...options,
        document,
        serverKeys: place.serverKeys,
        onTraits: onTraits && ((writes) => onTraits(key, writes)),
        onCounts: onCounts && ((counts) => onCounts(key, counts)),
      })
    },
    missing: () => places.filter(({ edge }) => !edge).map(({ clientKey }) => clientKey),
    close() {
      for (const { edge } of places) edge?.close()
    },
  }
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}
