/** A request, as far as we look at it; made of a `Request`, or of what Node's own server has. Nothing of it needs a `this`. */
export interface Question {
  readonly method: string
  /** The path as it was sent. */
  readonly path: string
  /** What came with the path, from its question mark on; or nothing. */
  readonly search: string
  /** A header by its name, which is in lower case here; null when it was not sent. */
  readonly header: (name: string) => string | null
  /** The body; undefined when it has more bytes than that. Rejects when it is not UTF-8, or the sender is gone. */
  readonly text: (maxBytes: number) => Promise<string | undefined>
  /** What says when the asker is gone. For most questions nobody wants to know, so it is made when it is called. */
  readonly signal: () => AbortSignal
}

/** Whether a browser asks before it asks. */
export const isPreflight = ({ method, header }: Question): boolean =>
  method === 'OPTIONS' && header('access-control-request-method') !== null

const utf8 = new TextDecoder('utf-8', { fatal: true })

/** Throws when it is not UTF-8. */
export const textOf = (bytes: Uint8Array): string => utf8.decode(bytes)
