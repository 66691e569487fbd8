import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Edge } from '../edge/create-edge.ts'
import { nodeListener } from '../edge/node-listener.ts'

export interface ListenOptions {
  /** 0 takes any free one. */
  port: number
  /** @default '127.0.0.1', so that nothing is offered to the network by accident */
  host?: string
  /** Hears of errors in answering; the asker gets status 500 and no more. */
  onError?: (error: unknown) => void
}

/** A server that is listening. */
export interface Listening {
  /** Where, with the port that was taken and a final slash. */
  readonly url: string
  /** Stops at once: open connections, event streams among them, are ended. */
  close(): Promise<void>
}

/**
 * Hosts what answers as an HTTP server of Node. Rejects when the port cannot be had.
 *
 * @example const { url, close } = await listen(edge.answer, { port: 8787 })
 */
export async function listen(
  answer: Edge['answer'],
  { port, host = '127.0.0.1', onError }: ListenOptions,
): Promise<Listening> {
  const server = createServer(nodeListener(answer, onError))
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, host, resolve)
  })
  const taken = (server.address() as AddressInfo).port
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${taken}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
