/** What happens to the document, told to whoever listens (server-sent events). */
export interface Broadcast {
  /** A new reader's stream. Leaving is cancelling it, which a server does when the connection ends. */
  join(): ReadableStream<Uint8Array>
  /** Tells every reader when the environment was updated, in unix seconds. */
  send(updatedAt: number): void
  /** Ends every stream, for good. */
  close(): void
}

/** Proxies close what is silent for a minute, some for half of one. */
const keepAliveMs = 20_000
/** What a reader may leave unread before we take it for gone; beyond that it would only fill our memory. */
const mostUnread = 100

const utf8 = new TextEncoder()

export function broadcast(): Broadcast {
  const readers = new Set<ReadableStreamDefaultController<Uint8Array>>()
  let keepAlive: ReturnType<typeof setInterval> | undefined
  let isClosed = false

  function leave(reader: ReadableStreamDefaultController<Uint8Array>): void {
    readers.delete(reader)
    if (readers.size > 0) return
    clearInterval(keepAlive)
    keepAlive = undefined
  }

  function write(message: string): void {
    const bytes = utf8.encode(message)
    for (const reader of readers) {
      if ((reader.desiredSize ?? 0) > -mostUnread) reader.enqueue(bytes)
      else {
        leave(reader)
        reader.error(new Error('The reader of this event stream stopped reading.'))
      }
    }
  }

  return {
    join() {
      let reader: ReadableStreamDefaultController<Uint8Array>
      return new ReadableStream({
        start(controller) {
          if (isClosed) return controller.close()
          reader = controller
          readers.add(reader)
          // At once, so that the reader's side knows that it is connected.
          reader.enqueue(utf8.encode(': connected\n\n'))
          keepAlive ??= setInterval(() => write(': keep-alive\n\n'), keepAliveMs)
        },
        cancel: () => leave(reader),
      })
    },
    send(updatedAt) {
      write(`event: environment_updated\ndata: ${JSON.stringify({ updated_at: updatedAt })}\n\n`)
    },
    close() {
      isClosed = true
      for (const reader of readers) {
        leave(reader)
        reader.close()
      }
    },
  }
}
