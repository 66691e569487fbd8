import { expect, it } from 'vitest'
import { memoryStorage } from '../../src/index.ts'
import { nativeStorage } from '../../src/react-native/storage.ts'
import { testStorage } from '../storage/contract.ts'
import { createAsyncStorage, createTexts, Mmkv3, Mmkv4 } from './device.ts'

testStorage('MMKV 3', () => nativeStorage(new Mmkv3()), { sync: true })
testStorage('MMKV 4', () => nativeStorage(new Mmkv4()), { sync: true })
testStorage('AsyncStorage', () => nativeStorage(createAsyncStorage()), { sync: false })

let calls = 0
testStorage(
  'AsyncStorage over a slow device',
  () => nativeStorage(createAsyncStorage(createTexts(), () => (calls++ * 7) % 5)),
  { sync: false },
)

it('of two writes at once the second lasts, on a device that keeps no order', async () => {
  const waits = [9, 5, 1]
  const storage = nativeStorage(createAsyncStorage(createTexts(), () => waits.shift() ?? 0))
  storage.set('a', 'one')
  storage.delete('a')
  await storage.set('a', 'two')
  expect(await storage.get('a')).toBe('two')
})

it('goes on after a write that failed', async () => {
  const native = createAsyncStorage()
  const { setItem } = native
  native.setItem = () => Promise.reject(new Error('disk full'))
  const storage = nativeStorage(native)
  await expect(storage.set('a', '1')).rejects.toThrow('disk full')
  native.setItem = setItem
  await storage.set('a', '2')
  expect(await storage.get('a')).toBe('2')
})

it('takes a storage of guidon’s as it is, such as an encrypted one', () => {
  const storage = memoryStorage()
  expect(nativeStorage(storage)).toBe(storage)
})
