import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import type { Beside } from '../doors.ts'
import type { App } from '../world.ts'
import { inspectorOf, line, said, strict, tab, turn, useInspector } from './inspector.ts'

const { world, open } = useInspector()

describe('the network', () => {
  const outcomes = async (page: Page) =>
    (await (await tab(page, 'Network')).locator('tbody tr').allInnerTexts()).map((text) =>
      text.split('\t').slice(1).join(' | ').replace(/\s+/g, ' '),
    )

  it('shows each request with its reason, its outcome and how long it took', async () => {
    const visit = await open()
    world.net.answer = (_, response) => response.writeHead(500, { 'Access-Control-Allow-Origin': '*' }).end()
    await visit.ask(({ flags }) => flags.refresh().catch(() => {}))
    world.net.answer = world.net.edge
    await visit.ask(({ flags }) => flags.setTraits({ plan: 'pro' }))
    expect(await outcomes(visit.page)).toEqual([
      expect.stringMatching(/^flags of an identity, 1 trait \| setTraits\(\) \| 200 \| \d/),
      expect.stringMatching(/^flags of an identity \| refresh\(\) \| 500 \| \d/),
      expect.stringMatching(/^flags of an identity \| the start \| 200 \| \d/),
    ])
  })

  it('is offline when it is to be, for this client alone, and over a reload', async () => {
    const visit = await open()
    const { page } = visit
    await (await tab(page, 'Network')).getByLabel('Offline').check()
    world.net.seen.length = 0
    expect(await visit.ask(({ flags }) => flags.refresh().catch(({ code }) => code))).toBe('network')
    await inspectorOf(page).locator('.state[data-state=offline]').waitFor()
    await line(page, 'of ada 16 true')
    expect(world.net.seen).toEqual([])
    expect((await outcomes(page))[0]).toMatch(/refresh\(\) \| offline/)
    // Others' requests go out as ever.
    await page.evaluate(`fetch(${JSON.stringify(`${world.net.origin}/health`)}, { mode: 'no-cors' })`)
    expect(world.net.seen.splice(0)).toHaveLength(1)

    await page.reload()
    expect(
      await visit.ask(({ flags }) => flags.ready({ from: 'network' }).then(({ error }) => error?.code)),
    ).toBe('network')
    expect(await page.evaluate('made.it.first')).toBe('of ada')
    expect(world.net.seen).toEqual([])
    await (await tab(page, 'Network')).getByLabel('As it is').check()
    await inspectorOf(page).getByRole('button', { name: 'Refresh now' }).click()
    await said(page, 'Refreshed.')
    await inspectorOf(page).locator('.state[data-state=fresh]').waitFor()
  })

  it('is seen and simulated of a fetch that the app kept, and the page’s own is left alone', async () => {
    const keeping = ((guidon, { api, key, ada }) => {
      const { inspector } = (globalThis as unknown as Beside).guidon_devtools
      const { fetch } = window
      const flags = guidon.createClient({
        environmentKey: key,
        api,
        identity: ada,
        retries: 0,
        fetch: window.fetch.bind(window),
        use: [inspector({ open: true })],
      })
      return { flags, isUntouched: () => window.fetch === fetch }
    }) satisfies App<unknown>
    const visit = await world.visit(keeping, strict)
    await visit.ask(({ flags }) => flags.ready({ from: 'network' }))
    expect(await outcomes(visit.page)).toEqual([expect.stringMatching(/\| the start \| 200/)])
    await inspectorOf(visit.page).getByLabel('Offline').check()
    world.net.seen.length = 0
    expect(await visit.ask(({ flags }) => flags.refresh().catch(({ code }) => code))).toBe('network')
    expect(world.net.seen).toEqual([])
    expect(await visit.ask(({ isUntouched }) => isUntouched())).toBe(true)
  })

  it('is each client’s own, though two are of one environment', async () => {
    const two = ((guidon, { api, key, ada, bob }) => {
      const { inspector } = (globalThis as unknown as Beside).guidon_devtools
      const create = (identity: string, isOpen: boolean) =>
        guidon.createClient({
          environmentKey: key,
          api,
          identity,
          retries: 0,
          use: [inspector({ open: isOpen })],
        })
      return { flags: create(ada, false), other: create(bob, true) }
    }) satisfies App<unknown>
    const visit = await world.visit(two, strict)
    await visit.ask(({ flags, other }) =>
      Promise.all([flags, other].map((client) => client.ready({ from: 'network' }))),
    )
    const open = visit.page.locator('guidon-inspector').last()
    await open.getByRole('tab', { name: 'Network' }).click()
    expect(await open.locator('tbody tr').count()).toBe(1)
    await open.getByLabel('Offline').check()
    expect(
      await visit.ask(({ flags, other }) =>
        Promise.all([flags, other].map((client) => client.refresh().catch(({ code }) => code))),
      ),
    ).toEqual([undefined, 'network'])
  })

  it('says how long a request took, whatever becomes of its user later', async () => {
    await world.context().clock.install()
    const visit = await open()
    await visit.page.clock.runFor(60_000)
    await visit.ask(({ flags }) => flags.reset())
    const first = (await outcomes(visit.page)).at(-1)
    expect(first).toMatch(/\| the start \| 200 \| \d+ ms$/)
  })

  it('is slow when it is to be', async () => {
    await world.context().clock.install()
    const visit = await open()
    const { page } = visit
    await (await tab(page, 'Network')).getByLabel('Slow').check()
    world.net.seen.length = 0
    await page.evaluate('void made.it.flags.refresh()')
    await page.clock.runFor(2_500)
    expect(world.net.seen).toEqual([])
    await page.clock.runFor(1_000)
    while (!world.net.seen.length) await turn()
    await page.clock.resume()
    await inspectorOf(page).locator('tbody tr').first().filter({ hasText: /200/ }).waitFor()
    expect((await outcomes(page))[0]).toMatch(/200 \| 3\.\d/)
  })

  it('closes the event stream when it is offline, and opens it again', async () => {
    const streaming = ((guidon, { api, key, ada }) => {
      const { inspector } = (globalThis as unknown as Beside).guidon_devtools
      return {
        flags: guidon.createClient({
          environmentKey: key,
          api,
          identity: ada,
          use: [inspector({ open: true }), guidon.realtime()],
        }),
      }
    }) satisfies App<unknown>
    const { page } = await world.visit(streaming, strict)
    const view = await tab(page, 'Network')
    const stream = (text: RegExp) => view.locator('dl > div', { hasText: text }).waitFor()
    await stream(/Event stream\s*open$/)
    await view.getByLabel('Offline').check()
    await stream(/Event stream\s*closed/)
    await view.getByLabel('As it is').check()
    await stream(/Event stream\s*open$/)
  })

  it('lets another tab lead while this one is offline, also after a reload', async () => {
    const tabbed = ((guidon, { api, key, ada }) => {
      const { inspector } = (globalThis as unknown as Beside).guidon_devtools
      return guidon.createClient({
        environmentKey: key,
        api,
        identity: ada,
        use: [guidon.tabs([guidon.realtime()]), inspector({ open: true })],
      })
    }) satisfies App<unknown>
    const { page } = await world.visit(tabbed, strict)
    const leads = async (page: Page, who: string) => {
      const view = await tab(page, 'Network')
      await view.locator('dl > div', { hasText: new RegExp(`Extensions run in\\s*${who}`) }).waitFor()
      return view
    }
    const view = await leads(page, 'this tab')
    const other = await page.context().newPage()
    await other.goto(page.url())
    await leads(other, 'another tab')
    await view.getByLabel('Offline').check()
    await leads(other, 'this tab')
    await page.reload()
    await leads(page, 'other tabs only')
    await (await tab(page, 'Network')).getByLabel('As it is').check()
    await leads(page, 'another tab')
  })
})
