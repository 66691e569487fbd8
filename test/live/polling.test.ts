import { describe, expect, it, vi } from 'vitest'
import { polling } from '../../src/live.ts'
import { HOUR, MINUTE, pass, SECOND, useWorld } from './world.ts'

const unavailable = (headers = {}) => new Response('', { status: 503, headers })

describe('polling', () => {
  const world = useWorld()
  const started = async (options = {}) => {
    const { visibility, online, net } = world
    const poll = polling({ visibility, online, ...options })
    const flags = world.client(poll)
    const start = Date.now()
    await pass(0)
    /** When requests were made, in seconds since the start. */
    const seconds = () => net.asked.map((at) => Math.round((at - start) / SECOND))
    return { flags, poll, visibility, online, net, seconds }
  }

  it('brings what is new, each minute', async () => {
    const { flags, net, seconds } = await started()
    net.save(' anew')
    await pass(3 * MINUTE)
    expect(seconds()).toEqual([0, 60, 120, 180])
    expect(flags.value('colour', '')).toBe('of ada anew')
  })

  it.each([
    [0, [0, 45, 90]],
    [0.999999, [0, 75, 150]],
  ])('waits from three to five quarters of the interval: random %s', async (random, at) => {
    vi.mocked(Math.random).mockReturnValue(random)
    const { seconds } = await started()
    await pass(151 * SECOND)
    expect(seconds().slice(0, 3)).toEqual(at)
  })

  it('never overlaps on a slow server: the next is planned when the last has settled', async () => {
    const { net, seconds } = await started({ intervalMs: 5 * SECOND })
    const { flags: served } = net
    let out = 0
    net.flags = async (request) => {
      expect(++out).toBe(1)
      await new Promise((resolve) => setTimeout(resolve, 8 * SECOND))
      out--
      return served(request)
    }
    await pass(40 * SECOND)
    expect(seconds()).toEqual([0, 5, 18, 31])
  })

  it('doubles its wait with each failure, up to a quarter of an hour, and comes back when the server does', async () => {
    const { net, seconds } = await started({ intervalMs: 2 * MINUTE })
    const { flags: served } = net
    net.flags = () => unavailable()
    await pass(HOUR)
    // After 2 minutes, 4, 8, 15, 15 …
    expect(seconds()).toEqual([0, 120, 360, 840, 1_740, 2_640, 3_540])
    net.flags = served
    await pass(20 * MINUTE)
    expect(seconds().slice(-3)).toEqual([4_560, 4_680, 4_800])
  })

  it('is not led into a storm by a server that flaps', async () => {
    const { net, seconds } = await started({ intervalMs: 30 * SECOND })
    const { flags: served } = net
    let count = 0
    net.flags = (request) => (count++ % 2 ? served(request) : unavailable())
    await pass(10 * MINUTE)
    const waits = seconds().map((at, index, all) => at - (all[index - 1] ?? 0))
    expect(waits.slice(1, 7)).toEqual([30, 60, 30, 60, 30, 60])
  })

  it('makes no request before the server wants one, whoever was told', async () => {
    const { flags, net, seconds } = await started()
    const { flags: served } = net
    await pass(30 * SECOND)
    net.flags = () => unavailable({ 'Retry-After': '600' })
    await flags.refresh().catch(() => {})
    net.flags = served
    await pass(600 * SECOND)
    expect(seconds()).toEqual([0, 30])
    await pass(2 * SECOND)
    expect(seconds()).toHaveLength(3)
  })

  it.each(['visibility', 'online'] as const)('makes no request in an hour without %s', async (name) => {
    const { net, ...world } = await started()
    world[name].turn(false)
    await pass(0)
    expect(vi.getTimerCount()).toBe(0)
    await pass(HOUR)
    expect(net.asked).toHaveLength(1)
  })

  it('polls at once on return when a poll is overdue, and keeps to its time when none is', async () => {
    const { visibility, seconds } = await started()
    visibility.turn(false)
    await pass(20 * SECOND)
    visibility.turn(true)
    await pass(20 * SECOND)
    visibility.turn(false)
    await pass(50 * SECOND)
    visibility.turn(true)
    visibility.turn(false)
    visibility.turn(true)
    await pass(MINUTE)
    expect(seconds()).toEqual([0, 90, 150])
  })

  it('forgets its failures when the user comes back', async () => {
    const { visibility, net, seconds } = await started()
    net.flags = () => unavailable()
    await pass(8 * MINUTE)
    expect(seconds()).toEqual([0, 60, 180, 420])
    visibility.tell()
    await pass(2 * SECOND)
    expect(seconds()).toEqual([0, 60, 180, 420, 480])
  })

  it('takes another interval at once', async () => {
    const { poll, seconds } = await started()
    await pass(10 * SECOND)
    poll.setInterval(5 * SECOND)
    await pass(5 * SECOND)
    expect(seconds()).toEqual([0, 10, 15])
    poll.setInterval(Number.POSITIVE_INFINITY)
    await pass(HOUR)
    expect(seconds()).toHaveLength(3)
  })

  it.each([0, -5, Number.NaN])(
    'asks at most each second, also when the interval is %s',
    async (intervalMs) => {
      const { seconds } = await started({ intervalMs })
      await pass(3 * SECOND)
      expect(seconds()).toEqual([0, 1, 2, 3])
    },
  )

  it('serves two clients, each by its own clock, until each is closed', async () => {
    const { flags, poll, net } = await started()
    const other = world.client(poll)
    await pass(MINUTE)
    expect(net.asked).toHaveLength(4)
    flags.close()
    await pass(MINUTE)
    expect(net.asked).toHaveLength(5)
    other.close()
    poll.setInterval(1)
    await pass(MINUTE)
    expect(net.asked).toHaveLength(5)
  })

  it('leaves nothing behind when it is closed during a request', async () => {
    const { flags, net } = await started()
    net.flags = () => new Promise(() => {})
    await pass(MINUTE)
    expect(net.asked).toHaveLength(2)
    flags.close()
    await pass(0)
    expect(vi.getTimerCount()).toBe(0)
  })
})
