/** The part of an EventSource that is used. */
export interface EventSourceLike {
  // biome-ignore lint/suspicious/noExplicitAny: each platform has event types of its own.
  addEventListener(type: any, listener: (event: any) => void): void
  close(): void
}

/** The browsers', or that of a package: `react-native-sse`, `eventsource`. */
export type EventSourceConstructor = new (url: string) => EventSourceLike

/**
 * Opens a stream of events, and tells of each `environment_updated` its text. The promise settles, either way, when the
 * stream has ended or could not be opened.
 */
export type OpenStream = (
  url: string,
  signal: AbortSignal,
  opened: () => void,
  updated: (data: string) => void,
) => Promise<void>

const UPDATED = 'environment_updated'

/** Over an EventSource. It would reconnect by itself, every few seconds for ever; so it is closed on its first error. */
export const overEventSource =
  (Constructor: EventSourceConstructor): OpenStream =>
  (url, signal, opened, updated) =>
    new Promise((resolve) => {
      const source = new Constructor(url)
      const end = () => {
        source.close()
        resolve()
      }
      source.addEventListener('open', opened)
      source.addEventListener(UPDATED, ({ data }) => updated(data))
      source.addEventListener('error', end)
      signal.addEventListener('abort', end)
    })

/** Over `fetch`, where there is no EventSource. No browser comes here, so none is given the parser to load. */
export const overFetch =
  (fetcher: typeof fetch): OpenStream =>
  async (url, signal, opened, updated) => {
    const { createParser } = await import('eventsource-parser')
    const { ok, headers, body } = await fetcher(url, { headers: { Accept: 'text/event-stream' }, signal })
    // A proxy's page of excuses comes with status 200, too.
    if (!ok || !body || !headers.get('Content-Type')?.includes('event-stream')) return
    opened()
    const parser = createParser({
      onEvent: ({ event, data }) => {
        if (event === UPDATED) updated(data)
      },
      maxBufferSize: 100_000,
    })
    const texts = body.pipeThrough(new TextDecoderStream() as never) as unknown as AsyncIterable<string>
    for await (const text of texts) parser.feed(text)
  }
