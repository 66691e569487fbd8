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
    text: (maxBytes) => limitedText(request.body, maxBytes),
  }
}

/** The stream as text; of one with more bytes than allowed no more than that are ever held. */
async function limitedText(
  stream: ReadableStream<Uint8Array> | null,
  maxBytes: number,
): Promise<string | undefined> {
  if (stream === null) return ''
  const reader = stream.getReader()
  const decoder = new TextDecoder('utf-8', { fatal: true })
  let text = ''
  for (let bytes = 0; ; ) {
    const { done, value } = await reader.read()
    if (done) return text + decoder.decode()
    bytes += value.byteLength
    if (bytes > maxBytes) {
      await reader.cancel()
      return undefined
    }
    text += decoder.decode(value, { stream: true })
  }
}
