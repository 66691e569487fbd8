import { createHmac } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type FlagsStore, memoryStore, type WebhookOptions, webhook } from '../../src/server.ts'

const secret = 'of the webhook'
const NOW = Date.parse('2026-05-04T10:00:00.000Z')
const minutesAgo = (minutes: number) => new Date(NOW - minutes * 60_000).toISOString()

/** An event as Flagsmith sends it (`api/webhooks/sample_webhook_data.py`). */
const updated = (
  timestamp: unknown = minutesAgo(0),
  environment: unknown = { id: 23, name: 'Production' },
) => {
  const state = {
    enabled: true,
    environment,
    feature: { id: 7168, name: 'banner' },
    feature_state_value: 'ü',
  }
  const data = { changed_by: 'Ada', new_state: state, previous_state: state, timestamp }
  return JSON.stringify({ data, event_type: 'FLAG_UPDATED' })
}
const sign = (body: string | Uint8Array, key = secret) => createHmac('sha256', key).update(body).digest('hex')
const post = (body: string | Uint8Array<ArrayBuffer>, signature = sign(body)) =>
  new Request('http://shop.test/flags-changed', {
    method: 'POST',
    headers: { 'X-Flagsmith-Signature': signature, 'Content-Type': 'application/json' },
    body,
  })
/** A request whose body comes bit by bit. */
const streaming = (body: ReadableStream) =>
  new Request('http://shop.test/', {
    method: 'POST',
    headers: { 'X-Flagsmith-Signature': sign('whatever') },
    body,
    duplex: 'half',
  } as never)

let heard: string[]
const receiver = (options: Partial<WebhookOptions> = {}) =>
  webhook({ secret, onChange: ({ event_type }) => void heard.push(event_type), ...options })
const status = async (receive: (request: Request) => Promise<Response>, request: Request) =>
  (await receive(request)).status

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: NOW })
  heard = []
})
afterEach(() => {
  vi.useRealTimers()
})

describe('webhook', () => {
  it('hears an event that is signed with the secret, and says nothing in its answer', async () => {
    const response = await receiver()(post(updated()))
    expect([response.status, await response.text(), heard]).toEqual([200, '', ['FLAG_UPDATED']])
  })

  it.each([
    ['none', ''],
    ['another secret’s', sign(updated(), 'another secret')],
    ['another body’s', sign(`${updated()} `)],
    ['half a signature', sign(updated()).slice(0, 32)],
    ['one that is no hex', 'g'.repeat(64)],
    ['one with something behind it', `${sign(updated())}00`],
  ])('refuses a body whose signature is %s', async (_, signature) => {
    const response = await receiver()(post(updated(), signature))
    expect([response.status, await response.text(), heard]).toEqual([401, '', []])
  })

  it('verifies the bytes as they came, whatever they are', async () => {
    const bytes = new Uint8Array([0xff, 0xfe, 0x7b])
    expect(await status(receiver(), post(bytes))).toBe(400)
    expect(await status(receiver(), post(bytes, sign('\ufffd\ufffd{')))).toBe(401)
  })

  it.each([
    '',
    'x',
    'null',
    '[]',
    '{}',
    '{"event_type":"FLAG_UPDATED"}',
    '{"data":{}}',
    '{"event_type":1,"data":{}}',
  ])('refuses %j, though it is signed: it is no event', async (body) => {
    expect([await status(receiver(), post(body)), heard]).toEqual([400, []])
  })

  it('refuses the second of two that are the same, also when they come together', async () => {
    const receive = receiver()
    const together = [status(receive, post(updated())), status(receive, post(updated()))]
    expect((await Promise.all(together)).sort()).toEqual([200, 409])
    vi.setSystemTime(NOW + 299_000)
    expect(await status(receive, post(updated(minutesAgo(0), { id: 23, name: 'Production' })))).toBe(409)
    // The same signature in other letters is the same.
    expect(await status(receive, post(updated(), sign(updated()).toUpperCase()))).toBe(409)
    expect(heard.length).toBe(1)
    expect(await status(receive, post(updated(minutesAgo(-1))))).toBe(200)
  })

  it.each<[string, () => FlagsStore]>([
    ['with leases', memoryStore],
    [
      'of three methods',
      () => {
        const { get, set, delete: remove } = memoryStore()
        return { get, set, delete: remove }
      },
    ],
  ])('refuses in every process what one has heard, by a store %s', async (_, make) => {
    const store = make()
    expect(await status(receiver({ store }), post(updated()))).toBe(200)
    expect(await status(receiver({ store }), post(updated()))).toBe(409)
    expect(heard.length).toBe(1)
  })

  it('hears events while the store is down, and refuses replays from memory', async () => {
    const down = () => {
      throw new Error('down')
    }
    const onError = vi.fn()
    const receive = receiver({ store: { get: down, set: down, delete: down, lease: down }, onError })
    expect(await status(receive, post(updated()))).toBe(200)
    expect(await status(receive, post(updated()))).toBe(409)
    expect(onError).toHaveBeenCalledTimes(1)
  })

  it.each([
    ['six minutes old', minutesAgo(6)],
    ['from the future', minutesAgo(-6)],
    // What the button "Test" sends: its signature is right, its time is of years ago.
    ['of 2021', '2021-06-18T07:50:26.595298Z'],
    ['of no time', 'yesterday'],
    ['of a strange time', 17],
    ['of a time that is an object', {}],
  ])('refuses an event that is %s, though it is signed', async (_, timestamp) => {
    expect([await status(receiver(), post(updated(timestamp))), heard]).toEqual([409, []])
  })

  it('hears an event that is four minutes old, for a sender may try again', async () => {
    expect(await status(receiver(), post(updated(minutesAgo(4))))).toBe(200)
    expect(await status(receiver({ toleranceMs: 60_000 }), post(updated(minutesAgo(2))))).toBe(409)
  })

  it('hears the audit log, which calls its time otherwise', async () => {
    const entry = (created_date: string) =>
      JSON.stringify({
        data: { created_date, log: 'Flag state updated', environment: null, project: { id: 6 } },
        event_type: 'AUDIT_LOG_CREATED',
      })
    expect(await status(receiver({ environment: 23 }), post(entry(minutesAgo(1))))).toBe(200)
    expect(await status(receiver(), post(entry(minutesAgo(9))))).toBe(409)
  })

  it('hears of a published version, which has no time, and refuses it again days later', async () => {
    const body = JSON.stringify({
      data: { uuid: '1', feature: { id: 1 } },
      event_type: 'NEW_VERSION_PUBLISHED',
    })
    const receive = receiver()
    expect(await status(receive, post(body))).toBe(200)
    vi.setSystemTime(NOW + 7 * 24 * 3600 * 1000)
    expect(await status(receive, post(body))).toBe(409)
  })

  it('takes no notice of another environment’s events', async () => {
    for (const environment of [23, 'Production'])
      expect(await status(receiver({ environment }), post(updated()))).toBe(200)
    expect(heard.length).toBe(2)
    for (const environment of [24, 'Staging'])
      expect(await status(receiver({ environment }), post(updated()))).toBe(200)
    expect(heard.length).toBe(2)
  })

  it.each(['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS'])('refuses %s', async (method) => {
    const response = await receiver()(new Request('http://shop.test/', { method }))
    expect([response.status, response.headers.get('Allow'), heard]).toEqual([405, 'POST', []])
  })

  it('refuses a body that is too large, and reads no more of it than is allowed', async () => {
    let sent = 0
    let cancelled = false
    const body = new ReadableStream({
      pull(controller) {
        sent += 100_000
        controller.enqueue(new Uint8Array(100_000))
      },
      cancel() {
        cancelled = true
      },
    })
    expect([await status(receiver(), streaming(body)), heard]).toEqual([413, []])
    expect([sent <= 1_300_000, cancelled]).toEqual([true, true])
  })

  it('refuses a body that says it is too large without reading it', async () => {
    const body = 'x'.repeat(1_000_001)
    const request = post(body)
    request.headers.set('Content-Length', `${body.length}`)
    expect(await status(receiver(), request)).toBe(413)
    expect(request.bodyUsed).toBe(false)
    expect(await status(receiver({ maxBytes: 10 }), post(updated()))).toBe(413)
  })

  it('refuses a body that breaks off', async () => {
    const body = new ReadableStream({
      start(controller) {
        controller.error(new Error('gone'))
      },
    })
    expect(await status(receiver(), streaming(body))).toBe(400)
  })

  it('says that it failed when the app did, and hears the event when it is sent again', async () => {
    const onError = vi.fn()
    let works = false
    const receive = receiver({
      store: memoryStore(),
      onError,
      onChange: async () => {
        if (!works) throw new Error('of the app')
      },
    })
    expect(await status(receive, post(updated()))).toBe(500)
    expect(onError).toHaveBeenCalledWith(new Error('of the app'))
    works = true
    expect(await status(receive, post(updated()))).toBe(200)
    expect(await status(receive, post(updated()))).toBe(409)
  })

  it('says at once when there is no secret, for then anybody could sign', () => {
    expect(() => webhook({ secret: '', onChange: () => {} })).toThrow('secret')
  })
})
