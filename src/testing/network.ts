import type { TraitInput, TraitInputs } from 'guidon'
import type { FlagTable } from '../model/flag.ts'
import type { Fetch } from '../transport/platform.ts'

/** One request that left the device. */
export interface TestRequest {
  readonly method: string
  readonly url: string
  /** By name, as they were sent. */
  readonly headers: Readonly<Record<string, string>>
  /** What its JSON says. `undefined` for a GET. */
  readonly body: unknown
  /** Who was asked for. `undefined`: nobody, or it is about something else. */
  readonly identifier: string | undefined
  /** The traits that went along, as `setTraits` takes them. `null` is one to be removed. */
  readonly traits: TraitInputs
}

/** An answer, part by part. */
export interface TestReply {
  /** Default: 200. */
  readonly status?: number | undefined
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** A text is sent as it is, all else as JSON. Default: nothing. */
  readonly body?: unknown
}

/** An answer: a status, the text of a body, its parts, or what a server made. `undefined`: as if nothing had been said. */
export type TestAnswer = number | string | TestReply | Answered | undefined

/** Who answers: always the same, a function of the request, or a server, such as that of `guidon/edge`. */
export type TestAnswers =
  | Exclude<TestAnswer, Answered>
  | ((request: TestRequest) => TestAnswer | Promise<TestAnswer>)
  | { handler(request: never): Promise<Answered> }

/** The part of a `Response` that is used. */
interface Answered {
  readonly status: number
  readonly ok: boolean
  readonly headers: { get(name: string): string | null }
  text(): Promise<string>
}

/** A flag as servers send it. */
export const wireFlag = (name: string, value: unknown, enabled = true, variant?: string | null) => ({
  feature: { id: 1, name, type: variant ? 'MULTIVARIATE' : 'STANDARD' },
  enabled,
  feature_state_value: value,
  ...(variant && { variant }),
})

/** What a server answers who asks for somebody's flags, or for the environment's. */
export const flagsBody = (flags: readonly unknown[], identifier: string | null | undefined): unknown =>
  identifier == null ? flags : { identifier, traits: [], flags }

/** Where `guidon/edge` would look for what is asked for. */
export const edgeUrl = (path: string): string => `https://flags.test/api/v1/${path}`

/** A network with one server at its end, and a hand on its switches. It has no clock. */
export interface Network {
  readonly fetch: Fetch
  readonly requests: TestRequest[]
  /** Answers that will come by themselves. */
  readonly underWay: Set<Promise<unknown>>
  /** Whether the server could tell a client something right now. */
  isOpen(): boolean
  goOffline(): void
  goOnline(): void
  answerWith(answers: TestAnswers, times?: number): void
  hold(): void
  release(): void
}

/** @param api the base of the API, with its final slash; `flags` what the server has at the moment. */
export const createNetwork = (api: string, flags: () => FlagTable): Network => {
  const requests: TestRequest[] = []
  const underWay = new Set<Promise<unknown>>()
  const held = new Set<() => void>()
  let isHeld = false
  let isOffline = false
  let answers: TestAnswers
  let left = 0

  /** What a healthy server says. */
  const usual = ({ method, identifier }: TestRequest, path: string): TestReply | number => {
    if (method === 'POST' ? path === 'identities/' : /^(?:flags|identities)\/(?:\?|$)/.test(path)) {
      const list = [...flags()].map(([name, [enabled, value, variant]]) =>
        wireFlag(name, value, enabled, variant),
      )
      return { body: flagsBody(list, identifier) }
    }
    // Counts and events are taken, and nobody reads them.
    return method === 'POST' ? { body: {} } : 404
  }

  const answer = async (request: TestRequest, path: string, init: RequestInit): Promise<Answered> => {
    if (isOffline) throw new TypeError('The network is gone: goOffline() was called')
    const given = left > 0 ? answers : undefined
    left--
    const said =
      typeof given === 'function'
        ? await given(request)
        : typeof given === 'object' && 'handler' in given
          ? await given.handler(new Request(edgeUrl(path), { ...init, signal: null }) as never)
          : given
    return answered(said ?? usual(request, path))
  }

  const fetch = (input: unknown, init: RequestInit = {}) => {
    const url = String(input)
    const path = url.startsWith(api) ? url.slice(api.length) : url
    const request = requestOf(url, init)
    requests.push(request)
    let leave!: () => void
    const coming = new Promise<Answered>((resolve, reject) => {
      leave = () => {
        held.delete(leave)
        underWay.add(over)
        answer(request, path, init).then(resolve, reject)
      }
      // Who gives up hears so at once, whatever the answer is at.
      init.signal?.addEventListener('abort', () =>
        reject(Object.assign(new Error('The request was given up'), { name: 'AbortError' })),
      )
    })
    const over: Promise<void> = coming
      .catch(() => {})
      .then(() => {
        held.delete(leave)
        underWay.delete(over)
      })
    if (isHeld) held.add(leave)
    else leave()
    return coming
  }

  return {
    fetch: fetch as unknown as Fetch,
    requests,
    underWay,
    isOpen: () => !isOffline && !isHeld && left < 1,
    goOffline() {
      isOffline = true
    },
    goOnline() {
      isOffline = false
    },
    answerWith(next, times = Number.POSITIVE_INFINITY) {
      answers = next
      left = next === undefined ? 0 : times
    },
    hold() {
      isHeld = true
    },
    release() {
      isHeld = false
      for (const leave of held) leave()
    },
  }
}

/** What the wire says of a trait. */
interface WireTrait {
  readonly trait_key: string
  readonly trait_value: TraitInput
  readonly transient?: boolean
}

const requestOf = (url: string, { method = 'GET', headers, body }: RequestInit): TestRequest => {
  const json = typeof body === 'string' ? JSON.parse(body) : undefined
  const asked = /[?&]identifier=([^&]*)/.exec(url)?.[1]
  const traits: readonly WireTrait[] = json?.traits ?? []
  return {
    method,
    url,
    headers: { ...(headers as Record<string, string>) },
    body: json,
    identifier: json?.identifier ?? (asked && decodeURIComponent(asked)),
    traits: Object.fromEntries(
      traits.map(({ trait_key, trait_value, transient }) => [
        trait_key,
        transient ? ({ value: trait_value, transient } as TraitInput) : trait_value,
      ]),
    ),
  }
}

/** As `fetch` gives it. Not a `Response`: Jest's jsdom has none. */
const answered = (said: Exclude<TestAnswer, undefined>): Answered => {
  if (typeof said === 'object' && 'text' in said) return said
  const {
    status = 200,
    headers = {},
    body = '',
  }: TestReply = typeof said === 'number'
    ? { status: said, body: { detail: `${said}` } }
    : typeof said === 'string'
      ? { body: said }
      : said
  const named = new Map(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
  return {
    status,
    ok: status > 199 && status < 300,
    headers: { get: (name) => named.get(name.toLowerCase()) ?? null },
    text: async () => (typeof body === 'string' ? body : JSON.stringify(body)),
  }
}
