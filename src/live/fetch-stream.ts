import { type OpenStream, UPDATED } from './event-stream.ts'

/** A stream of events over `fetch`, where there is no EventSource. No browser comes here, so none is given the parser to load. */
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
