/** The flags cache in processes of their own, with a real Redis between them. */
import { type ChildProcess, fork } from 'node:child_process'
import { createHmac } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ada } from '../world.ts'
import { freePort, needsRedis, skipRedis, startRedis } from './redis.ts'

interface Told {
  asked: number
  answered: number
  colors: string[]
  errors: string[]
  rejections: number
}

/** A process of the server. */
class Worker {
  private last = 0
  private readonly waiting = new Map<number, (result: never) => void>()
  constructor(readonly child: ChildProcess) {
    child.on('message', ([id, result]: [number, never]) => this.waiting.get(id)?.(result))
  }
  tell<T>(command: string, argument?: unknown): Promise<T> {
    this.child.send([++this.last, command, argument])
    return new Promise((resolve) => this.waiting.set(this.last, resolve))
  }
}

let redis: Awaited<ReturnType<typeof startRedis>>
let service: Server
let workers: Worker[] = []
/** For whom the service was asked, and the color that it gives. */
let asked: string[] = []
let color = 'red'

const workersWith = async (count: number, maxAgeMs: number) => {
  const { port } = service.address() as { port: number }
  const args = [`http://127.0.0.1:${port}/`, redis.url, `${maxAgeMs}`]
  for (let i = 0; i < count; i++) workers.push(new Worker(fork('test/server/cache-process.js', args)))
  await Promise.all(workers.map(({ child }) => once(child, 'message')))
  return workers
}
const all = <T>(command: string, argument?: unknown) =>
  Promise.all(workers.map((worker) => worker.tell<T>(command, argument)))
/** Until all processes give this color. Between two looks `meanwhile` is done. */
const agreed = async (expected: string, meanwhile?: () => unknown) => {
  for (let look = 0; look < 400; look++) {
    if ((await all<string>('get')).every((found) => found === expected)) return
    await meanwhile?.()
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
  expect(await all('get')).toEqual(workers.map(() => expected))
}
const event = (minute: number) => {
  const body = JSON.stringify({
    data: { timestamp: new Date(Date.now() - minute).toISOString() },
    event_type: 'FLAG_UPDATED',
  })
  return { secret: 'secret', body, signature: createHmac('sha256', 'secret').update(body).digest('hex') }
}

describe.skipIf(skipRedis)(`many processes, ${needsRedis}`, () => {
  beforeEach(async () => {
    asked = []
    color = 'red'
    workers = []
    redis = await startRedis(await freePort())
    service = createServer((request, response) => {
      const identifier = new URL(request.url ?? '', 'http://x').searchParams.get('identifier')
      asked.push(identifier ?? 'nobody')
      const flags = [{ feature: { name: 'color' }, enabled: true, feature_state_value: color }]
      // Slow, so that processes that ask together do ask together.
      setTimeout(() => {
        response.setHeader('Content-Type', 'application/json')
        response.end(JSON.stringify(identifier ? { identifier, traits: [], flags } : flags))
      }, 100)
    }).listen(0, '127.0.0.1')
    await once(service, 'listening')
  })
  afterEach(async () => {
    for (const { child } of workers) {
      const gone = once(child, 'exit')
      if (child.kill()) await gone
    }
    service?.closeAllConnections()
    service?.close()
    await redis?.stop()
  })

  it('ask the service once when all of them start together, and once for an identity', async () => {
    await workersWith(4, 60_000)
    await all('start')
    await agreed('red')
    expect(await all('get', ada)).toEqual(['red', 'red', 'red', 'red'])
    expect(asked).toEqual(['nobody', ada])
  }, 60_000)

  it('answer every visitor from memory while Redis is killed and restarted, and agree again', async () => {
    await workersWith(3, 400)
    await all('start')
    await agreed('red')
    await all('load')
    await redis.stop()
    // Nothing can be told from process to process now, and the clock alone brings what is new.
    color = 'blue'
    await agreed('blue')
    redis = await startRedis(Number(new URL(redis.url).port))
    color = 'green'
    await agreed('green')
    for (const told of await all<Told>('rest')) {
      expect(told.answered).toBe(told.asked)
      expect(told.answered).toBeGreaterThan(100)
      expect(told.colors.filter((seen) => !['red', 'blue', 'green'].includes(seen))).toEqual([])
      expect(told.colors.at(-1)).toBe('green')
      expect(told.errors).toContain('storage')
      expect(told.rejections).toBe(0)
    }
  }, 60_000)

  it('hear of a webhook at once, with one request, and refuse its replay, whoever gets it', async () => {
    await workersWith(3, 600_000)
    await all('start')
    await agreed('red')
    color = 'blue'
    const news = event(0)
    expect(await workers[0]?.tell('receive', news)).toBe(200)
    // Their flags would be fresh for ten minutes.
    await agreed('blue')
    expect(asked).toEqual(['nobody', 'nobody'])
    expect(await all('receive', news)).toEqual([409, 409, 409])
    expect(await workers[1]?.tell('receive', { ...news, signature: 'f'.repeat(64) })).toBe(401)
  }, 60_000)

  it('hear of webhooks again after Redis was restarted', async () => {
    await workersWith(3, 600_000)
    await all('start')
    await agreed('red')
    await redis.stop()
    redis = await startRedis(Number(new URL(redis.url).port))
    color = 'blue'
    let minute = 0
    // Until the connections are back nobody hears, and nothing brings them to agree but the poll, in ten minutes.
    await agreed('blue', () => workers[0]?.tell('receive', event(++minute)))
  }, 60_000)
})
