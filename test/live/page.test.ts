// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { memoryStorage } from '../../src/index.ts'
import { lifecycle, polling, realtime } from '../../src/live.ts'
import { HOUR, MINUTE, pass, useWorld } from './world.ts'

describe('in a page', () => {
  const world = useWorld()
  let heard: string[] = []
  let isVisible = true
  beforeEach(() => {
    heard = []
    isVisible = true
    vi.spyOn(document, 'visibilityState', 'get').mockImplementation(() => (isVisible ? 'visible' : 'hidden'))
    for (const verb of ['addEventListener', 'removeEventListener'] as const) {
      const original = window[verb]
      vi.spyOn(window, verb).mockImplementation((type: string, listener: unknown) => {
        if (verb === 'addEventListener') heard.push(type)
        else heard.splice(heard.indexOf(type), 1)
        original.call(window, type, listener as EventListener)
      })
    }
  })
  afterEach(() => void vi.restoreAllMocks())

  const show = (visible: boolean) => {
    isVisible = visible
    document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))
  }
  const pageshow = (persisted: boolean) =>
    window.dispatchEvent(Object.assign(new Event('pageshow'), { persisted }))
  const events: [string, () => unknown][] = [
    ['the page becomes visible', () => show(true)],
    ['the page comes out of the back/forward cache', () => pageshow(true)],
    ['the page resumes after a freeze', () => document.dispatchEvent(new Event('resume', { bubbles: true }))],
    ['the network returns', () => window.dispatchEvent(new Event('online'))],
  ]

  it.each(events)('lifecycle refreshes when %s', async (_, happen) => {
    world.made({ use: [lifecycle()], storage: memoryStorage() })
    await pass(2 * MINUTE)
    expect(world.net.asked).toHaveLength(1)
    happen()
    await pass(0)
    expect(world.net.asked).toHaveLength(2)
  })

  it('lifecycle does not take the loading of the page for a return', async () => {
    world.made({ use: [lifecycle()], storage: memoryStorage() })
    await pass(2 * MINUTE)
    pageshow(false)
    await pass(0)
    expect(world.net.asked).toHaveLength(1)
  })

  it('three extensions make no request while hidden for an hour, and leave no listener', async () => {
    const flags = world.made({ use: [lifecycle(), polling(), realtime()], storage: memoryStorage() })
    await pass(0)
    expect(new Set(heard)).toEqual(new Set(['offline', 'online', 'pageshow', 'resume', 'visibilitychange']))
    expect(world.net.open).toBe(1)
    const { length } = world.net.asked
    show(false)
    await pass(0)
    expect(world.net.open).toBe(0)
    expect(vi.getTimerCount()).toBe(0)
    await pass(HOUR)
    expect(world.net.asked).toHaveLength(length)
    expect(world.net.opened).toHaveLength(1)
    flags.close()
    expect(heard).toEqual([])
  })
})
