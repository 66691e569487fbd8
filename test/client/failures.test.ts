import { delay, HttpResponse } from 'msw'
import { describe, expect, it, vi } from 'vitest'
import { type ErrorCode, GuidonError, type Inside, memoryStorage } from '../../src/index.ts'
import { ada, answerTo, calm, until, useWorld, wireFlag } from '../world.ts'

const HTML = new Response('<!doctype html><h1>Log in to the hotel network</h1>', {
  headers: { 'content-type': 'text/html' },
})
const status = (code: number, headers = {}) => new Response('Server Error (500)', { status: code, headers })
const json = (body: unknown, init = {}) => HttpResponse.json(body as never, init)

const faults: [string, ErrorCode, () => Response | Promise<Response>][] = [
  ['a page of a captive portal with status 200', 'payload', () => HTML.clone()],
  ['204 and no body', 'payload', () => new Response(null, { status: 204 })],
  ['a message with status 200', 'payload', () => json({ detail: 'Missing identifier' })],
  ['401', 'http', () => json({ status: 'unauthorized', message: "unknown key 'x'" }, { status: 401 })],
  ['403', 'http', () => json({ detail: 'Invalid or missing Environment Key' }, { status: 403 })],
  ['404', 'http', () => status(404)],
  ['429', 'http', () => status(429, { 'Retry-After': '7' })],
  ['500 with a page', 'http', () => status(500)],
  ['503', 'http', () => status(503)],
  ['half a body', 'payload', () => new Response('{"identifier":"x","flags":[{"feature":{"na')],
  ['flags of the wrong types', 'payload', () => json({ flags: [{ ...wireFlag('a', 1), enabled: 'yes' }] })],
  ['another user’s flags', 'payload', () => json({ identifier: 'somebody else', flags: [wireFlag('a', 1)] })],
  ['a body of ten megabytes', 'payload', () => json({ flags: [wireFlag('a', 'x'.repeat(10_000_000))] })],
  [
    'a redirect',
    'redirect',
    () => new Response(null, { status: 302, headers: { location: 'https://elsewhere.test/' } }),
  ],
  ['no connection', 'network', () => HttpResponse.error()],
  [
    'a body that breaks off',
    'network',
    () =>
      new Response(
        new ReadableStream({
          start(controller) {
            controller.enqueue(new TextEncoder().encode('{"flags":['))
            setTimeout(() => controller.error(new Error('reset')), 1)
          },
        }),
      ),
  ],
]

describe('what is not an answer', () => {
  const world = useWorld()

  /** A client with flags of the network shown and stored, and a picture of all that must stay as it is. */
  const settled = async () => {
    const storage = memoryStorage()
    const flags = world.client({ identity: { id: ada, traits: { plan: 'pro' } }, storage })
    await flags.ready({ from: 'network' })
    await calm()
    const picture = () =>
      JSON.stringify([
        flags.snapshot(),
        flags.identity,
        flags.traits(),
        [...(storage.keys() as Iterable<string>)]
          .filter((key) => !key.endsWith('.retry'))
          .map((key) => [key, storage.get(key)]),
      ])
    return { flags, storage, picture, told: world.told(flags) }
  }

  it.each(faults)(
    'leaves flags, identity and storage as they were, with a typed error: %s',
    async (_, code, fault) => {
      const { flags, picture, told } = await settled()
      const before = picture()
      world.net.respond = fault
      const error = await flags.refresh().catch((reason: unknown) => reason)
      await calm()
      expect(error).toBeInstanceOf(GuidonError)
      expect(error).toMatchObject({ code })
      expect(picture()).toBe(before)
      expect(told.change).toEqual([])
      expect(told.error).toEqual([error])
      expect(flags.status).toMatchObject({ state: code === 'network' ? 'offline' : 'error', error })
    },
  )

  it.each(faults)('does not stop a client that starts with it: %s', async (_, code, fault) => {
    world.net.respond = fault
    const flags = world.client({
      identity: ada,
      defaults: { flags: { color: { enabled: true, value: 'bundled' } } },
    })
    expect(await flags.ready({ from: 'network' })).toMatchObject({ source: 'defaults', error: { code } })
    expect(flags.value('color', '')).toBe('bundled')
    world.net.respond = (call) => answerTo(call, { color: 'back' })
    await flags.refresh()
    expect(flags.value('color', '')).toBe('back')
    expect(flags.status).toEqual({ state: 'fresh' })
  })

  it('settles by its time limit when the connection hangs, and gives the request up', async () => {
    const { flags, picture } = await settled()
    const before = picture()
    let given: AbortSignal | undefined
    const hanging = world.client({
      identity: ada,
      timeoutMs: 20,
      fetch: (_, init) => {
        given = init?.signal ?? undefined
        return new Promise(() => {})
      },
    })
    await expect(hanging.refresh()).rejects.toMatchObject({ code: 'timeout' })
    expect(given?.aborted).toBe(true)
    expect(picture()).toBe(before)
    expect(flags.status.state).toBe('fresh')
  })

  it('settles by its time limit when the body hangs', async () => {
    world.net.respond = () => new Response(new ReadableStream({ start() {} }))
    const flags = world.client({ identity: ada, timeoutMs: 20 })
    await expect(flags.refresh()).rejects.toMatchObject({ code: 'timeout' })
  })

  it('may take as long as it likes, where there is to be no limit', async () => {
    world.net.respond = async (call) => {
      await delay(30)
      return answerTo(call, { color: 'late' })
    }
    // Timers count in 32 bits, and take what is longer for nothing.
    for (const timeoutMs of [Number.POSITIVE_INFINITY, 2 ** 31, Number.MAX_SAFE_INTEGER]) {
      const flags = world.client({ identity: ada, timeoutMs })
      expect(await flags.ready({ from: 'network', timeoutMs })).toMatchObject({ source: 'network' })
      expect(flags.status.error).toBeUndefined()
    }
  })

  it('carries the status and what Retry-After asks for', async () => {
    const { flags } = await settled()
    world.net.respond = () => status(503, { 'Retry-After': '7' })
    await expect(flags.refresh()).rejects.toMatchObject({ status: 503, retryAfterMs: 7_000 })
    world.net.respond = () => status(503, { 'Retry-After': new Date(Date.now() + 90_000).toUTCString() })
    const error = await flags.refresh().catch((reason) => reason)
    expect(error.retryAfterMs).toBeGreaterThan(80_000)
    expect(error.retryAfterMs).toBeLessThanOrEqual(90_000)
    world.net.respond = () => status(503, { 'Retry-After': 'soon' })
    expect((await flags.refresh().catch((reason) => reason)).retryAfterMs).toBeUndefined()
  })

  it('says what to do about a redirect without following it', async () => {
    const { flags } = await settled()
    const { length } = world.net.calls
    world.net.respond = () =>
      new Response(null, { status: 307, headers: { location: 'https://flags.test/other/' } })
    await expect(flags.refresh()).rejects.toThrow(/redirect/)
    expect(world.net.calls).toHaveLength(length + 1)
  })
})

describe('a failure in passing', () => {
  const world = useWorld()

  it('is tried again, and nobody hears of it when that goes well', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0)
    let failures = 2
    world.net.respond = (call) => (failures-- > 0 ? status(503) : answerTo(call, { color: 'red' }))
    const flags = world.client({ identity: ada, retries: 2 })
    const told = world.told(flags)
    expect(await flags.ready({ from: 'network' })).toMatchObject({ source: 'network' })
    expect(world.net.calls).toHaveLength(3)
    expect(told.error).toEqual([])
    vi.mocked(Math.random).mockRestore()
  })

  it('is tried again only so often', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0)
    world.net.offline()
    const flags = world.client({ identity: ada, retries: 2 })
    const told = world.told(flags)
    expect(await flags.ready({ from: 'network' })).toMatchObject({ error: { code: 'network' } })
    await calm()
    expect(world.net.calls).toHaveLength(3)
    expect(told.error).toHaveLength(1)
    vi.mocked(Math.random).mockRestore()
  })

  it.each([400, 401, 403, 404])('is not what %s is: it is not tried again', async (code) => {
    world.net.respond = () => status(code)
    const flags = world.client({ identity: ada, retries: 2 })
    await flags.ready({ from: 'network' })
    expect(world.net.calls).toHaveLength(1)
  })

  it('is not tried again for a new user, and a new trait does not wait for the next try', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(1)
    world.net.respond = () => status(503)
    const flags = world.client({ identity: ada, retries: 5 })
    await until(() => world.net.calls.length === 1)
    await calm()
    world.net.respond = (call) => answerTo(call, { color: 'red' })
    await flags.setTraits({ plan: 'pro' })
    expect(world.net.calls).toHaveLength(2)
    expect(flags.value('color', '')).toBe('red')
    vi.mocked(Math.random).mockRestore()
  })

  it('leaves the server alone after a reload, until the time it was given', async () => {
    const storage = memoryStorage()
    world.net.respond = () => status(503, { 'Retry-After': '300' })
    await world.client({ identity: ada, storage }).ready({ from: 'network' })
    expect(world.net.calls).toHaveLength(1)
    const flags = world.client({ identity: ada, storage })
    const ready = await flags.ready({ from: 'network' })
    await calm()
    expect(world.net.calls).toHaveLength(1)
    expect(ready.error).toMatchObject({ code: 'network' })
    expect(flags.status.nextAttemptAt).toBeGreaterThan(Date.now() + 290_000)
    world.net.respond = (call) => answerTo(call, { color: 'back' })
    await flags.refresh() // the app may ask all the same
    expect(flags.value('color', '')).toBe('back')
    expect(flags.status).toEqual({ state: 'fresh' })
    await calm()
    world.client({ identity: ada, storage })
    await until(() => world.net.calls.length === 3)
  })

  it('does not hold back what the app asks for right at the start', async () => {
    const storage = memoryStorage()
    world.net.respond = () => status(503, { 'Retry-After': '300' })
    await world.client({ identity: ada, storage }).ready({ from: 'network' })
    world.net.respond = (call) => answerTo(call, { color: 'back' })
    const flags = world.client({ identity: ada, storage })
    await flags.refresh()
    expect(flags.value('color', '')).toBe('back')
  })

  it('is followed by a request when that time has come', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date', 'performance'] })
    const storage = memoryStorage()
    const fetch = vi.fn(async () => status(503, { 'Retry-After': '300' }))
    const options = { identity: ada, storage, fetch: fetch as never }
    await world.client(options).ready({ from: 'network' })
    world.client(options)
    await vi.advanceTimersByTimeAsync(290_000)
    expect(fetch).toHaveBeenCalledTimes(1)
    await vi.advanceTimersByTimeAsync(12_000)
    expect(fetch).toHaveBeenCalledTimes(2)
    vi.useRealTimers()
  })

  it('does not silence the client for longer than an hour when the clock was set back', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date', 'performance'] })
    const storage = memoryStorage()
    const fetch = vi.fn(async () => status(503))
    const options = { identity: ada, storage, fetch: fetch as never }
    await world.client(options).ready({ from: 'network' })
    vi.setSystemTime(Date.now() - 30 * 86_400_000)
    world.client(options)
    await vi.advanceTimersByTimeAsync(3_700_000)
    expect(fetch).toHaveBeenCalledTimes(2)
    vi.useRealTimers()
  })
})

describe('requests', () => {
  const world = useWorld()

  it('are one for five refreshes at once', async () => {
    const flags = world.client({ identity: ada })
    await flags.ready({ from: 'network' })
    await Promise.all([1, 2, 3, 4, 5].map(() => flags.refresh()))
    expect(world.net.calls).toHaveLength(2)
  })

  it('are one more, not none, for a refresh after an answer', async () => {
    const flags = world.client({ identity: ada })
    await flags.refresh()
    await flags.refresh()
    expect(world.net.calls).toHaveLength(2)
  })

  it('follow one that is out when an extension says that something changed meanwhile', async () => {
    let again = () => Promise.resolve()
    const extension = (inside: Inside) => {
      again = inside.refresh
    }
    const flags = world.client({ identity: ada, use: [extension] })
    await flags.ready({ from: 'network' })
    world.net.hold()
    const refreshed = flags.refresh()
    await until(() => world.net.held.length === 1)
    for (let i = 0; i < 5; i++) again()
    world.net.held[0]?.()
    await until(() => world.net.held.length === 2)
    world.net.held[1]?.()
    await refreshed
    await calm()
    expect(world.net.calls).toHaveLength(3)
  })

  it('tell no listener and replace nothing when they bring nothing new', async () => {
    const storage = memoryStorage()
    const flags = world.client({ identity: ada, storage })
    await flags.ready({ from: 'network' })
    await calm()
    const told = world.told(flags)
    let calls = 0
    flags.onFlag('color', () => calls++)
    const set = vi.spyOn(storage, 'set')
    await flags.refresh()
    await calm()
    expect(told.change).toEqual([])
    expect(calls).toBe(0)
    expect(set).not.toHaveBeenCalled()
  })

  it('are over when the client is closed, and nothing is left behind', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    let aborted = false
    const flags = world.client({
      identity: { id: ada, traits: { plan: 'pro' } },
      fetch: (_, init) =>
        new Promise((_, reject) => {
          init?.signal?.addEventListener('abort', () => {
            aborted = true
            reject(new Error('aborted'))
          })
        }),
    })
    const refreshed = flags.refresh()
    const ready = flags.ready()
    for (let turn = 0; turn < 20; turn++) await Promise.resolve()
    flags.close()
    await expect(refreshed).rejects.toMatchObject({ code: 'closed' })
    await expect(flags.refresh()).rejects.toMatchObject({ code: 'closed' })
    expect(await ready).toMatchObject({ source: 'defaults' })
    expect(aborted).toBe(true)
    await Promise.resolve()
    expect(vi.getTimerCount()).toBe(0)
    expect(flags.value('color', 'still readable')).toBe('still readable')
    vi.useRealTimers()
  })

  it('use the fetch of the moment, so that a patched one is used', async () => {
    const flags = world.client({ identity: ada })
    await flags.ready({ from: 'network' })
    const original = globalThis.fetch
    let patched = 0
    globalThis.fetch = (...args) => {
      patched++
      return original(...args)
    }
    await flags.refresh()
    globalThis.fetch = original
    expect(patched).toBe(1)
  })

  it('go through cross-fetch where there is no fetch', async () => {
    const original = globalThis.fetch
    // @ts-expect-error: such runtimes exist
    globalThis.fetch = undefined
    const flags = world.client({ identity: ada })
    const ready = await flags.ready({ from: 'network' })
    globalThis.fetch = original
    expect(ready).toMatchObject({ source: 'network' })
    expect(flags.value('color', '')).toBe(`of ${ada}`)
  })

  it('may answer late: the flags are those of the device until then', async () => {
    const storage = memoryStorage()
    await world.client({ identity: ada, storage }).ready({ from: 'network' })
    await calm()
    world.net.respond = async (call) => {
      await delay(30)
      return answerTo(call, { color: 'late' })
    }
    const flags = world.client({ identity: ada, storage })
    expect(await flags.ready({ from: 'network', timeoutMs: 5 })).toMatchObject({ source: 'storage' })
    expect(flags.value('color', '')).toBe(`of ${ada}`)
    await flags.refresh()
    expect(flags.value('color', '')).toBe('late')
  })
})
