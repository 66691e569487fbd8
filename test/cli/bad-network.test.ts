import { once } from 'node:events'
import { connect } from 'node:net'
import { expect, test, vi } from 'vitest'
import { type BadNetworkOptions, badNetwork } from '../../src/cli/bad-network.ts'
import { listen } from '../../src/cli/listen.ts'
import { seeded } from '../../src/cli/seeded.ts'
import { type Answer, answer } from '../../src/edge/answer.ts'
import { handlerOf } from '../../src/edge/handler.ts'
import { page, streamed } from './answers.ts'
import { afterwards } from './run.ts'

const REFUSED = 0
const LOST = 0.4
const HALF = 0.9

/** A server on a real connection, behind a bad network, and how often it was reached. */
async function setup(options: BadNetworkOptions, answerTo: () => Answer = () => page('"0123456789"')) {
  const reached = vi.fn(answerTo)
  const network = badNetwork(reached, options)
  const onError = vi.fn()
  const server = await listen(network.answer, { port: 0, onError })
  afterwards(() => server.close())
  afterwards(() => expect(onError).not.toHaveBeenCalled())
  return { ...server, network, reached, ask: (init?: RequestInit) => fetch(server.url, init) }
}

/** Dice that fall as they are told: how slow, whether to fail (0 always does), and how. */
const dice = (slow: number, bad: number, how: number) => {
  const throws = [slow, bad, how]
  let next = 0
  return () => throws[next++ % 3]!
}

/** A wait that ends when a test says so, or when nobody waits any more. */
function waits() {
  const pending: { ms: number; end: () => void }[] = []
  return {
    pending,
    wait: (ms: number, signal: AbortSignal) =>
      new Promise<void>((end) => {
        pending.push({ ms, end })
        signal.addEventListener('abort', () => end())
      }),
  }
}

test('a good network changes nothing, and takes no time', async () => {
  const wait = vi.fn()
  const { ask, reached } = await setup({ wait })
  expect(await (await ask()).json()).toBe('0123456789')
  expect(reached).toHaveBeenCalledOnce()
  expect(wait).not.toHaveBeenCalled()
})

test('a request takes half of its time there and half back, preflights as well', async () => {
  const { pending, wait } = waits()
  const { ask, reached } = await setup({ latencyMs: [100, 800], random: dice(0.5, 1, 0), wait })
  const answer = ask({ method: 'OPTIONS' })
  await vi.waitFor(() => expect(pending).toHaveLength(1))
  expect(reached).not.toHaveBeenCalled()
  pending[0]?.end()
  await vi.waitFor(() => expect(pending).toHaveLength(2))
  expect(reached).toHaveBeenCalledOnce()
  pending[1]?.end()
  expect((await answer).status).toBe(200)
  expect(pending.map(({ ms }) => ms)).toEqual([225, 225])
})

test('who leaves on the way there is not heard, who leaves on the way back is', async () => {
  const { pending, wait } = waits()
  const { ask, reached } = await setup({ latencyMs: [100, 100], wait })
  const early = new AbortController()
  const first = ask({ signal: early.signal })
  await vi.waitFor(() => expect(pending).toHaveLength(1))
  early.abort()
  await expect(first).rejects.toThrow()

  const late = new AbortController()
  const second = ask({ signal: late.signal })
  await vi.waitFor(() => expect(pending).toHaveLength(2))
  pending[1]?.end()
  await vi.waitFor(() => expect(pending).toHaveLength(3))
  late.abort()
  await expect(second).rejects.toThrow()
  expect(reached).toHaveBeenCalledOnce()
})

test('a refused request is a 503 that pages may read, and does not reach the server', async () => {
  const { ask, reached } = await setup({ failRate: 1, random: dice(0, 0, REFUSED) })
  const response = await ask()
  expect(response.status).toBe(503)
  expect(response.headers.get('Access-Control-Allow-Origin')).toBe('*')
  expect(reached).not.toHaveBeenCalled()
})

test('a lost request gets no answer and does not reach the server', async () => {
  const { ask, reached } = await setup({ failRate: 1, random: dice(0, 0, LOST) })
  await expect(ask()).rejects.toThrow('fetch failed')
  expect(reached).not.toHaveBeenCalled()
})

test('of an answer that breaks off, half arrives, and the server has heard the request', async () => {
  const { url, reached } = await setup({ failRate: 1, random: dice(0, 0, HALF) })
  const { port } = new URL(url)
  const socket = connect(Number(port), '127.0.0.1').setEncoding('utf8')
  let text = ''
  socket.on('data', (piece) => (text += piece))
  socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
  await once(socket, 'close')
  expect(text).toMatch(/^HTTP\/1\.1 200 /)
  expect(text).toMatch(/\r\nContent-Length: 12\r\n/)
  expect(text.split('\r\n\r\n')[1]).toBe('"01234')
  expect(reached).toHaveBeenCalledOnce()
})

test('a reader of half an answer knows that it is no whole one', async () => {
  const { ask } = await setup({ failRate: 1, random: dice(0, 0, HALF) })
  const response = await ask()
  expect(response.status).toBe(200)
  await expect(response.text()).rejects.toThrow('terminated')
})

test('half of an answer without a body is none', async () => {
  const { ask } = await setup({ failRate: 1, random: dice(0, 0, HALF) }, () => answer(304))
  await expect(ask()).rejects.toThrow('fetch failed')
})

test('half of an answer to HEAD is none either', async () => {
  const { ask } = await setup({ failRate: 1, random: dice(0, 0, HALF) })
  await expect(ask({ method: 'HEAD' })).rejects.toThrow('fetch failed')
})

test('an event stream that breaks off is left by the server as well', async () => {
  const left = vi.fn()
  const { ask } = await setup({ failRate: 1, random: dice(0, 0, HALF) }, () =>
    streamed([': connected\n\n'], left),
  )
  await expect((await ask()).text()).rejects.toThrow('terminated')
  await vi.waitFor(() => expect(left).toHaveBeenCalledOnce())
})

test('fails as often as it is told, in each way as often, and alike for the same seed', async () => {
  const fates = async (seed: number, latencyMs?: [number, number]) => {
    const network = badNetwork(() => page('ok'), {
      failRate: 0.3,
      random: seeded(seed),
      wait: async () => {},
      ...(latencyMs && { latencyMs }),
    })
    const list: string[] = []
    for (let count = 0; count < 400; count++) {
      const response = await handlerOf(network.answer)(new Request('http://127.0.0.1/'))
      const text = response.text().catch(() => 'half')
      list.push(response.type === 'error' ? 'lost' : response.status === 503 ? 'refused' : await text)
    }
    return list
  }
  const first = await fates(1)
  for (const [fate, least, most] of [
    ['ok', 250, 310],
    ['lost', 20, 60],
    ['refused', 20, 60],
    ['half', 20, 60],
  ] as const) {
    const count = first.filter((one) => one === fate).length
    expect(count, fate).toBeGreaterThan(least)
    expect(count, fate).toBeLessThan(most)
  }
  expect(await fates(1, [5, 10])).toEqual(first)
  expect(await fates(2)).not.toEqual(first)
})

test('offline nothing is answered, and what is open is cut; then all is well again', async () => {
  const { ask, network, cut, reached } = await setup({}, () => streamed(['.']))
  const reader = (await ask()).body!.getReader()
  await reader.read()
  network.isOffline = true
  cut()
  await expect(reader.read()).rejects.toThrow('terminated')
  await expect(ask()).rejects.toThrow('fetch failed')
  expect(reached).toHaveBeenCalledOnce()
  network.isOffline = false
  expect((await ask()).status).toBe(200)
})
