import { expect, it } from 'vitest'
import { memoryStorage } from '../../src/storage/memory.ts'
import { testStorage } from './contract.ts'

testStorage('memoryStorage', memoryStorage, { sync: true })

it('shares nothing between two memory storages', () => {
  const [one, two] = [memoryStorage(), memoryStorage()]
  one.set('a', '1')
  expect(two.get('a')).toBeUndefined()
})
