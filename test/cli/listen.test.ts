import { createServer, type Server } from 'node:http'
import { connect } from 'node:net'
import { afterEach, expect, test, vi } from 'vitest'
import { type Listening, listen } from '../../src/cli/listen.ts'
import type { Answer } from '../../src/edge.ts'

const open: (Listening | Server)[] = []
afterEach(async () => {
  for (const server of open.splice(0)) await server.close()
})

async function setup(answer: Parameters<typeof listen>[0], onError = vi.fn()) {
  const server = await listen(answer, { port: 0, onError })
  open.push(server)
  return { ...server, onError }
}

const answered = (body: Answer['body'] | string, status = 200): Answer => ({
  status,
  headers: {},
  body: typeof body === 'string' ? new TextEncoder().encode(body) : body,
})

test('hosts what answers on a free port of this machine alone', async () => {
  const { url } = await setup(({ method, path, search }) => answered(`${method} ${path} ${search}`))
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/)
  const response = await fetch(`${url}a/b?c`, { method: 'POST', body: 'x' })
  expect(await response.text()).toBe('POST /a/b ?c')
})

test('rejects when the port is taken', async () => {
  const other = createServer()
  open.push(other)
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
  const { port } = other.address() as { port: number }
  await expect(listen(() => answered(null), { port })).rejects.toMatchObject({ code: 'EADDRINUSE' })
})

/** A stream that writes this, and what became of it. */
function stream(...messages: string[]) {
  const left = vi.fn()
  const body: Answer['body'] = {
    writeTo(reader) {
      for (const message of messages) reader.write(new TextEncoder().encode(message))
      return left
    },
    readable: () => new ReadableStream(),
  }
  return { body, left }
}

test('passes a stream on piece by piece, and hears of it when the reader leaves', async () => {
  const { body, left } = stream('piece 1', 'piece 2')
  const { url } = await setup(() => answered(body))
  const leave = new AbortController()
  const response = await fetch(url, { signal: leave.signal })
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  while (!text.includes('piece 2')) text += (await reader.read()).value
  expect(left).not.toHaveBeenCalled()
  leave.abort()
  await vi.waitFor(() => expect(left).toHaveBeenCalledOnce())
})

test('ends open streams when it is closed', async () => {
  const { body, left } = stream('x')
  const { url, close } = await setup(() => answered(body))
  const response = await fetch(url)
  const rest = response.text().catch(() => 'ended')
  await close()
  expect(await rest).toBe('ended')
  await vi.waitFor(() => expect(left).toHaveBeenCalledOnce())
})

test.each([
  ['at once', () => Promise.reject(new Error('a secret'))],
  [
    'later',
    () => {
      throw new Error('a secret')
    },
  ],
])('answers 500 without a word of the error, and reports it: %s', async (_, answer) => {
  const { url, onError } = await setup(answer)
  const response = await fetch(url)
  expect(response.status).toBe(500)
  expect(await response.text()).toBe('Internal Server Error')
  expect(onError).toHaveBeenCalledWith(new Error('a secret'))
})

test('answers who sends a body that nobody reads', async () => {
  const { url } = await setup(() => answered('enough', 413))
  const { port } = new URL(url)
  const answer = await new Promise<string>((resolve, reject) => {
    const socket = connect(Number(port), '127.0.0.1')
    socket.setEncoding('utf8').once('data', resolve).once('error', reject)
    socket.write('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000000\r\n\r\n')
    socket.write('x'.repeat(1000))
  })
  expect(answer).toContain('413')
})
