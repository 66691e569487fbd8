import { refusal, responseOf } from '../edge/answer.ts'
import { wait as waitFor } from '../edge/wait.ts'

type Handler = (request: Request) => Promise<Response>

export interface BadNetworkOptions {
  /** How long a request takes, there and back: from and to, in milliseconds. @default no time */
  readonly latencyMs?: readonly [from: number, to: number]
  /** How many requests fail, from 0 to 1. @default none */
  readonly failRate?: number
  /** @default false */
  readonly isOffline?: boolean
  /** A number from 0 up to 1. It is asked in the order in which requests come. @default Math.random */
  readonly random?: () => number
  /** @default by the clock */
  readonly wait?: (ms: number, signal: AbortSignal) => Promise<void>
}

export interface BadNetwork {
  readonly handler: Handler
  /** Offline, no request is answered. What is open already is for the server to cut. */
  isOffline: boolean
}

/** What can go wrong, each as often as the others. */
const FAILURES = ['refused', 'lost', 'half'] as const

/**
 * Puts a bad network before a server. A request takes half of its time there and half back. One that is to fail is
 * answered 503, or lost on its way, or its answer breaks off in the middle; only then has the server heard of it.
 * What gets no answer at all is a `Response.error()`, as the Fetch standard has it: who hosts this drops the connection.
 *
 * @example const network = badNetwork(edge.handler, { latencyMs: [100, 800], failRate: 0.1 })
 */
export function badNetwork(
  handler: Handler,
  {
    latencyMs: [from, to] = [0, 0],
    failRate = 0,
    isOffline = false,
    random = Math.random,
    wait = waitFor,
  }: BadNetworkOptions = {},
): BadNetwork {
  const network: BadNetwork = {
    isOffline,
    async handler(request) {
      // All three at once and always, so that a seed decides alike for the same requests, whatever else is switched on.
      const [slow, bad, how] = [random(), random(), random()]
      if (network.isOffline) return Response.error()
      const halfWayMs = (from + slow * (to - from)) / 2
      const failure = bad < failRate ? FAILURES[Math.floor(how * FAILURES.length)] : undefined

      if (halfWayMs > 0) await wait(halfWayMs, request.signal)
      // Who has left while it was on its way is not heard.
      if (failure === 'lost' || request.signal.aborted) return Response.error()
      const response = failure === 'refused' ? unavailable() : await handler(request)
      if (halfWayMs > 0) await wait(halfWayMs, request.signal)
      return failure === 'half' ? halfOf(response) : response
    },
  }
  return network
}

/** Pages may read it, or it would be one more lost answer to them. */
const unavailable = (): Response =>
  responseOf(refusal(503, 'Service unavailable: --fail-rate of `guidon serve`.'), 'GET')

/** Half of the first piece of an answer, then the connection breaks. An event stream breaks likewise. */
function halfOf(response: Response): Response {
  const half = response.body?.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      async transform(piece, rest) {
        rest.enqueue(piece.subarray(0, piece.length / 2))
        // Later, or what is written would not have left yet.
        await new Promise((resolve) => setTimeout(resolve))
        rest.error(new Error('The answer breaks off.'))
      },
    }),
  )
  return half ? new Response(half, response) : Response.error()
}
