import { refusal } from './answer.ts'

/** The JSON of a request's body, `undefined` for an empty one; or the refusal that it earned. */
export async function jsonBody(request: Request, maxBytes: number): Promise<{ json: unknown } | Response> {
  let json: unknown
  try {
    const text = await limitedText(request, maxBytes)
    if (text === undefined) return refusal(413, `The body of this request is larger than ${maxBytes} bytes.`)
    const type = request.headers.get('Content-Type') ?? ''
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

/** The body as text; `undefined` when it has more bytes than allowed, of which no more than that are ever held. */
async function limitedText(request: Request, maxBytes: number): Promise<string | undefined> {
  if (request.body === null) return ''
  const reader = request.body.getReader()
  const decoder = new TextDecoder('utf-8', { fatal: true })
  let text = ''
  for (let bytes = 0; ; ) {
    const { done, value } = await reader.read()
    if (done) return text + decoder.decode()
    bytes += value.byteLength
    if (bytes > maxBytes) {
      await reader.cancel()
      return undefined
    }
    text += decoder.decode(value, { stream: true })
  }
}
