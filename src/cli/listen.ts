import { once } from 'node:events'
import { createServer, type ServerOptions } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Answer, Answerer } from '../edge/answer.ts'
import { nodeListener } from '../edge/node-listener.ts'
import { refuse } from './refuse.ts'

export interface ListenOptions {
  /** 0 takes any free one. */
  port: number
  /** @default '127.0.0.1', so that nothing is offered to the network by accident */
  host?: string
  /** Hears of errors that were thrown instead of an answer; the asker gets status 500 and no more. */
  onError?: (error: unknown) => void
  /** Hears what is answered to what is no request: too large, too slow, or not HTTP. May answer something else. */
  onRefusal?: (refusal: Answer) => Answer
  /** Drops connections on which nothing moved for so long. @default none */
  idleMs?: number
  /** Time limits and the like, for Node's own server. */
  node?: ServerOptions
}

/** A server that is listening. */
export interface Listening {
  /** Where, with the port that was taken and a final slash. */
  readonly url: string
  /** Drops all connections, whatever they are in the middle of, and takes new ones. */
  cut(): void
  /** Takes no more connections, and resolves when what is under way is done. */
  drain(): Promise<void>
  /** Stops at once: open connections, event streams among them, are ended. */
  close(): Promise<void>
}

/**
 * Puts what answers questions behind an address, as an HTTP server of Node. Rejects when the port cannot be had.
 *
 * @example const { url, close } = await listen(edge.answer, { port: 8787 })
 */
export async function listen(
  answer: Answerer,
  {
    port,
    host = '127.0.0.1',
    onError = () => {},
    onRefusal = (refusal) => refusal,
    idleMs = 0,
    node = {},
  }: ListenOptions,
): Promise<Listening> {
  let isDraining = false
  /** Else the connection would be kept for another request, and with it the server. */
  const last = (answer: Answer): Answer =>
    isDraining ? { ...answer, headers: { ...answer.headers, Connection: 'close' } } : answer
  const listener = nodeListener((question) => {
    const answered = answer(question)
    return answered instanceof Promise ? answered.then(last) : last(answered)
  }, onError)

  const server = createServer(node, listener)
  server.timeout = idleMs
  server.on('clientError', (error, socket) => refuse(socket, error, onRefusal))
  server.listen({ port, host })
  await once(server, 'listening')
  server.on('error', onError)
  const closed = () => new Promise<void>((resolve) => server.close(() => resolve()))
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${(server.address() as AddressInfo).port}/`,
    cut: () => server.closeAllConnections(),
    drain() {
      isDraining = true
      return closed()
    },
    async close() {
      const end = closed()
      server.closeAllConnections()
      await end
    },
  }
}
