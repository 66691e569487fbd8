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

export const UPDATED = 'environment_updated'

/**
 * Over an EventSource. It would reconnect by itself, every few seconds for ever; so it is closed on its first error, and on
 * its second opening: `react-native-sse` says nothing of a stream that ends. It is closed a moment later, because that one plans
 * its next attempt after it has told of an error.
 */
export const overEventSource =
  (Constructor: EventSourceConstructor): OpenStream =>
  async (url, signal, opened, updated) => {
    const source = new Constructor(url)
    await new Promise<unknown>((end) => {
      source.addEventListener(UPDATED, ({ data }) => updated(data))
      source.addEventListener('open', () => {
        opened()
        opened = end as () => void
      })
      source.addEventListener('error', end)
      signal.addEventListener('abort', end)
    })
    source.close()
  }
