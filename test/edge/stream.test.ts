import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { broadcast } from '../../src/edge/stream.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

function listen(stream: ReadableStream<Uint8Array>) {
  const reader = stream.getReader()
  const next = async () => new TextDecoder().decode((await reader.read()).value)
  return { next, leave: () => reader.cancel(), ended: reader.closed }
}

test('tells every reader of an update, and nobody who came later', async () => {
  const events = broadcast()
  const [first, second] = [listen(events.join()), listen(events.join())]
  expect(await first.next()).toBe(': connected\n\n')
  expect(await second.next()).toBe(': connected\n\n')

  events.send(1795228484.023477)
  const late = listen(events.join())
  const message = 'event: environment_updated\ndata: {"updated_at":1795228484.023477}\n\n'
  expect(await first.next()).toBe(message)
  expect(await second.next()).toBe(message)
  expect(await late.next()).toBe(': connected\n\n')
  events.close()
})

test('keeps a silent connection open with comments', async () => {
  const events = broadcast()
  const reader = listen(events.join())
  await reader.next()
  vi.advanceTimersByTime(20_000)
  expect(await reader.next()).toBe(': keep-alive\n\n')
  events.close()
})

test('stops its timer when the last reader leaves, and starts it for the next', async () => {
  const events = broadcast()
  expect(vi.getTimerCount()).toBe(0)
  const [first, second] = [listen(events.join()), listen(events.join())]
  expect(vi.getTimerCount()).toBe(1)
  await first.leave()
  expect(vi.getTimerCount()).toBe(1)
  await second.leave()
  expect(vi.getTimerCount()).toBe(0)
  listen(events.join())
  expect(vi.getTimerCount()).toBe(1)
  events.close()
  expect(vi.getTimerCount()).toBe(0)
})

test('ends every stream when it is closed, and those asked for later', async () => {
  const events = broadcast()
  const reader = listen(events.join())
  await reader.next()
  events.close()
  await expect(reader.ended).resolves.toBeUndefined()
  await expect(listen(events.join()).ended).resolves.toBeUndefined()
  expect(vi.getTimerCount()).toBe(0)
  events.close()
})

test('lets go of a reader that stopped reading, and serves the others', async () => {
  const events = broadcast()
  const idle = listen(events.join())
  const awake = listen(events.join())
  await awake.next()
  for (let update = 0; update < 200; update++) {
    events.send(update)
    await awake.next()
  }
  await expect(idle.ended).rejects.toThrow('stopped reading')
  events.close()
})
