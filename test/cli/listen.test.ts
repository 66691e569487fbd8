import { createServer, type Server } from 'node:http'
import { connect } from 'node:net'
import { afterEach, expect, test, vi } from 'vitest'
import { type Listening, type ListenOptions, listen } from '../../src/cli/listen.ts'
import { type Answer, type Answerer, answer } from '../../src/edge/answer.ts'
import { page, streamed } from './answers.ts'

const open: (Listening | Server)[] = []
afterEach(async () => {
  for (const server of open.splice(0)) await server.close()
})

async function setup(answerTo: Answerer, options: Partial<ListenOptions> = {}) {
  const onError = vi.fn()
  const server = await listen(answerTo, { port: 0, onError, ...options })
  open.push(server)
  return { ...server, onError }
}

test('listens on a free port of this machine alone', async () => {
  const { url } = await setup(({ method, path }) => page(`${method} ${path}`))
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/)
  const response = await fetch(`${url}a/b`, { method: 'POST', body: 'x' })
  expect(await response.text()).toBe('POST /a/b')
})

test('rejects when the port is taken', async () => {
  const other = createServer()
  open.push(other)
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
  const { port } = other.address() as { port: number }
  await expect(listen(() => answer(200), { port })).rejects.toMatchObject({ code: 'EADDRINUSE' })
})

test('passes a stream on piece by piece, and cancels it when the reader leaves', async () => {
  const left = vi.fn()
  const { url } = await setup(() => streamed(['piece 1', 'piece 2'], left))
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
  const left = vi.fn()
  const { url, close } = await setup(() => streamed(['piece'], left))
  const response = await fetch(url)
  const rest = response.text().catch(() => 'ended')
  await close()
  expect(await rest).toBe('ended')
  await vi.waitFor(() => expect(left).toHaveBeenCalledOnce())
})

test('answers 500 without a word of the error, and reports it', async () => {
  const error = new Error('a secret')
  const { url, onError } = await setup(() => {
    throw error
  })
  const response = await fetch(url)
  expect(response.status).toBe(500)
  expect(await response.text()).toBe('Internal Server Error')
  expect(onError).toHaveBeenCalledWith(error)
})

test('answers who sends a body that nobody reads', async () => {
  const { url } = await setup(() => page('enough', 413))
  const { port } = new URL(url)
  const answer = await new Promise<string>((resolve, reject) => {
    const socket = connect(Number(port), '127.0.0.1')
    socket.setEncoding('utf8').once('data', resolve).once('error', reject)
    socket.write('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000000\r\n\r\n')
    socket.write('x'.repeat(1000))
  })
  expect(answer).toContain('413')
})

/** All that comes back over a connection until it ends, and a way to say more. */
function exchange(url: string, text: string) {
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  let heard = ''
  socket.setEncoding('utf8').on('data', (piece) => {
    heard += piece
  })
  socket.write(text)
  const ended = new Promise<string>((resolve, reject) => {
    socket.on('close', () => resolve(heard)).on('error', reject)
  })
  return { socket, ended, heard: () => heard }
}
const readable = /\r\nAccess-Control-Allow-Origin: \*\r\n/

test.each([
  ['headers that are too large', `GET / HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(2_000)}\r\n\r\n`, 431],
  ['a megabyte of headers', `GET / HTTP/1.1\r\nHost: a\r\n${'X: x\r\n'.repeat(170_000)}\r\n`, 431],
  ['headers that do not come to their end', 'GET / HTTP/1.1\r\nHost: a\r\nX: ', 408],
  ['a body that does not', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nx', 408],
  ['nothing', '', 408],
  ['no HTTP', 'EHLO mail.example.com\r\n\r\n', 400],
])('answers %s in the words of the API, which pages can read', async (_, text, status) => {
  const limits = status === 408 && {
    headersTimeout: 50,
    requestTimeout: 100,
    connectionsCheckingInterval: 20,
  }
  const { url, onError } = await setup(
    async ({ text }) => page(String(await text(1_000).catch(() => 'nothing'))),
    { node: { maxHeaderSize: 1_000, ...limits } },
  )
  const answered = await exchange(url, text).ended
  const [head, body] = answered.split('\r\n\r\n')
  expect(head).toMatch(new RegExp(`^HTTP/1.1 ${status} \\w`))
  expect(`${head}\r\n`).toMatch(readable)
  expect(head).toMatch(/\r\nConnection: close/)
  expect(head).toContain(`Content-Length: ${body!.length}`)
  expect(JSON.parse(body!)).toEqual({ detail: expect.any(String) })
  await vi.waitFor(async () => expect((await fetch(url)).status).toBe(200))
  expect(onError).not.toHaveBeenCalled()
})

test('lets who hosts it change what is said to what is no request, and hear of it', async () => {
  const onRefusal = vi.fn((refusal: Answer) => ({ ...refusal, headers: {}, body: null }))
  const { url } = await setup(() => answer(200), { onRefusal })
  const answered = await exchange(url, 'no HTTP\r\n\r\n').ended
  expect(onRefusal).toHaveBeenCalledOnce()
  expect(answered).toBe('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n')
})

test('ends the stream of who sends nonsense', async () => {
  const left = vi.fn()
  const { url } = await setup(() => streamed(['piece'], left))
  const { socket, ended, heard } = exchange(url, 'GET / HTTP/1.1\r\nHost: a\r\n\r\n')
  await vi.waitFor(() => expect(heard()).toContain('piece'))
  socket.write('no HTTP\r\n\r\n')
  await ended
  await vi.waitFor(() => expect(left).toHaveBeenCalledOnce())
})

test('drains: a connection that is kept ends with its answer, and nobody new comes in', async () => {
  let letGo = () => {}
  const gate = new Promise<void>((resolve) => {
    letGo = resolve
  })
  const { url, drain } = await setup(async ({ path }) => {
    if (path === '/slow') await gate
    return page('done')
  })
  const idle = exchange(url, 'GET / HTTP/1.1\r\nHost: a\r\n\r\n')
  const slow = exchange(url, 'GET /slow HTTP/1.1\r\nHost: a\r\n\r\n')
  await vi.waitFor(() => expect(idle.heard()).toContain('done'))
  let isDrained = false
  const drained = drain().then(() => {
    isDrained = true
  })
  await idle.ended
  await expect(fetch(url)).rejects.toThrow('fetch failed')
  expect(isDrained).toBe(false)
  letGo()
  expect(await slow.ended).toMatch(/Connection: close.*done$/s)
  await drained
})

test('drops who does not read an answer that is larger than the system’s own buffers', async () => {
  const body = 'x'.repeat(50_000_000)
  let signal: AbortSignal | undefined
  const { url } = await setup(
    (question) => {
      if (question.path !== '/large') return page('small')
      signal = question.signal()
      return page(body)
    },
    { idleMs: 1_000 },
  )
  const { socket, ended } = exchange(url, 'GET /large HTTP/1.1\r\nHost: a\r\n\r\n')
  socket.pause()
  await vi.waitFor(() => expect(signal).toBeDefined())
  expect(await (await fetch(url)).text()).toBe('small')
  await vi.waitFor(() => expect(signal?.aborted).toBe(true), 10_000)
  socket.resume()
  expect((await ended).length).toBeLessThan(body.length)
}, 30_000)
