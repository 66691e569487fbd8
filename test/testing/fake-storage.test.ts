import { afterEach, describe, expect, it, vi } from 'vitest'
import type { GuidonError } from '../../src/index.ts'
import { FakeStorage, testClient } from '../../src/testing.ts'
import { testStorage } from '../storage/contract.ts'
import { ada } from '../world.ts'

testStorage('FakeStorage', () => new FakeStorage(), { sync: true })
testStorage(
  'a FakeStorage that answers later',
  () => {
    const storage = new FakeStorage()
    storage.answerLater()
    return storage
  },
  { sync: false },
)

describe('a storage for tests', () => {
  it('begins with what an earlier session left, and gives a copy of what it keeps', () => {
    const left = { '__proto__ ': '1', b: '2' }
    const storage = new FakeStorage(left)
    const dump = storage.dump()
    expect(dump).toEqual(left)
    storage.set('b', '3')
    expect([dump.b, left.b, storage.dump().b]).toEqual(['2', '2', '3'])
    expect(new FakeStorage(storage.dump()).get('b')).toBe('3')
  })

  it('says what was written, in order, and not what failed', () => {
    const storage = new FakeStorage()
    storage.set('a', '1')
    storage.set('b', '1')
    storage.set('a', '2')
    storage.fill()
    expect(() => storage.set('c', '1')).toThrow()
    expect(storage.writes).toEqual(['a', 'b', 'a'])
  })

  it('holds what is asked, does it when it is released, and in order', async () => {
    const storage = new FakeStorage({ a: '1' })
    storage.hold()
    const read = storage.get('a')
    const written = storage.set('a', '2')
    const readAgain = storage.get('a')
    await null
    expect(storage.dump()).toEqual({ a: '1' })
    storage.release()
    expect([await read, await written, await readAgain]).toEqual(['1', undefined, '2'])
    expect(storage.get('a')).toBe('2')
  })

  it('is denied: it throws, or rejects where it answers later', async () => {
    const storage = new FakeStorage({ a: '1' })
    storage.deny()
    for (const ask of [
      () => storage.get('a'),
      () => storage.set('a', '2'),
      () => storage.delete('a'),
      () => storage.keys(),
    ]) {
      expect(ask).toThrow(expect.objectContaining({ name: 'SecurityError' }))
    }
    storage.answerLater()
    await expect(storage.get('a')).rejects.toMatchObject({ name: 'SecurityError' })
    storage.recover()
    expect(storage.get('a')).toBe('1')
  })

  it('is full: what fits is written, what does not throws, and nothing is lost', () => {
    const storage = new FakeStorage()
    storage.fill(4)
    storage.set('ab', 'cd')
    storage.set('ab', 'ef')
    expect(() => storage.set('ab', 'efg')).toThrow(expect.objectContaining({ name: 'QuotaExceededError' }))
    expect(() => storage.set('x', '')).toThrow('5 characters')
    expect(storage.dump()).toEqual({ ab: 'ef' })
    storage.delete('ab')
    storage.set('x', '1')
    storage.recover()
    storage.set('y', 'z'.repeat(1_000))
  })

  it('gives back what nobody wrote', () => {
    const storage = new FakeStorage({ a: '1234', b: '56' })
    storage.corrupt()
    expect(storage.dump()).toEqual({ a: '12', b: '5' })
    storage.corrupt((text, key) => `${key}:${text}`)
    expect(storage.dump()).toEqual({ a: 'a:12', b: 'b:5' })
  })
})

describe('a client with it', () => {
  const defaults = { flags: { size: { enabled: true, value: 0 } } }
  const open = (storage: FakeStorage) => {
    const errors: string[] = []
    const flags = testClient({ flags: { size: 1 }, identity: ada, defaults, storage, start: 'offline' })
    flags.on('error', ({ code }: GuidonError) => errors.push(code))
    return { flags, errors }
  }
  /** What a session with a network leaves. */
  const left = async () => {
    const storage = new FakeStorage()
    await testClient({ flags: { size: 1 }, identity: ada, storage }).settled()
    return storage.dump()
  }
  afterEach(() => vi.useRealTimers())

  it('starts from it offline, in the same tick where it answers in the same tick', async () => {
    const { flags, errors } = open(new FakeStorage(await left()))
    expect([flags.value('size', 9), flags.flag('size')?.source]).toEqual([1, 'storage'])
    await flags.settled()
    expect(errors).toEqual(['network'])
  })

  it.each([
    ['denied', (storage: FakeStorage) => storage.deny(), ['storage', 'network']],
    ['full', (storage: FakeStorage) => storage.fill(), ['network', 'storage']],
    ['corrupt', (storage: FakeStorage) => storage.corrupt(), ['network']],
  ])('goes on from the defaults where it is %s', async (what, happens, codes) => {
    const storage = new FakeStorage(what === 'full' ? {} : await left())
    happens(storage)
    const { flags, errors } = open(storage)
    expect([flags.value('size', 9), flags.flag('size')?.source]).toEqual([0, 'defaults'])
    await flags.settled()
    expect(errors.sort()).toEqual([...codes].sort())
    flags.goOnline()
    await flags.refresh()
    expect(flags.value('size', 9)).toBe(1)
  })

  it('goes on after two seconds where it hangs', async () => {
    vi.useFakeTimers()
    const storage = new FakeStorage(await left())
    storage.hold()
    const { flags, errors } = open(storage)
    await vi.advanceTimersByTimeAsync(2_000)
    expect([flags.value('size', 9), errors.sort()]).toEqual([0, ['network', 'storage']])
    // What it was asked meanwhile is given up as well.
    await vi.advanceTimersByTimeAsync(2_000)
    expect(vi.getTimerCount()).toBe(0)
  })
})
