import { type Answer, type Answerer, isStream, isText } from './answer.ts'
import { limitedBody } from './limited-body.ts'
import { type Question, textOf } from './question.ts'

/** What of Node's `IncomingMessage` is needed. */
export interface NodeRequest {
  readonly method?: string | undefined
  readonly url?: string | undefined
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  on(event: 'data', listener: (chunk: Uint8Array) => void): unknown
  on(event: 'end', listener: () => void): unknown
  on(event: 'error', listener: (error: Error) => void): unknown
}

/** What of Node's `ServerResponse` is needed. */
export interface NodeResponse {
  readonly writableLength: number
  readonly headersSent: boolean
  readonly destroyed: boolean
  writeHead(status: number, headers: Record<string, string>): unknown
  write(chunk: Uint8Array): unknown
  end(chunk?: Uint8Array | string): unknown
  end(text: string, encoding: 'latin1' | 'utf8'): unknown
  destroy(): unknown
  on(event: 'close', listener: () => void): unknown
}

/** What `createServer()` of `node:http` takes. */
export type NodeListener = (request: NodeRequest, response: NodeResponse) => void

/** What an event stream may leave unread before its reader is taken for gone. The system's own buffers come before it. */
const mostUnreadBytes = 16 * 1024

/**
 * What answers questions, as a listener of Node's own HTTP server. A `Request` and a `Response` for each would take
 * several times as long as the answer.
 *
 * An answer that fails is status 500 without a word, and `onError` hears of it.
 *
 * @example createServer(nodeListener(edge.answer)).listen(8787, '127.0.0.1')
 */
export function nodeListener(answer: Answerer, onError: (error: unknown) => void = () => {}): NodeListener {
  return (request, response) => {
    const fail = (error: unknown): void => {
      onError(error)
      if (response.headersSent) return void response.destroy()
      // Pages may read it, or it would look like no answer to them.
      response.writeHead(500, { 'Content-Type': 'text/plain', 'Access-Control-Allow-Origin': '*' })
      response.end('Internal Server Error')
    }
    try {
      const answered = answer(questionOf(request, response))
      if (answered instanceof Promise) answered.then((later) => write(later, response)).catch(fail)
      else write(answered, response)
    } catch (error) {
      fail(error)
    }
  }
}

function write({ status, headers, body }: Answer, response: NodeResponse): void {
  // Who has left needs no answer, and a stream would never hear that its reader is gone.
  if (response.destroyed) return
  if (status === 0) response.destroy()
  else if (body === null) {
    response.writeHead(status, status === 304 ? headers : { 'Content-Length': '0', ...headers })
    response.end()
  } else if (isText(body)) {
    response.writeHead(status, headers)
    // Most of it is ASCII, which is the same in both and quicker as the one.
    response.end(body.text, body.bytes === body.text.length ? 'latin1' : 'utf8')
  } else if (!isStream(body)) {
    response.writeHead(status, headers)
    response.end(body)
  } else {
    response.writeHead(status, headers)
    const leave = body.writeTo({
      write: (piece) => response.write(piece),
      end: () => response.end(),
      isStuck: () => response.writableLength > mostUnreadBytes,
      abort: () => response.destroy(),
    })
    response.on('close', leave)
  }
}

function questionOf(request: NodeRequest, response: NodeResponse): Question {
  const { url = '/', headers } = request
  const { path, search } = addressOf(url)
  return {
    method: request.method ?? 'GET',
    path,
    search,
    header(name) {
      const value = headers[name]
      return value === undefined ? null : String(value)
    },
    text: (maxBytes) => limitedText(request, maxBytes),
    signal: () => leaving(response),
  }
}

/** A path that needs no reading by the rules of URLs. */
const plain = /^\/[\w/-]*$/

function addressOf(url: string): Pick<Question, 'path' | 'search'> {
  const mark = url.indexOf('?')
  const path = mark < 0 ? url : url.slice(0, mark)
  if (plain.test(path)) return { path, search: mark < 0 ? '' : url.slice(mark) }
  try {
    const { pathname, search } = new URL(url.startsWith('/') ? `http://edge${url}` : url, 'http://edge')
    return { path: pathname, search }
  } catch {
    // No address at all, so nothing is there.
    return { path: url, search: '' }
  }
}

function leaving(response: NodeResponse): AbortSignal {
  const leave = new AbortController()
  response.on('close', () => leave.abort())
  if (response.destroyed) leave.abort()
  return leave.signal
}

/** The body as text; of one with more bytes than allowed no more than that are ever held. */
function limitedText(request: NodeRequest, maxBytes: number): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    if (Number(request.headers['content-length']) > maxBytes) resolve(undefined)
    const body = limitedBody(maxBytes)
    request.on('data', (piece) => {
      // The rest is heard and let go: who still sends may not hear the answer otherwise.
      if (!body.add(piece)) resolve(undefined)
    })
    request.on('end', () => {
      try {
        resolve(textOf(body.bytes()))
      } catch (error) {
        reject(error)
      }
    })
    request.on('error', reject)
  })
}
