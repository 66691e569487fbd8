import { afterEach, describe, expect, it, vi } from 'vitest'
import type { Storage } from '../../src/core/ports.ts'
import type { GuidonError } from '../../src/model/errors.ts'
import { memoryStorage } from '../../src/storage/memory.ts'
import { safeStorage } from '../../src/storage/safe.ts'
import { FakeStorage } from '../../src/testing.ts'

const broken = () => {
  const storage = new FakeStorage()
  storage.deny()
  return storage
}

const setup = (storage: Storage) => {
  const errors: GuidonError[] = []
  return { errors, safe: safeStorage(storage, '', (error) => errors.push(error), true) }
}

afterEach(() => vi.useRealTimers())

describe('a storage made safe', () => {
  it('answers at once where the storage does', () => {
    const { safe } = setup(memoryStorage())
    expect(safe.set('a', '1')).toBe(true)
    expect(safe.get('a')).toBe('1')
  })

  it('does not throw where the storage throws, and says so once', () => {
    const { safe, errors } = setup(broken())
    expect(safe.get('a')).toBeFalsy()
    expect(safe.set('a', '1')).toBe(false)
    expect(safe.delete('a')).toBe(false)
    expect(errors.map(({ code }) => code)).toEqual(['storage'])
    expect(errors[0]?.cause).toMatchObject({ name: 'SecurityError' })
  })

  it('does not reject where the storage rejects', async () => {
    const storage = broken()
    storage.answerLater()
    const { safe, errors } = setup(storage)
    expect(await safe.get('a')).toBeFalsy()
    expect(await safe.set('a', '1')).toBe(false)
    expect(await safe.delete('a')).toBe(false)
    expect(errors).toHaveLength(1)
  })

  it('goes on after two seconds where the storage hangs', async () => {
    vi.useFakeTimers()
    const storage = new FakeStorage()
    storage.hold()
    const { safe, errors } = setup(storage)
    const answer = Promise.resolve(safe.set('a', '1'))
    await vi.advanceTimersByTimeAsync(2_000)
    expect(await answer).toBe(false)
    expect(errors).toHaveLength(1)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('takes promises of any make', async () => {
    // biome-ignore lint/suspicious/noThenProperty: a promise of another make is what is tested.
    const thenable = (value: unknown) => ({ then: (done: (v: unknown) => void) => done(value) }) as never
    const { safe } = setup({
      ...memoryStorage(),
      get: () => thenable('text'),
      set: () => thenable(0),
    })
    expect(await safe.get('a')).toBe('text')
    expect(await safe.set('a', '1')).toBe(true)
  })
})
