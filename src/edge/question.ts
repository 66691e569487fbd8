import { limitedBytes } from './limited-body.ts'

/** A request, as far as we look at it; made of a `Request`, or of what Node's own server has. */
export interface Question {
  readonly method: string
  /** The path as it was sent. */
  readonly path: string
  /** What came with the path, from its question mark on; or nothing. */
  readonly search: string
  /** A header by its name, which is in lower case here; null when it was not sent. */
  header(name: string): string | null
  /** The body; undefined when it has more bytes than that. Rejects when it is not UTF-8, or the sender is gone. */
  text(maxBytes: number): Promise<string | undefined>
}

/** The question that a `Request` is. */
export function questionOf(request: Request): Question {
  const { pathname: path, search } = new URL(request.url)
  return {
    method: request.method,
    path,
    search,
    header: (name) => request.headers.get(name),
    async text(maxBytes) {
      const bytes = await limitedBytes(request, maxBytes)
      return bytes && textOf(bytes)
    },
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true })

/** Throws when it is not UTF-8. */
export const textOf = (bytes: Uint8Array): string => utf8.decode(bytes)
