import { listen } from '../../../src/cli/listen.ts'
import { createEdge, type EnvironmentDocument } from '../../../src/edge.ts'
import { recordedDocument } from '../../edge/recorded.ts'
import { afterwards } from '../run.ts'

export const shop: EnvironmentDocument = { ...recordedDocument(), api_key: 'shop', name: 'Shop' }

/** A date after that of the document. */
export const later = (seconds: number) =>
  new Date(Date.parse(shop.updated_at!) + seconds * 1_000).toISOString().replace('Z', '+00:00')

type Handler = (request: Request) => Response | Promise<Response>

/** A server that says what a test wants, on a port of its own. */
export async function startUpstream(document = shop) {
  const edge = createEdge({ document, serverKeys: ['ser.shop'] })
  const asked: { method: string; path: string; key: string | null; body: string }[] = []
  const upstream = {
    edge,
    asked,
    /** What it answers, instead of what a good server would. */
    answer: undefined as Handler | undefined,
    api: '',
    close: async () => {},
  }
  const server = await listen(
    async (request) => {
      const body = await request.clone().text()
      const { pathname: path } = new URL(request.url)
      asked.push({ method: request.method, path, key: request.headers.get('X-Environment-Key'), body })
      return (upstream.answer ?? edge.handler)(request)
    },
    { port: 0 },
  )
  afterwards(() => {
    edge.close()
    return server.close()
  })
  upstream.api = `${server.url}api/v1/`
  return upstream
}
