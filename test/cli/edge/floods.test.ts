/** What many strangers at once can do to the edge, as a process of its own: they are answered, and others are served. */
import { connect } from 'node:net'
import { expect, test, vi } from 'vitest'
import { noAnswer } from '../../../src/edge/answer.ts'
import { emptyFolder } from '../folder.ts'
import { afterwards } from '../run.ts'
import { numberIn, soon } from './edge.ts'
import { startProcess } from './process.ts'
import { later, shop, startUpstream } from './upstream.ts'

vi.setConfig({ testTimeout: 120_000 })

const KEY = { 'X-Environment-Key': 'shop' }

async function start(limits: object, options: Parameters<typeof startProcess>[2] = {}, data = emptyFolder()) {
  const upstream = await startUpstream()
  const edge = await startProcess(upstream.api, ['--data', data, '--forward-traits'], {
    env: { LIMITS: JSON.stringify(limits) },
    ...options,
  })
  const count = async () =>
    ((await (await fetch(new URL('flags/', edge.url), { headers: KEY })).json()) as []).length
  const metric = async (name: string) => numberIn(await fetch(new URL('/metrics', edge.url)), name)
  const write = async (identifier: string) => {
    const response = await fetch(new URL('identities/', edge.url), {
      method: 'POST',
      headers: { ...KEY, 'Content-Type': 'application/json' },
      body: JSON.stringify({ identifier, traits: [{ trait_key: 'plan', trait_value: 'pro' }] }),
    })
    return response.status
  }
  /** Somebody who asks and writes all the while, on a connection of its own, and does not care who else is there. */
  function serving(counts: readonly number[] = [6]) {
    let isOver = false
    const served = (async () => {
      let times = 0
      for (; !isOver; times++) {
        expect(counts).toContain(await count())
        expect(await write(`guid-${times}`)).toBe(200)
      }
      return times
    })()
    // Heard of at the end.
    served.catch(() => {})
    const end = () => {
      isOver = true
      return served
    }
    // Else nothing else would be ended.
    afterwards(() => end().catch(() => {}))
    return { end }
  }
  return { ...edge, upstream, count, metric, write, serving }
}

/** Strangers, what each of them has heard, and whether the connection was ended. */
function strangers(url: string, many: number, greeting: string, more = '') {
  return Array.from({ length: many }, () => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1')
    const stranger = { socket, heard: '', isOver: false }
    afterwards(() => socket.destroy())
    socket.setEncoding('latin1').on('data', (text: string) => {
      stranger.heard += text
    })
    const telling = setInterval(() => socket.writable && more && socket.write(more), 50)
    // Who is cut off while sending hears of that as well.
    socket.on('error', () => {})
    socket.on('close', () => {
      clearInterval(telling)
      stranger.isOver = true
    })
    socket.write(greeting)
    return stranger
  })
}

const post = (header: string) =>
  `POST /api/v1/identities/ HTTP/1.1\r\nHost: a\r\nX-Environment-Key: shop\r\nContent-Type: application/json\r\n${header}\r\n\r\n`
const megabyte = 'x'.repeat(1_000_000)

test.each([
  [
    'slow',
    [
      // Says nothing at all, never comes to the end of its headers, or of its body.
      [500, '', '', 408],
      [200, 'GET /api/v1/flags/ HTTP/1.1\r\nX-Slow: ', 'x', 408],
      [200, post('Content-Length: 90000'), ' ', 408],
    ],
  ],
  [
    'too large',
    [
      [50, `GET / HTTP/1.1\r\nHost: a\r\nX: ${megabyte}\r\n\r\n`, '', 431],
      [50, post('Content-Length: 1000000000'), 'x'.repeat(1_000), 413],
      [50, `${post('Transfer-Encoding: chunked')}F4240\r\n${megabyte}\r\n`, 'F4240\r\n', 413],
    ],
  ],
] as const)(
  'a flood that is %s is answered, and others are served meanwhile and afterwards',
  async (_, floods) => {
    const { url, write, metric, said, serving } = await start({ request_seconds: 3, body_bytes: 100_000 })
    const others = serving()
    const flood = floods.flatMap(([many, greeting, more, status]) =>
      strangers(url, many, greeting, more).map((stranger) => ({ stranger, status })),
    )
    await soon(() => {
      for (const { stranger, status } of flood) {
        expect(stranger.heard).toContain(`HTTP/1.1 ${status} `)
        expect(stranger.heard).toContain('Access-Control-Allow-Origin: *')
        expect(stranger.heard).toMatch(/\{"detail":"[^"]+"\}/)
      }
    })
    expect(await others.end()).toBeGreaterThan(0)
    for (const { stranger } of flood) stranger.socket.destroy()
    expect(await write('guid')).toBe(200)
    await soon(async () => expect(await metric('requests_in_flight')).toBe(0))
    expect(said()).not.toMatch(/ error /)
  },
)

test('more connections than there are files for: the older ones are served, and new ones as soon as there is room', async () => {
  const { url, count, said, serving } = await start({}, { maxFiles: 100 })
  const others = serving()
  const flood = strangers(url, 300, '')
  await soon(() => expect(flood.filter(({ isOver }) => isOver).length).toBeGreaterThan(100))
  expect(await others.end()).toBeGreaterThan(0)
  for (const { socket } of flood) socket.destroy()
  await soon(async () => expect(await count()).toBe(6))
  expect(said()).not.toContain('request failed')
})

test('readers of events who do not read hold up nobody', async () => {
  const { url, upstream, count, metric } = await start({})
  const read = 'GET /sse/environments/shop/stream HTTP/1.1\r\nHost: a\r\n\r\n'
  const idle = strangers(url, 100, read)
  for (const { socket } of idle) socket.pause()
  const [awake] = strangers(url, 1, read)
  await soon(async () => expect(await metric('streams')).toBe(101))
  for (let change = 1; change <= 3; change++) {
    upstream.edge.replace({
      ...shop,
      updated_at: later(change),
      feature_states: shop.feature_states.slice(change),
    })
    await soon(() => expect(awake!.heard.match(/environment_updated/g)).toHaveLength(change))
    await soon(async () => expect(await count()).toBe(6 - change))
  }
  for (const { socket } of idle) socket.destroy()
  await soon(async () => expect(await metric('streams')).toBe(1))
})

test('takes a document of 10 MB, serves meanwhile, and starts with it from its disk', async () => {
  const data = emptyFolder()
  const { upstream, child, ended, serving, metric } = await start({}, {}, data)
  const [state] = shop.feature_states
  const many = Array.from({ length: 1_000 }, (_, id) => ({
    ...state!,
    feature: { ...state!.feature, id: 1_000_000 + id, name: `feature-${id}` },
    feature_state_value: 'x'.repeat(10_000),
  }))
  const large = { ...shop, updated_at: later(60), feature_states: many }
  expect(JSON.stringify(large).length).toBeGreaterThan(10_000_000)
  const others = serving([6, 1_000])
  upstream.edge.replace(large)
  await soon(async () => expect(await metric('document_changes_total{environment="shop"}')).toBe(2))
  expect(await others.end()).toBeGreaterThan(0)
  child.kill('SIGTERM')
  expect(await ended).toEqual([0, null])

  upstream.answer = () => noAnswer
  const again = await startProcess(upstream.api, ['--data', data])
  const flags = await fetch(new URL('flags/', again.url), { headers: KEY })
  expect(await flags.json()).toHaveLength(1_000)
})
