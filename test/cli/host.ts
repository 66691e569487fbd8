import { serve } from 'srvx/node'

/** Hosts a made-up server on a free port. */
export async function host(handler: (request: Request) => Response | Promise<Response>) {
  const server = serve({
    fetch: handler,
    port: 0,
    hostname: '127.0.0.1',
    manual: true,
    silent: true,
    gracefulShutdown: false,
  })
  await server.serve()
  return { url: server.url!, close: () => server.close(true) }
}
