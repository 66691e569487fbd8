// Beside the recipe: Jest's own time, and a jsdom that has no fetch, no Response and no TextEncoder.
import { jest } from '@jest/globals'
import { GuidonError } from 'guidon'
import { FakeStorage, testClient } from 'guidon/testing'

jest.useFakeTimers()

test('has a network without a clock', async () => {
  expect(typeof Response).toBe('undefined')
  const identity = '3f2b8c1e-8d52-4b3a-9a54-0c9d1d6e7f10'
  const storage = new FakeStorage()
  const flags = testClient({ flags: { size: 1 }, identity, storage })
  flags.answerWith(503)
  // One class of errors: that of the app.
  expect(await flags.refresh().catch((error) => error)).toBeInstanceOf(GuidonError)
  flags.answerWith(({ traits }) => (traits.plan === 'pro' ? undefined : '<html>'))
  await flags.setTraits({ plan: 'pro' })
  expect(flags.requests.at(-1).traits).toEqual({ plan: 'pro' })
  flags.goOffline()
  await expect(flags.refresh()).rejects.toMatchObject({ code: 'network' })
  expect(jest.getTimerCount()).toBe(0)
  jest.advanceTimersByTime(600_000)
  expect([flags.status.state, flags.value('size', 0)]).toEqual(['offline', 1])
  expect(JSON.stringify(storage.dump())).toContain('size')
})
