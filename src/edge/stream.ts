/** What happens to the document, told to whoever listens (server-sent events). */
export interface Broadcast {
  /** The body of an answer: whoever reads it hears of everything from then on. */
  readonly stream: Stream
  /** Tells every reader when the environment was updated, in unix seconds. */
  send(updatedAt: number): void
  /** Ends every stream, for good. */
  close(): void
}

/** A body that comes piece by piece. */
export interface Stream {
  /** Begins to write. Answers what is to be called when the reader is gone, whoever ended it. */
  writeTo(reader: Reader): () => void
}

/** Where the pieces go. */
export interface Reader {
  write(piece: Uint8Array): void
  end(): void
  /** Whether so much is unread that the reader must be taken for gone; more would only fill our memory. */
  isStuck(): boolean
  /** Ends at once, with whatever is unread. */
  abort(): void
}

/** Proxies close what is silent for a minute, some for half of one. */
const keepAliveMs = 20_000
/** How many pieces a reader of a `ReadableStream` may leave unread. */
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

  return {
    stream: { writeTo },
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

/** The same as web standards have it: leaving is cancelling. */
export function readable(stream: Stream): ReadableStream<Uint8Array> {
  let leave: () => void
  return new ReadableStream({
    start(controller) {
      /** Not before `writeTo` has come back: it may end at once. */
      const gone = () => queueMicrotask(() => leave())
      leave = stream.writeTo({
        write: (piece) => controller.enqueue(piece),
        end() {
          controller.close()
          gone()
        },
        isStuck: () => (controller.desiredSize ?? 0) <= -mostUnread,
        abort() {
          controller.error(new Error('The reader of this stream stopped reading.'))
          gone()
        },
      })
    },
    cancel: () => leave(),
  })
}
