import { HttpResponse, http } from 'msw'
import { setupServer } from 'msw/node'
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest'
import { type Client, type ClientEvents, type ClientOptions, createClient } from '../src/index.ts'
import { flagsBody, wireFlag } from '../src/testing/network.ts'

export { wireFlag }

export const KEY = 'client-key'
export const API = 'https://flags.test/api/v1/'

/** GUIDs of people who do not exist. */
export const ada = '3f2b8c1e-8d52-4b3a-9a54-0c9d1d6e7f10'
export const bob = 'b7c1d9e4-1f3a-4c58-8e7d-5a2f6b9c0d31'

/** One request that reached the network. */
export interface Call {
  readonly method: string
  readonly url: URL
  readonly headers: Headers
  readonly body: { identifier?: string; transient?: boolean; traits?: WireTrait[] } | undefined
}
interface WireTrait {
  trait_key: string
  trait_value: unknown
  transient?: boolean
}

/** Flags as the server would answer this call. */
export const answerTo = (call: Call, values: Record<string, unknown>) => {
  const flags = Object.entries(values).map(([name, value]) => wireFlag(name, value))
  const identifier = call.body?.identifier ?? call.url.searchParams.get('identifier')
  return HttpResponse.json(flagsBody(flags, identifier) as object)
}

/**
 * The network: what goes over it is counted, and every answer is what `respond` says. `hold()` keeps requests waiting,
 * so that a test can answer them in any order.
 */
export class Net {
  readonly calls: Call[] = []
  respond: (call: Call) => Response | Promise<Response> = (call) =>
    answerTo(call, { color: `of ${who(call)}` })
  readonly held: ((response?: Response) => void)[] = []

  async handle(request: Request): Promise<Response> {
    const text = request.method === 'POST' ? await request.text() : ''
    const call: Call = {
      method: request.method,
      url: new URL(request.url),
      headers: request.headers,
      body: text ? JSON.parse(text) : undefined,
    }
    this.calls.push(call)
    const response = await this.respond(call)
    // Nobody hears the answer to a request that was given up, and MSW leaves an error among them unhandled.
    return request.signal.aborted ? new Response() : response
  }

  /** From now on requests wait until `held[i]()` is called, which answers as it would have been answered. */
  hold(): void {
    const respond = this.respond
    this.respond = (call) =>
      new Promise((resolve) => {
        this.held.push((response) => resolve(response ?? respond(call)))
      })
  }

  /** From now on a real server answers. */
  serve({ handler }: { handler(request: Request): Promise<Response> }): void {
    this.respond = ({ method, url, headers, body }) =>
      handler(new Request(url, { method, headers, body: body ? JSON.stringify(body) : null }))
  }

  offline(): void {
    this.respond = () => HttpResponse.error()
  }
}

/** For whom a call asks: an identifier, or `nobody`. */
export const who = (call: Call): string =>
  call.body?.identifier ?? call.url.searchParams.get('identifier') ?? 'nobody'

/** Everything that a client told its listeners. */
export interface Told {
  change: ClientEvents['change'][]
  status: ClientEvents['status'][]
  error: ClientEvents['error'][]
  guard: ClientEvents['guard'][]
}

/** A network for each test of a file, and clients that are closed after it. */
export const useWorld = () => {
  const world = { net: new Net(), client, told }
  const server = setupServer(http.all('*', ({ request }) => world.net.handle(request)))
  let clients: Client[] = []

  function client(options: Partial<ClientOptions> = {}): Client {
    const made = createClient({ environmentKey: KEY, api: API, retries: 0, ...options })
    clients.push(made)
    return made
  }

  function told(from: Client): Told {
    const heard: Told = { change: [], status: [], error: [], guard: [] }
    for (const event of ['change', 'status', 'error', 'guard'] as const) {
      from.on(event, (payload) => heard[event].push(payload as never))
    }
    return heard
  }

  beforeAll(() => server.listen({ onUnhandledRequest: 'error' }))
  beforeEach(() => {
    world.net = new Net()
    clients = []
  })
  afterEach(() => {
    for (const made of clients) made.close()
  })
  afterAll(() => server.close())
  return world
}

/** Until a condition holds: a turn of the event loop at a time, and no clock. */
export const until = async (condition: () => unknown, what = 'the condition'): Promise<void> => {
  for (let turn = 0; turn < 2_000; turn++) {
    if (condition()) return
    await new Promise((resolve) => setTimeout(resolve))
  }
  throw new Error(`waited in vain for ${what}`)
}

/** Long enough for everything that is on its way to arrive. */
export const calm = async (): Promise<void> => {
  for (let turn = 0; turn < 30; turn++) await new Promise((resolve) => setTimeout(resolve))
}
