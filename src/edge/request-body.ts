import { type Answer, refusal } from './answer.ts'
import type { Question } from './question.ts'

/** The JSON of a request's body, `undefined` for an empty one; or the refusal that it earned. */
export async function jsonBody(question: Question, maxBytes: number): Promise<{ json: unknown } | Answer> {
  let json: unknown
  try {
    const text = await question.text(maxBytes)
    if (text === undefined) return refusal(413, `The body of this request is larger than ${maxBytes} bytes.`)
    const type = question.header('content-type') ?? ''
    // As the API: nothing at all is taken, whatever its type is.
    if (text !== '' && !/^application\/json\s*(;|$)/i.test(type)) {
      return refusal(415, `Unsupported media type "${type}" in request.`)
    }
    json = text === '' ? undefined : JSON.parse(text)
  } catch {
    // Not JSON, not UTF-8, or the sender is gone. Without the parser's own words, which repeat a part of the body.
    return refusal(400, 'JSON parse error - the body is not JSON.')
  }
  return { json }
}
