import { describe, expect, it, vi } from 'vitest'
import { type EventSourceConstructor, realtime } from '../../src/live.ts'
import { HOUR, MINUTE, pass, SECOND, useWorld } from './world.ts'

const EVENT_STREAM = { 'Content-Type': 'text/event-stream' }

describe('realtime', () => {
  const world = useWorld()
  const started = async (options = {}) => {
    const { visibility, online, net } = world
    const flags = world.client(realtime({ visibility, online, ...options }))
    await pass(0)
    return { flags, visibility, online, net }
  }
  /** A server whose stream a test writes. */
  const scripted = () => {
    let write!: (text: string) => void
    world.net.streams = () =>
      new Response(
        new ReadableStream({
          start(controller) {
            write = (text) => controller.enqueue(new TextEncoder().encode(text))
          },
        }),
        { headers: EVENT_STREAM },
      )
    return {
      write: (text: string) => write(text),
      update: (updated_at: unknown) =>
        write(`event: environment_updated\ndata: ${JSON.stringify({ updated_at })}\n\n`),
    }
  }

  it('brings a change when it is saved, and asks for nothing else', async () => {
    const { flags, net } = await started()
    await pass(HOUR)
    expect(net.asked).toHaveLength(1)
    net.save(' anew')
    await pass(0)
    expect(net.asked).toHaveLength(2)
    expect(net.opened).toHaveLength(1)
    expect(flags.value('colour', '')).toBe('of ada anew')
  })

  it.each([
    ['https://flags.test/api/v1/', undefined, 'https://flags.test/'],
    ['https://flags.test:8443/proxy/api/v1/', undefined, 'https://flags.test:8443/'],
    [undefined, undefined, 'https://realtime.flagsmith.com/'],
    ['https://api.flagsmith.com/api/v1/', undefined, 'https://realtime.flagsmith.com/'],
    ['https://flagsmith.com.flags.test/api/v1/', undefined, 'https://flagsmith.com.flags.test/'],
    ['https://flags.test/api/v1/', 'https://events.test/live', 'https://events.test/live/'],
    ['https://flags.test/api/v1/', 'https://events.test/', 'https://events.test/'],
  ])('listens for the api %s and the url %s at %s', async (given, url, base) => {
    const api = given as string
    world.net.flags = world.net.streams = () => new Response('', { status: 404 })
    world.made({
      environmentKey: 'a/key',
      use: [realtime(url ? { url } : {})],
      api,
    })
    await pass(0)
    expect(world.net.addresses).toEqual([`${base}sse/environments/a%2Fkey/stream`])
  })

  it('makes no request of an update that is not newer than the last', async () => {
    const server = scripted()
    const { net } = await started()
    server.update(100.5)
    await pass(0)
    expect(net.asked).toHaveLength(2)
    for (const again of [100.5, 100.4, 99, null, 'soon']) server.update(again)
    await pass(0)
    expect(net.asked).toHaveLength(2)
    server.update(100.6)
    await pass(0)
    expect(net.asked).toHaveLength(3)
  })

  it('makes one request of a reconnect, and none of what the server then repeats', async () => {
    const server = scripted()
    const { net } = await started()
    server.update(100)
    await pass(MINUTE)
    net.cutStreams()
    await pass(SECOND)
    expect(net.opened).toHaveLength(2)
    expect(net.asked).toHaveLength(3)
    server.update(100)
    await pass(0)
    expect(net.asked).toHaveLength(3)
  })

  it('is not confused by what it does not know', async () => {
    const server = scripted()
    const { net } = await started()
    server.write('event: message\ndata: {"updated_at": 5}\n\nid: 7\nretry: x\nnonsense\n\n')
    server.write('event: environment_updated\ndata: {"updated_at":\n\n')
    server.write('event: environment_updated\ndata: null\n\n')
    await pass(0)
    expect(net.asked).toHaveLength(1)
    server.write('event: environment_updated\r\ndata: {"upda')
    server.write('ted_at": 6}\r\n\r\n')
    await pass(0)
    expect(net.asked).toHaveLength(2)
    expect(net.opened).toHaveLength(1)
  })

  it('asks once more when an update comes during a refresh, and once for many', async () => {
    const { flags, net } = await started()
    const { flags: served } = net
    // The answer is made before the update is saved, and arrives after it.
    net.flags = async (request) => {
      const answer = await served(request)
      await new Promise((resolve) => setTimeout(resolve, 3 * SECOND))
      return answer
    }
    net.save(' second')
    await pass(SECOND)
    expect(net.asked).toHaveLength(2)
    net.save(' third')
    net.save(' fourth')
    await pass(10 * SECOND)
    expect(net.asked).toHaveLength(3)
    expect(flags.value('colour', '')).toBe('of ada fourth')
  })

  it('tries again when the refresh after an update fails, not before the server wants it', async () => {
    const { flags, net } = await started()
    const { flags: served } = net
    net.flags = () => new Response('', { status: 503, headers: { 'Retry-After': '300' } })
    net.save(' anew')
    await pass(0)
    net.flags = served
    await pass(300 * SECOND)
    expect(net.asked).toHaveLength(2)
    await pass(2 * SECOND)
    expect(flags.value('colour', '')).toBe('of ada anew')
    await pass(HOUR)
    expect(net.asked).toHaveLength(3)
  })

  it.each(['visibility', 'online'] as const)(
    'has no stream, no timer and no request in an hour without %s, and one of each on return',
    async (name) => {
      const { flags, net, ...world } = await started()
      world[name].turn(false)
      await pass(0)
      expect([net.open, vi.getTimerCount()]).toEqual([0, 0])
      net.save(' anew')
      await pass(HOUR)
      expect([net.opened.length, net.asked.length]).toEqual([1, 1])
      world[name].turn(true)
      await pass(0)
      expect([net.open, net.opened.length, net.asked.length]).toEqual([1, 2, 2])
      expect(flags.value('colour', '')).toBe('of ada anew')
    },
  )

  it('does not wait for its next attempt when the app comes back, and does not make it twice', async () => {
    vi.mocked(Math.random).mockReturnValue(0.999999)
    const { visibility, net } = await started()
    net.cutStreams()
    await pass(0)
    visibility.tell()
    await pass(0)
    expect(net.open).toBe(1)
    await pass(MINUTE)
    expect(net.opened).toHaveLength(2)
  })

  it('counts one failure of a refresh that serves several updates', async () => {
    const { net } = await started()
    net.flags = async () => {
      await new Promise((resolve) => setTimeout(resolve, SECOND))
      return new Response('', { status: 503 })
    }
    net.save(' second')
    net.save(' third')
    await pass(MINUTE)
    const { length } = net.asked
    await pass(MINUTE + 30 * SECOND)
    expect(net.asked).toHaveLength(length + 1)
  })

  it('waits up to a second after the first failure, then two, four … and a minute, with full jitter', async () => {
    world.net.streams = () => Promise.reject(new TypeError('Failed to fetch'))
    vi.mocked(Math.random).mockReturnValue(0.999999)
    const { net } = await started()
    await pass(10 * MINUTE)
    const waits = net.opened.map((at, index, all) => Math.round((at - all[index - 1]!) / SECOND))
    expect(waits.slice(1, 10)).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60])
  })

  it('is not led into a storm by a server that closes each stream at once', async () => {
    world.net.streams = () => new Response(': connected\n\n', { headers: EVENT_STREAM })
    const { net } = await started()
    await pass(HOUR)
    expect(net.opened.length).toBeLessThan(140)
    expect(net.asked.length).toBeLessThan(140)
  })

  it('takes a stream that lasted for a good one, and comes back to it soon', async () => {
    const { net } = await started()
    for (let cut = 0; cut < 5; cut++) {
      await pass(30 * SECOND)
      net.cutStreams()
    }
    await pass(SECOND)
    expect(net.opened).toHaveLength(6)
    expect(net.open).toBe(1)
  })

  const blocked: [string, () => Response | Promise<Response>][] = [
    ['answered with 403', () => new Response('', { status: 403 })],
    [
      'answered with a page that does not end',
      () => new Response(new ReadableStream(), { headers: { 'Content-Type': 'text/html' } }),
    ],
    ['never answered', () => new Promise(() => {})],
    [
      'answered with a line that never ends',
      () => {
        const pull = (controller: ReadableStreamDefaultController) =>
          controller.enqueue(new Uint8Array(60_000).fill(120))
        return new Response(new ReadableStream({ pull }), { headers: EVENT_STREAM })
      },
    ],
  ]
  it.each(blocked)('polls while streams are %s, and stops when a stream works', async (_, block) => {
    const { net: network } = world
    const { streams } = network
    network.streams = block
    const { flags, net } = await started({ fallbackIntervalMs: 20 * SECOND })
    net.save(' anew')
    await pass(3 * MINUTE)
    expect(flags.value('colour', '')).toBe('of ada anew')
    expect(net.asked.length).toBeGreaterThan(5)

    net.streams = streams
    await pass(2 * MINUTE)
    expect(net.open).toBe(1)
    const { length } = net.asked
    await pass(HOUR)
    expect(net.asked).toHaveLength(length)
    net.save(' again')
    await pass(0)
    expect(net.asked).toHaveLength(length + 1)
    expect(flags.value('colour', '')).toBe('of ada again')

    net.streams = block
    net.cutStreams()
    await pass(3 * MINUTE)
    expect(net.asked.length).toBeGreaterThan(length + 5)
  })

  it('does not poll while streams are blocked and nobody looks', async () => {
    world.net.streams = () => new Response('', { status: 403 })
    const { visibility, net } = await started()
    await pass(3 * MINUTE)
    visibility.turn(false)
    const before = [net.asked.length, net.opened.length]
    await pass(HOUR)
    expect([net.asked.length, net.opened.length]).toEqual(before)
  })

  it('leaves nothing behind when it is closed while a stream opens, is open, or is waited for', async () => {
    for (const streams of [
      () => new Promise<Response>(() => {}),
      world.net.streams,
      () => new Response('', { status: 403 }),
    ]) {
      world.net.streams = streams
      const { flags, net } = await started()
      flags.close()
      await pass(0)
      expect([vi.getTimerCount(), net.open]).toEqual([0, 0])
    }
  })

  describe('with an EventSource', () => {
    /** As a platform's, as far as a client sees it: the test plays the server. */
    class FakeEventSource extends EventTarget {
      static made: FakeEventSource[] = []
      isOpen = true
      readonly url: string
      constructor(url: string) {
        super()
        this.url = url
        FakeEventSource.made.push(this)
      }
      tell(type: string, data?: string) {
        if (this.isOpen) this.dispatchEvent(Object.assign(new Event(type), { data }))
      }
      close() {
        this.isOpen = false
      }
    }
    const opened = async (eventSource: EventSourceConstructor = FakeEventSource) => {
      FakeEventSource.made = []
      return { ...(await started({ eventSource })), made: FakeEventSource.made }
    }

    it('listens through the one it is given', async () => {
      const { net, made } = await opened()
      expect(made.map(({ url }) => url)).toEqual(['https://flags.test/sse/environments/client-key/stream'])
      made[0]!.tell('open')
      made[0]!.tell('environment_updated', '{"updated_at":5}')
      made[0]!.tell('message', '{"updated_at":6}')
      await pass(0)
      expect([net.asked.length, net.opened.length]).toEqual([2, 0])
    })

    it('does its own reconnecting: an EventSource is closed on its first error', async () => {
      const { net, made } = await opened()
      made[0]!.tell('open')
      made[0]!.tell('error')
      await pass(SECOND)
      expect(made.map(({ isOpen }) => isOpen)).toEqual([false, true])
      made[1]!.tell('open')
      await pass(0)
      expect(net.asked).toHaveLength(2)
    })

    it('takes a second opening for the end of the first: react-native-sse says nothing of that', async () => {
      const { net, made } = await opened()
      made[0]!.tell('open')
      await pass(MINUTE)
      made[0]!.tell('open')
      await pass(SECOND)
      expect(made.map(({ isOpen }) => isOpen)).toEqual([false, true])
      made[1]!.tell('open')
      await pass(0)
      expect(net.asked).toHaveLength(2)
    })

    it('closes it after it has told of its error: react-native-sse plans its next attempt only then', async () => {
      const { made } = await opened()
      made[0]!.tell('error')
      expect(made[0]!.isOpen).toBe(true)
      await pass(0)
      expect(made[0]!.isOpen).toBe(false)
    })

    it('closes it while hidden and when the client is closed', async () => {
      const { flags, visibility, made } = await opened()
      visibility.turn(false)
      await pass(0)
      expect(made.map(({ isOpen }) => isOpen)).toEqual([false])
      visibility.turn(true)
      expect(made.map(({ isOpen }) => isOpen)).toEqual([false, true])
      flags.close()
      await pass(0)
      expect(made.map(({ isOpen }) => isOpen)).toEqual([false, false])
    })

    it('does not listen to one that speaks after it was closed', async () => {
      const { visibility, net, made } = await opened()
      visibility.turn(false)
      made[0]!.isOpen = true
      made[0]!.tell('open')
      made[0]!.tell('error')
      await pass(MINUTE)
      expect([made.length, net.asked.length]).toEqual([1, 1])
    })

    it('polls where the platform refuses to make one', async () => {
      const { net } = await opened(
        class {
          constructor() {
            throw new Error('SecurityError')
          }
        } as never,
      )
      await pass(3 * MINUTE)
      expect(net.asked.length).toBeGreaterThan(2)
    })
  })
})
