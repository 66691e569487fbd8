/**
 * Node's own server gives the same answers by the short way, without `Request` and `Response`, as by the long one; and
 * what only a socket can do to a server.
 */
import { createServer, type Server } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { afterEach, expect, test, vi } from 'vitest'
import { answer, noAnswer } from '../../src/edge/answer.ts'
import { handlerOf } from '../../src/edge/handler.ts'
import { broadcast, type Reader } from '../../src/edge/stream.ts'
import { type Answer, createEdge, type EdgeOptions, nodeListener, type Question } from '../../src/edge.ts'
import { api, recordedDocument } from './recorded.ts'

const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.close()
    server.closeAllConnections()
  }
})

async function setup(options: Partial<EdgeOptions> = {}) {
  const document = { ...recordedDocument(), api_key: '<main client key>' }
  const edge = () => createEdge({ document, serverKeys: ['<main server key>'], ...options })
  const served = edge()
  const onError = vi.fn()
  const server = createServer(nodeListener(served.answer, onError))
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return { twin: edge(), port, url: `http://127.0.0.1:${port}`, onError }
}

/** What is sent over a socket, and all that comes back until the connection ends or is silent for a moment. */
function exchange(port: number, ...pieces: (string | Uint8Array)[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1')
    let text = ''
    socket
      .setEncoding('latin1')
      .on('data', (chunk) => {
        text += chunk
      })
      .on('close', () => resolve(text))
      .on('error', reject)
    for (const piece of pieces) socket.write(piece)
  })
}

test('answers every recorded request as the handler does', async () => {
  const { url, twin } = await setup()
  let compared = 0
  for (const { name, request } of api) {
    const { method, path, headers, body } = request
    // These fetch may not send, or the recorder shortened them.
    if (method === 'TRACE' || /(chars\)|truncated\))$/.test(path) || !path.startsWith('/')) continue
    const hasBody = body !== null && method !== 'GET' && method !== 'HEAD'
    const asked = {
      method,
      headers,
      redirect: 'manual',
      ...(hasBody && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    } as const
    const short = await fetch(url + path, asked)
    const long = await twin.handler(new Request(url + path, asked))
    expect(short.status, name).toBe(long.status)
    const [shortText, longText] = [await short.text(), await long.text()]
    // Who names nobody is somebody else each time.
    if (/"identifier":"[\da-f]{32}"/.test(longText)) continue
    expect(shortText, name).toBe(longText)
    for (const [header, value] of long.headers)
      expect(short.headers.get(header), `${name}: ${header}`).toBe(value)
    compared++
  }
  expect(compared).toBeGreaterThan(100)
})

test('reads paths by the rules of URLs, whole addresses too', async () => {
  const { port } = await setup()
  const ask = (target: string) =>
    exchange(
      port,
      `GET ${target} HTTP/1.1\r\nHost: a\r\nX-Environment-Key: <main client key>\r\nConnection: close\r\n\r\n`,
    )
  for (const target of [
    '/api/v1/../v1/flags/',
    'http://edge.test/api/v1/flags/',
    '/api/v1/flags/?feature=',
  ]) {
    expect(await ask(target), target).toMatch(/^HTTP\/1.1 200 OK/)
  }
  expect(await ask('//api/v1/flags/')).toMatch(/^HTTP\/1.1 404/)
  expect(await ask('*')).toMatch(/^HTTP\/1.1 404/)
})

test('takes what is no address for one where nothing is', async () => {
  const { port, onError } = await setup()
  expect(await exchange(port, 'GET http://[ HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')).toMatch(
    /^HTTP\/1.1 404 /,
  )
  expect(onError).not.toHaveBeenCalled()
})

test('reads the address of a question at most once, the usual ones not even that', async () => {
  const made = vi.fn()
  vi.stubGlobal(
    'URL',
    class extends URL {
      constructor(...address: ConstructorParameters<typeof URL>) {
        super(...address)
        made(String(address[0]))
      }
    },
  )
  try {
    const { port, twin } = await setup()
    made.mockClear()
    const ask = (target: string) =>
      exchange(port, `GET ${target} HTTP/1.1\r\nHost: a\r\nX-Environment-Key: k\r\nConnection: close\r\n\r\n`)
    await ask('/api/v1/identities/?identifier=a')
    expect(made).not.toHaveBeenCalled()
    await ask('/api/v1/%66lags/')
    expect(made.mock.calls).toEqual([['http://edge/api/v1/%66lags/']])
    made.mockClear()
    const request = new Request('http://edge.test/api/v1/flags/')
    made.mockClear()
    await twin.handler(request)
    expect(made.mock.calls).toEqual([['http://edge.test/api/v1/flags/']])
  } finally {
    vi.unstubAllGlobals()
  }
})

test('answers a body that comes in pieces, cut inside a character', async () => {
  const { port, onError } = await setup()
  const body = Buffer.from('{"identifier":"😀"}')
  const head = `POST /api/v1/identities/ HTTP/1.1\r\nHost: a\r\nX-Environment-Key: <main client key>\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: ${body.length}\r\n\r\n`
  const text = await exchange(port, head, body.subarray(0, 17), body.subarray(17))
  expect(Buffer.from(text, 'latin1').toString()).toContain('{"identifier":"😀"')
  expect(onError).not.toHaveBeenCalled()
})

test('refuses a body that is too large, not UTF-8 or no JSON, and goes on', async () => {
  const { url } = await setup({ maxBodyBytes: 100 })
  const post = (body: string | Uint8Array<ArrayBuffer>) =>
    fetch(`${url}/api/v1/identities/`, {
      method: 'POST',
      headers: { 'X-Environment-Key': '<main client key>', 'Content-Type': 'application/json' },
      body,
    })
  expect((await post('x'.repeat(101))).status).toBe(413)
  expect((await post(Uint8Array.of(0x22, 0xff, 0x22))).status).toBe(400)
  expect((await post('{"identifier"')).status).toBe(400)
  expect((await post('{"identifier":"guid"}')).status).toBe(200)
})

test('refuses a body that says it is too large before it has come', async () => {
  const { port } = await setup({ maxBodyBytes: 100 })
  const head =
    'POST /api/v1/identities/ HTTP/1.1\r\nHost: a\r\nX-Environment-Key: <main client key>\r\nConnection: close\r\n'
  expect(await exchange(port, `${head}Content-Length: 101\r\n\r\n{`)).toMatch(/^HTTP\/1.1 413 /)
})

test('takes no harm from a sender that leaves in the middle of its body', async () => {
  const { port, url, onError } = await setup()
  await new Promise<void>((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.on('close', () => resolve())
    const head =
      'POST /api/v1/identities/ HTTP/1.1\r\nHost: a\r\nX-Environment-Key: <main client key>\r\nContent-Length: 100\r\n\r\n{'
    socket.write(head, () => socket.destroy())
  })
  expect((await fetch(`${url}/health`)).status).toBe(200)
  expect(onError).not.toHaveBeenCalled()
})

/** Answers in a way of its own, and what it was asked. */
async function answering(answerTo: (question: Question) => Answer | Promise<Answer>) {
  const onError = vi.fn()
  const questions: Question[] = []
  const server = createServer(
    nodeListener((question) => {
      questions.push(question)
      return answerTo(question)
    }, onError),
  )
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return { port, questions, onError, url: `http://127.0.0.1:${port}` }
}

test('drops the connection where there is no answer', async () => {
  const { port } = await answering(() => noAnswer)
  expect(await exchange(port, 'GET / HTTP/1.1\r\nHost: a\r\n\r\n')).toBe('')
  expect((await handlerOf(() => noAnswer)(new Request('http://edge.test/'))).type).toBe('error')
})

test('an answer that fails is a 500 without a word of why', async () => {
  const error = new Error('a secret')
  for (const fail of [
    () => {
      throw error
    },
    () => Promise.reject(error),
  ]) {
    const { url, onError } = await answering(fail)
    const response = await fetch(url)
    expect([response.status, await response.text()]).toEqual([500, 'Internal Server Error'])
    expect(response.headers.get('Access-Control-Allow-Origin')).toBe('*')
    expect(onError).toHaveBeenCalledExactlyOnceWith(error)
  }
})

test('a stream that fails as it begins ends its connection, and no other', async () => {
  const error = new Error('a secret')
  const { url, onError } = await answering(async ({ path }) => {
    if (path === '/elsewhere') return answer(204)
    const writeTo = (reader: Reader) => {
      reader.write(new Uint8Array(1))
      throw error
    }
    return answer(200, {}, { writeTo })
  })
  await expect(fetch(url).then((response) => response.text())).rejects.toThrow()
  expect(onError).toHaveBeenCalledExactlyOnceWith(error)
  expect((await fetch(`${url}/elsewhere`)).status).toBe(204)
})

test('says when the asker is gone, and begins no stream for one who is', async () => {
  let letGo = () => {}
  const gate = new Promise<void>((resolve) => {
    letGo = resolve
  })
  const writeTo = vi.fn(() => () => {})
  const { port, questions } = await answering(async () => {
    await gate
    return answer(200, {}, { writeTo })
  })
  const socket = connect(port, '127.0.0.1')
  socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
  await vi.waitFor(() => expect(questions).toHaveLength(1))
  const signal = questions[0]!.signal()
  expect(signal.aborted).toBe(false)
  socket.destroy()
  await vi.waitFor(() => expect(signal.aborted).toBe(true))
  expect(questions[0]!.signal().aborted).toBe(true)
  letGo()
  await new Promise((resolve) => setImmediate(resolve))
  expect(writeTo).not.toHaveBeenCalled()
})

test('streams events, lets go of a reader that stopped reading, and serves the others', async () => {
  const events = broadcast()
  const server = createServer(nodeListener(() => answer(200, {}, events.stream)))
  servers.push(server)
  const connections = new Set<Socket>()
  server.on('connection', (socket) => {
    connections.add(socket)
    socket.on('close', () => connections.delete(socket))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo

  const idle = connect(port, '127.0.0.1')
  idle.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
  await new Promise((resolve) => idle.once('data', resolve))
  idle.pause()
  const awake = connect(port, '127.0.0.1')
  let last = ''
  awake.setEncoding('latin1').on('data', (chunk: string) => {
    last = (last + chunk).slice(-1000)
  })
  awake.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
  await vi.waitFor(() => expect(last).toContain(': connected'))
  expect(connections.size).toBe(2)

  // More than the system's own buffers hold, in portions that who reads can follow.
  let sent = 0
  while (connections.size === 2 && sent < 2_000_000) {
    for (let update = 0; update < 100; update++) events.send(++sent)
    await new Promise((resolve) => setImmediate(resolve))
  }
  expect(connections.size).toBe(1)
  await vi.waitFor(() => expect(last).toContain(`{"updated_at":${sent}}`))
  idle.destroy()
  awake.destroy()
  await vi.waitFor(() => expect(connections.size).toBe(0))
}, 60_000)
