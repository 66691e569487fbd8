import { expect, it } from 'vitest'
import { FakeStorage, testClient } from '../../../src/testing.ts'

const identity = '3f2b8c1e-8d52-4b3a-9a54-0c9d1d6e7f10'
const flags = { 'new-checkout': true }

it('starts offline with the flags of yesterday', async () => {
  const storage = new FakeStorage()
  await testClient({ flags, identity, storage }).settled()

  const today = testClient({ identity, storage, start: 'offline' })
  expect(today.isEnabled('new-checkout')).toBe(true)
})

it.each(['deny', 'hold', 'fill'] as const)('starts where storage is bad: %s', (what) => {
  const storage = new FakeStorage()
  storage[what]()
  const client = testClient({ flags, identity, storage })
  expect(client.isEnabled('new-checkout')).toBe(true)
})
