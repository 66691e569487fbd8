import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { broadcast, type Reader, readable } from '../../src/edge/stream.ts'
import { createEdge } from '../../src/edge.ts'
import { recordedDocument } from './recorded.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

function listen(stream: ReadableStream<Uint8Array>) {
  const reader = stream.getReader()
  const next = async () => new TextDecoder().decode((await reader.read()).value)
  return { next, leave: () => reader.cancel(), ended: reader.closed }
}

test('tells every reader of an update, and nobody who came later', async () => {
  const events = broadcast()
  const [first, second] = [listen(readable(events.stream)), listen(readable(events.stream))]
  expect(await first.next()).toBe(': connected\n\n')
  expect(await second.next()).toBe(': connected\n\n')

  events.send(1795228484.023477)
  const late = listen(readable(events.stream))
  const message = 'event: environment_updated\ndata: {"updated_at":1795228484.023477}\n\n'
  expect(await first.next()).toBe(message)
  expect(await second.next()).toBe(message)
  expect(await late.next()).toBe(': connected\n\n')
  events.close()
})

test('keeps a silent connection open with comments', async () => {
  const events = broadcast()
  const reader = listen(readable(events.stream))
  await reader.next()
  vi.advanceTimersByTime(20_000)
  expect(await reader.next()).toBe(': keep-alive\n\n')
  events.close()
})

test('has a timer for each reader, which goes with the reader', async () => {
  const events = broadcast()
  expect(vi.getTimerCount()).toBe(0)
  const [first, second] = [listen(readable(events.stream)), listen(readable(events.stream))]
  expect(vi.getTimerCount()).toBe(2)
  await first.leave()
  expect(vi.getTimerCount()).toBe(1)
  await second.next()
  vi.advanceTimersByTime(20_000)
  expect(await second.next()).toBe(': keep-alive\n\n')
  events.close()
  expect(vi.getTimerCount()).toBe(0)
})

test('ends every stream when it is closed, and those asked for later', async () => {
  const events = broadcast()
  const reader = listen(readable(events.stream))
  await reader.next()
  events.close()
  await expect(reader.ended).resolves.toBeUndefined()
  await expect(listen(readable(events.stream)).ended).resolves.toBeUndefined()
  expect(vi.getTimerCount()).toBe(0)
  events.close()
})

test('lets go of a reader that stopped reading, and serves the others', async () => {
  const events = broadcast()
  const idle = listen(readable(events.stream))
  const awake = listen(readable(events.stream))
  await awake.next()
  for (let update = 0; update < 200; update++) {
    events.send(update)
    await awake.next()
  }
  await expect(idle.ended).rejects.toThrow('stopped reading')
  expect(vi.getTimerCount()).toBe(1)
  events.close()
})

test('a reader that came in a request of its own hears on when an earlier one has left', async () => {
  // What the handler gives each of two requests, as a worker's runtime does, which ends a request's timers with it.
  const edge = createEdge({ document: recordedDocument() })
  const connect = async () => {
    const path = `/sse/environments/${encodeURIComponent(recordedDocument().api_key)}/stream`
    return listen((await edge.handler(new Request(`http://edge.test${path}`))).body!)
  }
  const [first, second] = [await connect(), await connect()]
  await second.next()
  await first.leave()
  vi.advanceTimersByTime(20_000)
  expect(await second.next()).toBe(': keep-alive\n\n')
  edge.close()
})

test('a stream is told once that its reader is gone, whoever ended it', async () => {
  for (const end of ['end', 'abort', 'leave'] as const) {
    const gone = vi.fn()
    let writer: Reader
    const reader = listen(
      readable({
        writeTo(to) {
          writer = to
          return gone
        },
      }),
    )
    reader.ended.catch(() => {})
    if (end === 'leave') await reader.leave()
    else writer![end]()
    await Promise.resolve()
    expect(gone, end).toHaveBeenCalledOnce()
  }
})
