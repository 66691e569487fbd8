// Loaded before the clock is faked: a module that comes late is waited for in real time.
import 'eventsource-parser'
import { afterEach, beforeEach, expect, vi } from 'vitest'
import { createEdge, type EdgeOptions } from '../../src/edge.ts'
import { type Client, type ClientOptions, createClient, type Extension } from '../../src/index.ts'
import type { Source } from '../../src/live.ts'
import { ada, colours, KEY } from '../chromium/document.ts'

export const SECOND = 1_000
export const MINUTE = 60 * SECOND
export const HOUR = 60 * MINUTE

/** A source that a test turns on and off. */
export interface Switch extends Source {
  turn(isOn: boolean): void
  /** Tells without a change, as platforms do. */
  tell(): void
  listeners(): number
}

export const createSwitch = (isOn = true): Switch => {
  const listeners = new Set<() => void>()
  const tell = () => {
    for (const listener of listeners) listener()
  }
  return {
    current: () => isOn,
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    turn(on) {
      isOn = on
      tell()
    },
    tell,
    listeners: () => listeners.size,
  }
}

type Respond = (request: Request) => Response | Promise<Response>

/** Our edge server behind a `fetch` that counts, that can fail, and whose streams end when they are given up. */
export class Network {
  edge = createEdge({ document: colours() } as EdgeOptions)
  /** When flags were asked for, in milliseconds of the faked clock. */
  readonly asked: number[] = []
  /** When streams were, and where. */
  readonly opened: number[] = []
  readonly addresses: string[] = []
  /** Streams that are open now. */
  open = 0
  flags: Respond = (request) => this.edge.handler(request)
  streams: Respond = (request) => this.edge.handler(request)
  private readonly ends = new Set<() => void>()

  /** Ends the streams that are open, as a server does that starts anew. */
  cutStreams(): void {
    for (const end of [...this.ends]) end()
  }

  save(version: string): void {
    this.edge.replace(colours(version))
  }

  readonly fetch = async (input: unknown, init: RequestInit = {}): Promise<Response> => {
    const request = new Request(input as string, { ...init, signal: null })
    const isStream = request.url.includes('/sse/')
    if (isStream) this.addresses.push(request.url)
    ;(isStream ? this.opened : this.asked).push(Date.now())
    const signal = init.signal as AbortSignal
    const aborted = new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason))
    })
    aborted.catch(() => {})
    const respond = isStream ? this.streams : this.flags
    const response = await Promise.race([respond(request), aborted])
    return isStream && response.ok ? this.live(response, signal) : response
  }

  private live(response: Response, signal: AbortSignal): Response {
    const reader = response.body!.getReader()
    let isOpen = true
    this.open++
    const close = (how: () => void) => {
      if (!isOpen) return
      isOpen = false
      this.open--
      this.ends.delete(end)
      how()
    }
    let end = () => {}
    const body = new ReadableStream({
      start: (controller) => {
        end = () =>
          close(() => {
            reader.cancel()
            controller.error(new TypeError('terminated'))
          })
        this.ends.add(end)
        signal.addEventListener('abort', end)
      },
      async pull(controller) {
        const { done, value } = await reader.read()
        if (done) close(() => controller.close())
        else if (isOpen) controller.enqueue(value)
      },
    })
    return new Response(body, response)
  }
}

export interface World {
  net: Network
  visibility: Switch
  online: Switch
  client(...use: Extension[]): Client
  made(options: Partial<ClientOptions>): Client
}

/**
 * A clock that only a test moves, a network, a device that is visible and online, and for each file's clients a promise:
 * when they are closed, nothing of theirs is left.
 */
export const useWorld = (): World => {
  let clients: Client[] = []
  let random: { mockRestore(): void }
  const world: World = {
    net: undefined as never,
    visibility: undefined as never,
    online: undefined as never,
    client: (...use) => world.made({ use }),
    made(options) {
      const made = createClient({
        environmentKey: KEY,
        api: 'https://flags.test/api/v1/',
        identity: ada,
        retries: 0,
        fetch: world.net.fetch as typeof fetch,
        ...options,
      })
      clients.push(made)
      return made
    },
  }
  beforeEach(() => {
    vi.useFakeTimers()
    // Waits are of their mean length, unless a test says otherwise.
    random = vi.spyOn(Math, 'random').mockReturnValue(0.5)
    world.net = new Network()
    world.visibility = createSwitch()
    world.online = createSwitch()
    clients = []
  })
  afterEach(async () => {
    for (const made of clients) made.close()
    await pass(0)
    world.net.edge.close()
    const left = [vi.getTimerCount(), world.net.open, world.visibility.listeners(), world.online.listeners()]
    random.mockRestore()
    vi.useRealTimers()
    expect(left, 'timers, streams and listeners that are left').toEqual([0, 0, 0, 0])
  })
  return world
}

/** Lets time pass, and what is on its way arrive. */
export const pass = async (ms: number): Promise<void> => {
  await vi.advanceTimersByTimeAsync(ms)
  for (let turn = 0; turn < 20; turn++) await vi.advanceTimersByTimeAsync(0)
}
