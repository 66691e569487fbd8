import { STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { type Answer, refusal } from '../edge/answer.ts'

/** What Node's server says of what is no request. Anything else is not HTTP. */
const REFUSALS: Readonly<Record<string, readonly [status: number, detail: string]>> = {
  HPE_HEADER_OVERFLOW: [431, 'The headers of this request are too large.'],
  HPE_CHUNK_EXTENSIONS_OVERFLOW: [413, 'The chunks of this request are too large.'],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'This request did not come to its end in time.'],
}

/** Who is told that its connection ends may still be sending, and would not hear it if that were cut off at once. */
const LINGER_MS = 1_000

/**
 * Answers what never became a request. Node would say the status and nothing else, which a page may not even read.
 * `change` gets the answer before it leaves.
 */
export function refuse(
  socket: Duplex,
  { code = '' }: NodeJS.ErrnoException,
  change: (refusal: Answer) => Answer,
): void {
  // Refused already; what still comes is let go.
  if (socket.writableEnded) return
  if (!socket.writable || code === 'ECONNRESET') return void socket.destroy()
  const [status, detail] = REFUSALS[code] ?? [400, 'This is no request.']
  const { headers, body } = change(refusal(status, detail))
  const lines = Object.entries({ ...headers, Connection: 'close' }).map(
    ([name, value]) => `${name}: ${value}`,
  )
  socket.write(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('\r\n')}\r\n\r\n`)
  socket.end(body)
  setTimeout(() => socket.destroy(), LINGER_MS).unref()
}
