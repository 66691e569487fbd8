import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type FlagsStore, memoryStore, redisStore } from '../../src/server.ts'
import { until } from '../world.ts'
import { freePort, needsRedis, redisClient, skipRedis, startRedis } from './redis.ts'

/** What every store does. */
const contract = (store: () => FlagsStore) => {
  it('gives what was set, until it is deleted', async () => {
    expect((await store().get('a')) ?? null).toBe(null)
    await store().set('a', 'ü "1"', 60_000)
    await store().set('a', 'ü "2"', 60_000.5)
    expect(await store().get('a')).toBe('ü "2"')
    await store().delete('a')
    await store().delete('a')
    expect((await store().get('a')) ?? null).toBe(null)
  })

  it('forgets after the time it was given', async () => {
    await store().set('b', 'text', 1)
    for (let turn = 0; (await store().get('b')) && turn < 1000; turn++)
      await new Promise((resolve) => setTimeout(resolve, 1))
    expect((await store().get('b')) ?? null).toBe(null)
  })

  it('gives a lease to one of many, and again when it was given back', async () => {
    const all = await Promise.all(Array.from({ length: 20 }, () => store().lease?.('c', 60_000)))
    expect(all.filter(Boolean).length).toBe(1)
    await store().delete('c')
    expect(await store().lease?.('c', 60_000)).toBe(true)
    expect(await store().lease?.('c', 60_000)).toBe(false)
  })

  it('tells those who listen, in that channel, until they stop', async () => {
    const heard: string[] = []
    const stops = [
      store().subscribe?.('news', (message) => heard.push(`one ${message}`)),
      store().subscribe?.('news', (message) => heard.push(`two ${message}`)),
    ]
    for (let turn = 0; heard.length < 2 && turn < 1000; turn++) {
      await store().publish?.('other', 'x')
      await store().publish?.('news', '1')
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
    await until(() => heard.includes('one 1') && heard.includes('two 1'))
    expect(heard.every((message) => message.endsWith(' 1'))).toBe(true)
    stops[0]?.()
    stops[0]?.()
    await until(() => true)
    await store().publish?.('news', '2')
    await until(() => heard.includes('two 2'))
    expect(heard).not.toContain('one 2')
    stops[1]?.()
  })
}

describe('memoryStore', () => {
  const store = memoryStore()
  contract(() => store)

  it('keeps no more than it was told to', () => {
    const small = memoryStore({ max: 2 })
    for (const key of ['a', 'b', 'a', 'c']) small.set(key, key, 60_000)
    expect(['a', 'b', 'c'].map((key) => small.get(key))).toEqual(['a', undefined, 'c'])
  })
})

describe.skipIf(skipRedis)(`redisStore, ${needsRedis}`, () => {
  let redis: Awaited<ReturnType<typeof startRedis>>
  let client: ReturnType<typeof redisClient>
  let store: FlagsStore
  beforeAll(async () => {
    redis = await startRedis(await freePort())
    client = redisClient(redis.url)
    await client.connect()
    store = redisStore(client)
  })
  afterAll(async () => {
    client?.destroy()
    await redis?.stop()
  })
  contract(() => store)

  it('sets nothing without an end', async () => {
    await store.set('d', 'text', 1000)
    await store.lease?.('e', 1000)
    expect([(await client.pTTL('d')) > 0, (await client.pTTL('e')) > 0]).toEqual([true, true])
  })

  it('fails at once while Redis is not connected, and keeps nothing for later', async () => {
    await redis.stop()
    await until(() => !client.isReady)
    await expect(store.set('late', 'text', 60_000)).rejects.toThrow('not connected')
    await expect(store.lease?.('late', 60_000)).rejects.toThrow('not connected')
    // A subscription that never came about can be ended, too.
    store.subscribe?.('news', () => {})()
    redis = await startRedis(Number(new URL(redis.url).port))
    for (let turn = 0; !client.isReady && turn < 1000; turn++)
      await new Promise((resolve) => setTimeout(resolve, 10))
    expect(await store.get('late')).toBe(null)
  })
})
