import type { Server, ServerOptions } from 'node:http'
import { serve } from 'srvx/node'

export interface ListenOptions {
  /** 0 takes any free one. */
  port: number
  /** @default '127.0.0.1', so that nothing is offered to the network by accident */
  host?: string
  /** Hears of errors that the handler threw; the asker gets status 500 and no more. */
  onError?: (error: unknown) => void
  /** Time limits and the like, for Node's own server. */
  node?: ServerOptions & { readonly exclusive?: boolean }
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
 * Hosts a function from Request to Response as an HTTP server of Node. Rejects when the port cannot be had.
 * For `Response.error()` it drops the connection without an answer.
 *
 * @example const { url, close } = await listen(edge.handler, { port: 8787 })
 */
export async function listen(
  handler: (request: Request) => Response | Promise<Response>,
  { port, host = '127.0.0.1', onError, node }: ListenOptions,
): Promise<Listening> {
  let isDraining = false
  const server = serve({
    async fetch(request) {
      const response = await handler(request)
      if (response.type !== 'error') {
        // Else the connection would be kept for another request, and with it the server.
        if (isDraining) response.headers.set('Connection', 'close')
        return response
      }
      request.runtime?.node?.req.socket.destroy()
      return new Response()
    },
    port,
    hostname: host,
    ...(node && { node }),
    error(error) {
      onError?.(error)
      return new Response('Internal Server Error', { status: 500 })
    },
    // Left to itself it prints, listens for signals and starts before one can hear of an error.
    manual: true,
    silent: true,
    gracefulShutdown: false,
  })
  await server.serve()
  const http = server.node!.server as Server
  return {
    url: server.url!,
    cut: () => http.closeAllConnections(),
    drain() {
      isDraining = true
      return new Promise((resolve) => http.close(() => resolve()))
    },
    close: () => server.close(true),
  }
}
