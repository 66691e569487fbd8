import { expect, it } from 'vitest'
import { type AsyncStorageLike, asyncStorage } from '../../src/storage/async-storage.ts'
import { testStorage } from './contract.ts'

/** AsyncStorage as React Native has it: text by key, answered later, and no order between two calls. */
const nativeStorage = (later: () => number = () => 0): AsyncStorageLike & { texts: Map<string, string> } => {
  const texts = new Map<string, string>()
  const soon = <T>(answer: () => T) =>
    new Promise<T>((resolve) => setTimeout(() => resolve(answer()), later()))
  return {
    texts,
    getItem: (key) => soon(() => texts.get(key) ?? null),
    setItem: (key, text) => soon(() => void texts.set(key, text)),
    removeItem: (key) => soon(() => void texts.delete(key)),
  }
}

testStorage('asyncStorage', () => asyncStorage(nativeStorage()), { sync: false })

let calls = 0
testStorage('asyncStorage over a slow device', () => asyncStorage(nativeStorage(() => (calls++ * 7) % 5)), {
  sync: false,
})

it('finds its keys again after a restart', async () => {
  const native = nativeStorage()
  await asyncStorage(native).set('a', '1')
  expect(await asyncStorage(native).keys()).toEqual(['a'])
})

it('starts a new list when the old one is garbage', async () => {
  const native = nativeStorage()
  native.texts.set('guidon.keys', '{"not": "a list"')
  const storage = asyncStorage(native)
  await storage.set('a', '1')
  expect(await storage.keys()).toEqual(['a'])
})

it('goes on after a write that failed', async () => {
  const native = nativeStorage()
  let full = true
  const setItem = native.setItem.bind(native)
  native.setItem = (key, text) => (full ? Promise.reject(new Error('disk full')) : setItem(key, text))
  const storage = asyncStorage(native)
  await expect(storage.set('a', '1')).rejects.toThrow('disk full')
  full = false
  await storage.set('a', '2')
  expect(await storage.get('a')).toBe('2')
})
