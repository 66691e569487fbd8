import { type Answer, type Answerer, isStream, isText, noAnswer, refusal } from '../edge/answer.ts'
import type { Question } from '../edge/question.ts'
import type { Reader, Stream } from '../edge/stream.ts'
import { wait as waitFor } from '../edge/wait.ts'

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
  readonly answer: Answerer
  /** Offline, no request is answered. What is open already is for the server to cut. */
  isOffline: boolean
}

/** What can go wrong, each as often as the others. */
const FAILURES = ['refused', 'lost', 'half'] as const

/**
 * Puts a bad network before a server. A request takes half of its time there and half back. One that is to fail is
 * answered 503, or lost on its way, or its answer breaks off in the middle; only then has the server heard of it.
 *
 * @example const network = badNetwork(edge.answer, { latencyMs: [100, 800], failRate: 0.1 })
 */
export function badNetwork(
  answer: Answerer,
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
    async answer(question) {
      // All three at once and always, so that a seed decides alike for the same requests, whatever else is switched on.
      const [slow, bad, how] = [random(), random(), random()]
      if (network.isOffline) return noAnswer
      const halfWayMs = (from + slow * (to - from)) / 2
      const failure = bad < failRate ? FAILURES[Math.floor(how * FAILURES.length)] : undefined
      const signal = question.signal()

      if (halfWayMs > 0) await wait(halfWayMs, signal)
      // Who has left while it was on its way is not heard.
      if (failure === 'lost' || signal.aborted) return noAnswer
      const answered = failure === 'refused' ? unavailable : await answer(question)
      if (halfWayMs > 0) await wait(halfWayMs, signal)
      return failure === 'half' ? halfOf(answered, question) : answered
    },
  }
  return network
}

/** Pages may read it, or it would be one more lost answer to them. */
const unavailable = refusal(503, 'Service unavailable: --fail-rate of `guidon serve`.')

/** Half of the first piece of an answer, then the connection breaks. An event stream breaks likewise. */
function halfOf(answer: Answer, { method }: Question): Answer {
  if (answer.body === null || method === 'HEAD') return noAnswer
  const { body } = answer
  const stream = isStream(body) ? body : whole(isText(body) ? new TextEncoder().encode(body.text) : body)
  return { ...answer, body: { writeTo: (reader) => stream.writeTo(breaking(reader)) } }
}

const whole = (bytes: Uint8Array): Stream => ({
  writeTo(reader) {
    reader.write(bytes)
    return () => {}
  },
})

/** A reader that hears half of what it is told first, and nothing after that. */
function breaking(reader: Reader): Reader {
  let isBroken = false
  return {
    ...reader,
    write(piece) {
      if (isBroken) return
      isBroken = true
      reader.write(piece.subarray(0, piece.length / 2))
      // Later, or what is written would not have left yet.
      setTimeout(reader.abort)
    },
  }
}
