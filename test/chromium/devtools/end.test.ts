import { describe, expect, it } from 'vitest'
import { ada } from '../document.ts'
import type { Beside } from '../doors.ts'
import type { App } from '../world.ts'
import { inspectorOf, late, override, strict, tab, useInspector } from './inspector.ts'

const { world, open } = useInspector()

describe('its end', () => {
  const counted = ((guidon, { api, key, ada }) => {
    const { guidonInspector } = (globalThis as unknown as Beside).guidon_devtools
    /** Listeners on window and document, and timers, that are there at the moment. */
    const there = new Map<unknown, string>()
    for (const target of [window, document] as EventTarget[]) {
      const { addEventListener, removeEventListener } = target
      target.addEventListener = (type: string, listener: never, options: never) => {
        there.set(listener, type)
        addEventListener.call(target, type, listener, options)
      }
      target.removeEventListener = (type: string, listener: never, options: never) => {
        there.delete(listener)
        removeEventListener.call(target, type, listener, options)
      }
    }
    const { setInterval, clearInterval } = window
    Object.assign(window, {
      setInterval(...args: Parameters<typeof setInterval>) {
        const timer = setInterval.apply(window, args)
        there.set(timer, 'interval')
        return timer
      },
      clearInterval(timer: number) {
        there.delete(timer)
        clearInterval.call(window, timer)
      },
    })
    const flags = guidon.createClient({ environmentKey: key, api, identity: ada, retries: 0 })
    const { on } = flags
    let listeners = 0
    flags.on = ((...args: Parameters<typeof on>) => {
      listeners++
      const off = on(...args)
      return () => {
        listeners--
        off()
      }
    }) as never
    const { refresh, setConsent } = flags
    const { fetch, EventSource } = window
    const same = () => [
      window.fetch === fetch,
      window.EventSource === EventSource,
      flags.refresh === refresh,
      flags.setConsent === setConsent,
    ]
    const state = () => ({ there: [...there.values()].sort(), listeners, same: same() })
    return { flags, guidonInspector, state }
  }) satisfies App<unknown>

  it('leaves nothing behind: no listener, no timer, no element, no override', async () => {
    const visit = await world.visit(counted, strict)
    await visit.ask(({ flags }) => flags.ready({ from: 'network' }))
    const before = await visit.ask(({ state }) => state())
    await visit.ask(({ flags, guidonInspector }) => guidonInspector(flags).isOpen)
    await override(visit.page, 'colour', 'text', 'mine')
    expect(await visit.ask(({ state }) => state())).not.toEqual(before)
    for (const end of ['guidonInspector(flags).stop()', 'flags.close()']) {
      await visit.page.evaluate(
        `(({ flags, guidonInspector }) => { guidonInspector(flags); ${end} })(made.it)`,
      )
      expect(await inspectorOf(visit.page).count()).toBe(0)
      expect(await visit.ask(({ state }) => state())).toEqual(before)
      expect(await visit.ask(({ flags }) => flags.value('colour', ''))).toBe('of ada')
    }
  })

  it('is none for overrides: they are there again with the inspector', async () => {
    const visit = await open(late)
    await visit.ask(({ flags, guidonInspector }) => guidonInspector(flags).isOpen)
    await override(visit.page, 'colour', 'text', 'mine')
    await visit.ask(({ flags, guidonInspector }) => guidonInspector(flags).stop())
    expect(await visit.ask(({ flags }) => flags.value('colour', ''))).toBe('of ada')
    await visit.ask(({ flags, guidonInspector }) => guidonInspector(flags).open())
    expect(await visit.ask(({ flags }) => flags.value('colour', ''))).toBe('mine')
  })
})

it('is done without in a browser that lacks something: the app runs, and hears why', async () => {
  await world.context().addInitScript('delete window.CSSStyleSheet')
  const lacking = ((guidon, { api, key, ada }) => {
    const { inspector } = (globalThis as unknown as Beside).guidon_devtools
    const { fetch } = window
    const flags = guidon.createClient({ environmentKey: key, api, identity: ada, use: [inspector()] })
    const errors: string[] = []
    flags.on('error', ({ code }) => errors.push(code))
    return { flags, errors, isUntouched: () => window.fetch === fetch }
  }) satisfies App<unknown>
  const visit = await world.visit(lacking, strict)
  await visit.ask(({ flags }) => flags.ready({ from: 'network' }))
  expect(
    await visit.ask(({ flags, errors, isUntouched }) => [flags.value('colour', ''), errors, isUntouched()]),
  ).toEqual(['of ada', ['unsupported'], true])
})

it('sees all requests in a page that lets nobody replace its fetch, and goes without streams', async () => {
  await world.context().addInitScript(() => {
    for (const name of ['fetch', 'EventSource'] as const)
      Object.defineProperty(window, name, { writable: false, value: window[name] })
  })
  const visit = await open()
  expect(await (await tab(visit.page, 'Network')).innerText()).toMatch(/the start\s+200/)
  const timeline = await tab(visit.page, 'Timeline')
  expect(await timeline.innerText()).toContain('because of the start')
})

it('sends nothing anywhere and says nothing to the console, whatever is done in it', async () => {
  const visit = await open()
  world.net.seen.length = 0
  for (const name of ['Flags', 'Timeline', 'Identity', 'Network', 'Tools']) await tab(visit.page, name)
  await override(visit.page, 'colour', 'text', 'mine')
  await visit.page.keyboard.press('Escape')
  expect(world.net.asked()).toEqual([])
  expect(await visit.ask(({ flags }) => flags.identity)).toBe(ada)
})
