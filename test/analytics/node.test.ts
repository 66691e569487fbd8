import { expect, it, vi } from 'vitest'
import { analytics, experiments } from '../../src/analytics.ts'
import { answerTo, useWorld } from '../world.ts'

const world = useWorld()

it('counts and sends where there is no page', async () => {
  expect(typeof document).toBe('undefined')
  world.net.respond = (call) =>
    call.method === 'POST' ? new Response('{}', { status: 202 }) : answerTo(call, { color: 'red' })
  const events = experiments({ flushMs: 5 })
  const flags = world.client({ use: [analytics({ flushMs: 5 }), events] })
  await flags.ready({ from: 'network' })
  flags.isEnabled('color')
  expect(events.track('purchase')).toBe(true)
  await vi.waitFor(() =>
    expect(world.net.calls.filter(({ method }) => method === 'POST').map(({ url }) => url.pathname)).toEqual([
      '/api/v1/analytics/flags/',
      '/v1/events',
    ]),
  )
})
