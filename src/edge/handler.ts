/** What answers questions, as web standards have it. */
import { type Answer, type Answerer, isStream, isText } from './answer.ts'
import { limitedBytes } from './limited-body.ts'
import { type Question, textOf } from './question.ts'
import { readable } from './stream.ts'

export const handlerOf =
  (answer: Answerer) =>
  async (request: Request): Promise<Response> =>
    responseOf(await answer(questionOf(request)), request.method)

function questionOf(request: Request): Question {
  const { method, headers } = request
  const { pathname: path, search } = new URL(request.url)
  return {
    method,
    path,
    search,
    header: (name) => headers.get(name),
    async text(maxBytes) {
      const bytes = await limitedBytes(request, maxBytes)
      return bytes && textOf(bytes)
    },
    signal: () => request.signal,
  }
}

function responseOf({ status, headers, body }: Answer, method: string): Response {
  if (status === 0) return Response.error()
  return new Response(method === 'HEAD' ? null : contentOf(body), { status, headers })
}

function contentOf(body: Answer['body']): BodyInit | null {
  if (isText(body)) return body.text
  return isStream(body) ? readable(body) : (body as Uint8Array<ArrayBuffer> | null)
}
