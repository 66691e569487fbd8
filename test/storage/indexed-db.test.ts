import 'fake-indexeddb/auto'
import { expect, it, vi } from 'vitest'
import { indexedDb } from '../../src/storage/indexed-db.ts'
import { testStorage } from './contract.ts'

let count = 0
testStorage('indexedDb', () => indexedDb(`test-${count++}`), { sync: false })

it('keeps texts from one opening of the database to the next', async () => {
  await indexedDb('lasting').set('a', '1')
  expect(await indexedDb('lasting').get('a')).toBe('1')
})

it('rejects, and does not throw, where there is no IndexedDB', async () => {
  const storage = indexedDb('missing')
  vi.stubGlobal('indexedDB', undefined)
  await expect(storage.get('a')).rejects.toThrow()
  vi.unstubAllGlobals()
})
