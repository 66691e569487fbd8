import { describe, expect, it } from 'vitest'
import { lifecycle } from '../../src/live.ts'
import { HOUR, MINUTE, pass, SECOND, useWorld } from './world.ts'

const unavailable = (headers = {}) => new Response('', { status: 503, headers })

describe('lifecycle', () => {
  const world = useWorld()
  const started = async (maxAgeMs?: number) => {
    const { visibility, online, net } = world
    const flags = world.client(lifecycle({ visibility, online, ...(maxAgeMs && { maxAgeMs }) }))
    await pass(0)
    expect(net.asked).toHaveLength(1)
    return { flags, visibility, online, net }
  }

  it('refreshes when the user comes back to flags that are older than a minute', async () => {
    const { flags, visibility, net } = await started()
    visibility.turn(false)
    net.save(' anew')
    await pass(MINUTE + SECOND)
    expect(net.asked).toHaveLength(1)
    visibility.turn(true)
    await pass(0)
    expect(net.asked).toHaveLength(2)
    expect(flags.value('colour', '')).toBe('of ada anew')
  })

  it('leaves younger flags as they are', async () => {
    const { visibility, net } = await started(10 * MINUTE)
    visibility.turn(false)
    await pass(9 * MINUTE)
    visibility.turn(true)
    await pass(0)
    expect(net.asked).toHaveLength(1)
  })

  it('makes no request in an hour in which the app is hidden, and none while it is offline', async () => {
    const { visibility, online, net } = await started()
    visibility.turn(false)
    await pass(HOUR)
    online.turn(false)
    visibility.turn(true)
    await pass(HOUR)
    expect(net.asked).toHaveLength(1)
    online.turn(true)
    await pass(0)
    expect(net.asked).toHaveLength(2)
  })

  it('makes one request of a return that several events tell of', async () => {
    const { visibility, online, net } = await started()
    await pass(HOUR)
    visibility.tell()
    online.tell()
    visibility.tell()
    await pass(0)
    expect(net.asked).toHaveLength(2)
  })

  it('asks at once when the network returns, though the last request found none', async () => {
    const { flags, online, net } = await started()
    const { flags: served } = net
    net.flags = () => Promise.reject(new TypeError('Failed to fetch'))
    await pass(2 * MINUTE)
    await flags.refresh().catch(() => {})
    expect(flags.status.nextAttemptAt).toBeGreaterThan(Date.now())
    net.flags = served
    online.tell()
    await pass(0)
    expect(net.asked).toHaveLength(3)
    expect(flags.status.state).toBe('fresh')
  })

  it('delivers what was set offline as soon as the network returns, though the flags are young', async () => {
    const { flags, online, net } = await started()
    const { flags: served } = net
    net.flags = () => Promise.reject(new TypeError('Failed to fetch'))
    online.turn(false)
    await flags.setTraits({ plan: 'pro' }).catch(() => {})
    expect(flags.pending).toBe(1)
    net.flags = served
    await pass(SECOND)
    online.turn(true)
    await pass(0)
    expect(flags.pending).toBe(0)
    expect(flags.status.state).toBe('fresh')
  })

  it('gives a server the pause it asked for', async () => {
    const { flags, visibility, net } = await started()
    net.flags = () => unavailable({ 'Retry-After': '600' })
    await flags.refresh().catch(() => {})
    await pass(5 * MINUTE)
    visibility.tell()
    await pass(0)
    expect(net.asked).toHaveLength(2)
    await pass(6 * MINUTE)
    visibility.tell()
    await pass(0)
    expect(net.asked).toHaveLength(3)
  })
})
