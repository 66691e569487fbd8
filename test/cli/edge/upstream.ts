import { listen } from '../../../src/cli/listen.ts'
import { type Answer, createEdge, type EnvironmentDocument, type Question } from '../../../src/edge.ts'
import { recordedDocument } from '../../edge/recorded.ts'
import { afterwards } from '../run.ts'

export const shop: EnvironmentDocument = { ...recordedDocument(), api_key: 'shop', name: 'Shop' }

/** A date after that of the document. */
export const later = (seconds: number) =>
  new Date(Date.parse(shop.updated_at!) + seconds * 1_000).toISOString().replace('Z', '+00:00')

interface Asked {
  readonly method: string
  readonly path: string
  readonly key: string | null
  readonly body: string
}

/** A server that says what a test wants, on a port of its own. */
export async function startUpstream(document = shop) {
  const edge = createEdge({ document, serverKeys: ['ser.shop'] })
  const asked: Asked[] = []
  const upstream = {
    edge,
    asked,
    /** What it answers, instead of what a good server would. */
    answer: undefined as ((question: Question & Asked) => Answer | Promise<Answer>) | undefined,
    api: '',
  }
  const server = await listen(
    async (question) => {
      const { method, path, header, text } = question
      const body = (await text(1e9))!
      const one = { method, path, key: header('x-environment-key'), body }
      asked.push(one)
      return (upstream.answer ?? edge.answer)({ ...question, ...one, text: async () => body })
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
