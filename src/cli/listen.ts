import { serve } from 'srvx/node'

export interface ListenOptions {
  /** 0 takes any free one. */
  port: number
  /** @default '127.0.0.1', so that nothing is offered to the network by accident */
  host?: string
  /** Hears of errors that the handler threw; the asker gets status 500 and no more. */
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
 * Hosts a function from Request to Response as an HTTP server of Node. Rejects when the port cannot be had.
 *
 * @example const { url, close } = await listen(edge.handler, { port: 8787 })
 */
export async function listen(
  handler: (request: Request) => Response | Promise<Response>,
  { port, host = '127.0.0.1', onError }: ListenOptions,
): Promise<Listening> {
  const server = serve({
    fetch: handler,
    port,
    hostname: host,
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
  return { url: server.url!, close: () => server.close(true) }
}
