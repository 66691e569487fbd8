import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { analytics, experiments } from '../../src/analytics.ts'
import { answerTo, useWorld } from '../world.ts'

const world = useWorld()
beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }))
afterEach(() => void vi.useRealTimers())

it('counts and sends where there is no page', async () => {
  expect(typeof document).toBe('undefined')
  world.net.respond = (call) =>
    call.method === 'POST' ? new Response('{}', { status: 202 }) : answerTo(call, { color: 'red' })
  const events = experiments()
  const flags = world.client({ use: [analytics(), events] })
  await flags.ready({ from: 'network' })
  flags.isEnabled('color')
  expect(events.track('purchase')).toBe(true)
  await vi.advanceTimersByTimeAsync(10_000)
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve))
  expect(world.net.calls.filter(({ method }) => method === 'POST').map(({ url }) => url.pathname)).toEqual([
    '/api/v1/analytics/flags/',
    '/v1/events',
  ])
})
