import { describe, expect, it } from 'vitest'
import { createList } from '../../src/core/list.ts'
import type { SafeStorage } from '../../src/core/ports.ts'

/** A disk that can be full, and that answers now or later. */
const disk = (slow = false) => {
  const texts = new Map<string, string>()
  const place = { texts, writes: 0, isFull: false }
  const answer = <T>(value: T) => (slow ? Promise.resolve(value) : value)
  const storage: SafeStorage = {
    get: (key) => answer(texts.get(key)),
    delete: (key) => answer(texts.delete(key)),
    set(key, text) {
      if (place.isFull) return answer(false)
      place.writes++
      texts.set(key, text)
      return answer(true)
    },
  }
  return { place, storage }
}

describe('a list on the device', () => {
  it('is changed in the same tick where the storage answers in the same tick', () => {
    const { place, storage } = disk()
    const change = createList<number>(storage, 'list')
    expect(change((list) => [...list, 1])).toEqual([1])
    expect(place.texts.get('list')).toBe('[1]')
  })

  it('is changed by one after the other where the storage is slow', async () => {
    const { place, storage } = disk(true)
    const change = createList<number>(storage, 'list')
    const slow = change(async (list) => {
      await new Promise((resolve) => setTimeout(resolve, 5))
      return [...list, 1]
    })
    expect(await change((list) => [...list, 2])).toEqual([1, 2])
    expect(await slow).toEqual([1])
    expect(place.texts.get('list')).toBe('[1,2]')
  })

  it('is not written when it stays the same, and not when it was never there and is empty', () => {
    const { place, storage } = disk()
    const change = createList<number>(storage, 'list')
    change((list) => list)
    expect(place.writes).toBe(0)
    change(() => [1])
    change((list) => [...list])
    expect(place.writes).toBe(1)
  })

  it('takes in what somebody else has written since', () => {
    const { storage } = disk()
    const change = createList<number>(storage, 'list')
    change(() => [1])
    createList<number>(storage, 'list')((list) => [...list, 2])
    expect(change((list) => list)).toEqual([1, 2])
  })

  it('is remembered while the device takes nothing, and written when it does again', () => {
    const { place, storage } = disk()
    const change = createList<number>(storage, 'list')
    change(() => [1])
    place.isFull = true
    change((list) => [...list, 2])
    expect(change((list) => list)).toEqual([1, 2])
    place.isFull = false
    // Emptied meanwhile: what the device still had must not come back.
    expect(change(() => [])).toEqual([])
    expect(place.texts.get('list')).toBe('[]')
  })

  it('may have a form of its own', () => {
    const { place, storage } = disk()
    const words = (text: string) => text.split(' ')
    const change = createList<string>(storage, 'list', words, (list) => list.join(' '))
    change((list) => list)
    expect(place.writes).toBe(0)
    change(() => ['a', 'b'])
    expect(place.texts.get('list')).toBe('a b')
    expect(change((list) => list.slice(1))).toEqual(['b'])
  })

  it.each(['', 'no JSON', 'null', '7', '{}'])('is empty where the device says %j', (text) => {
    const { place, storage } = disk()
    place.texts.set('list', text)
    expect(createList(storage, 'list')((list) => list)).toEqual([])
  })
})
