import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createEdge, type EnvironmentDocument, nodeListener } from '../../src/edge.ts'
import { documentOf, KEY } from './document.ts'

/** A request as it reached the server. */
export interface Seen {
  readonly method: string
  readonly path: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
  /** With what it was answered; undefined while it was not, and when the connection ended instead. */
  readonly status: () => number | undefined
}

export type Answer = (request: IncomingMessage, response: ServerResponse) => unknown

/** The flags API on a port of its own, so that its pages are of another origin: our edge server, until it is told otherwise. */
export interface Net {
  /** For `createClient({ api })`. */
  readonly api: string
  readonly origin: string
  /** All requests, in order. */
  readonly seen: Seen[]
  /** Those that were not preflights. */
  asked(): Seen[]
  /** How requests are answered from now on. */
  answer: Answer
  /** How preflights are answered from now on. */
  preflight: Answer
  /** What our edge server does. */
  readonly edge: Answer
  /** Serves another document, and says so in the event stream. */
  replace(document: EnvironmentDocument): void
  /** Nobody listens any more: connections are refused. */
  down(): Promise<void>
  up(): Promise<void>
  /** All as in the beginning. */
  reset(): Promise<void>
  close(): Promise<void>
}

export const startNet = async (): Promise<Net> => {
  let edge = createEdge({ document: documentOf({}) })
  const listener = nodeListener((question) => edge.answer(question))
  const serve: Answer = (request, response) => {
    listener(request, response)
    // Whoever held it up may have paused it.
    request.resume()
  }

  const server = createServer(async (request, response) => {
    const { method = '', url = '', headers } = request
    let body = ''
    // Heard beside whoever answers: a fault need not read what it was sent.
    request.on('data', (bytes: Buffer) => {
      body += bytes
    })
    let status: number | undefined
    response.on('finish', () => {
      status = response.statusCode
    })
    net.seen.push({
      method,
      path: url,
      headers,
      get body() {
        return body
      },
      status: () => status,
    })
    await (method === 'OPTIONS' ? net.preflight : net.answer)(request, response)
  })
  const listen = (port: number) => new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  await listen(0)
  const { port } = server.address() as AddressInfo
  const origin = `http://127.0.0.1:${port}`

  const net: Net = {
    api: `${origin}/api/v1/`,
    origin,
    seen: [],
    asked: () => net.seen.filter(({ method }) => method !== 'OPTIONS'),
    answer: serve,
    preflight: serve,
    edge: serve,
    replace: (document) => edge.replace(document),
    async down() {
      const closed = new Promise((resolve) => server.close(resolve))
      server.closeAllConnections()
      await closed
    },
    async up() {
      if (!server.listening) await listen(port)
    },
    async reset() {
      edge.close()
      edge = createEdge({ document: documentOf({}) })
      net.seen.length = 0
      net.answer = net.preflight = serve
      await net.up()
    },
    async close() {
      edge.close()
      if (server.listening) await net.down()
    },
  }
  return net
}

/** Headers without which a page of another origin may not read the answer. */
export const CORS = { 'Access-Control-Allow-Origin': '*' }

/** An answer from a script. */
export const answering =
  (status: number, body: string, headers: Record<string, string> = {}): Answer =>
  (_, response) =>
    response.writeHead(status, { ...CORS, 'Content-Type': 'application/json', ...headers }).end(body)

/** An answer to a preflight that no browser remembers, for tests that need to see more than one. */
export const forgettablePreflight: Answer = answering(200, '', {
  'Access-Control-Allow-Headers': 'x-environment-key, content-type',
  'Access-Control-Max-Age': '0',
})

/** Answers as the edge does, but not before it is let. */
export const held = (net: Net) => {
  let letGo = () => {}
  const gate = new Promise<void>((resolve) => {
    letGo = resolve
  })
  net.answer = async (request, response) => {
    // Else its body would be over before the edge listens.
    request.pause()
    await gate
    await net.edge(request, response)
  }
  return letGo
}

export { KEY }
