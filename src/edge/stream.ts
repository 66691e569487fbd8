/** What happens to the document, told to whoever listens (server-sent events). */
export interface Broadcast {
  /** The body of an answer: whoever reads it hears of everything from then on. */
  readonly stream: EventStream
  /** Tells every reader when the environment was updated, in unix seconds. */
  send(updatedAt: number): void
  /** Ends every stream, for good. */
  close(): void
}

export interface EventStream {
  /** Begins to write. Answers what is to be called when the reader leaves. */
  writeTo(reader: Reader): () => void
  /** The same as a stream, of which leaving is cancelling. */
  readable(): ReadableStream<Uint8Array>
}

/** Where events go. */
export interface Reader {
  write(message: Uint8Array): void
  end(): void
  /** Whether so much is unread that the reader must be taken for gone; more would only fill our memory. */
  isStuck(): boolean
  /** Ends at once, with whatever is unread. */
  abort(): void
}

/** Proxies close what is silent for a minute, some for half of one. */
const keepAliveMs = 20_000
/** How many messages a reader of `readable()` may leave unread. */
const mostUnread = 100

const utf8 = new TextEncoder()
// At once, so that the reader's side knows that it is connected.
const connected = utf8.encode(': connected\n\n')
const keepAlive = utf8.encode(': keep-alive\n\n')

export function broadcast(): Broadcast {
  /** The readers, and how each leaves. */
  const readers = new Map<Reader, () => void>()
  let isClosed = false

  function write(reader: Reader, message: Uint8Array): void {
    if (reader.isStuck()) {
      readers.get(reader)?.()
      reader.abort()
    } else reader.write(message)
  }

  function writeTo(reader: Reader): () => void {
    if (isClosed) {
      reader.end()
      return () => {}
    }
    // One for each reader: in Cloudflare's workers a timer ends with the request that began it, and would leave the
    // readers of other requests without.
    const timer = setInterval(() => write(reader, keepAlive), keepAliveMs)
    const leave = (): void => {
      clearInterval(timer)
      readers.delete(reader)
    }
    readers.set(reader, leave)
    reader.write(connected)
    return leave
  }

  function readable(): ReadableStream<Uint8Array> {
    let leave: () => void
    return new ReadableStream({
      start(controller) {
        leave = writeTo({
          write: (message) => controller.enqueue(message),
          end: () => controller.close(),
          isStuck: () => (controller.desiredSize ?? 0) <= -mostUnread,
          abort: () => controller.error(new Error('The reader of this event stream stopped reading.')),
        })
      },
      cancel: () => leave(),
    })
  }

  return {
    stream: { writeTo, readable },
    send(updatedAt) {
      const message = utf8.encode(
        `event: environment_updated\ndata: ${JSON.stringify({ updated_at: updatedAt })}\n\n`,
      )
      for (const reader of readers.keys()) write(reader, message)
    },
    close() {
      isClosed = true
      for (const [reader, leave] of readers) {
        leave()
        reader.end()
      }
    },
  }
}
