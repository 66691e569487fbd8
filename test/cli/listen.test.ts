import { createServer, type Server } from 'node:http'
import { connect } from 'node:net'
import { afterEach, expect, test, vi } from 'vitest'
import { type Listening, listen } from '../../src/cli/listen.ts'

const open: (Listening | Server)[] = []
afterEach(async () => {
  for (const server of open.splice(0)) await server.close()
})

async function setup(handler: Parameters<typeof listen>[0], onError = vi.fn()) {
  const server = await listen(handler, { port: 0, onError })
  open.push(server)
  return { ...server, onError }
}

test('hosts a handler on a free port of this machine alone', async () => {
  const { url } = await setup((request) => new Response(`${request.method} ${new URL(request.url).pathname}`))
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/)
  const response = await fetch(`${url}a/b`, { method: 'POST', body: 'x' })
  expect(await response.text()).toBe('POST /a/b')
})

test('rejects when the port is taken', async () => {
  const other = createServer()
  open.push(other)
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
  const { port } = other.address() as { port: number }
  await expect(listen(() => new Response(), { port })).rejects.toMatchObject({ code: 'EADDRINUSE' })
})

test('passes a stream on piece by piece, and cancels it when the reader leaves', async () => {
  const left = vi.fn()
  const { url } = await setup(() => {
    let sent = 0
    const body = new ReadableStream({
      async pull(controller) {
        if (sent++ < 2) controller.enqueue(new TextEncoder().encode(`piece ${sent}`))
        else await new Promise(() => {})
      },
      cancel: left,
    })
    return new Response(body, { headers: { 'Content-Type': 'text/event-stream' } })
  })
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
  const { url, close } = await setup(
    () => new Response(new ReadableStream({ start: (c) => c.enqueue(new Uint8Array(1)), cancel: left })),
  )
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
  const { url } = await setup(() => new Response('enough', { status: 413 }))
  const { port } = new URL(url)
  const answer = await new Promise<string>((resolve, reject) => {
    const socket = connect(Number(port), '127.0.0.1')
    socket.setEncoding('utf8').once('data', resolve).once('error', reject)
    socket.write('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000000\r\n\r\n')
    socket.write('x'.repeat(1000))
  })
  expect(answer).toContain('413')
})
