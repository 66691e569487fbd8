import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { colours } from '../document.ts'
import type { Beside } from '../doors.ts'
import { held } from '../net.ts'
import type { App } from '../world.ts'
import { inspectorOf, late, strict, tab, turn, useInspector } from './inspector.ts'

const { world, open } = useInspector()

describe('the timeline', () => {
  const entries = async (page: Page) =>
    (await (await tab(page, 'Timeline')).locator('.timeline > li').allInnerTexts()).map((text) =>
      text.replace(/\s+/g, ' ').replace(/^[\d:.]+ /, ''),
    )

  it('has every arrival, with where from, why, and what changed', async () => {
    const visit = await open()
    const { page } = visit
    await visit.ask(({ flags }) => flags.refresh())
    expect((await entries(page)).filter((entry) => !entry.startsWith('status')).reverse()).toEqual([
      'defaults 2 flags, at the start',
      expect.stringMatching(/^network 2 flags, 2 different, because of the start 2 changes/),
      'network 2 flags, nothing new, because of refresh()',
    ])
    const change = inspectorOf(page).locator('.timeline details').first()
    await change.locator('summary').click()
    expect((await change.locator('li').allInnerTexts()).map((text) => text.replace(/\s+/g, ' '))).toEqual([
      'colour on, bundled → on, of ada',
      'size off, 1 → on, 16',
    ])

    await page.reload()
    await visit.ask(({ flags }) => flags.ready({ from: 'network' }))
    await visit.ask(({ flags }) => flags.identify('b7c1d9e4-1f3a-4c58-8e7d-5a2f6b9c0d31'))
    const again = (await entries(page)).filter((entry) => !entry.startsWith('status')).reverse()
    expect(again[0]).toMatch(/^storage 2 flags, .* old, at the start$/)
    expect(again.slice(-2)).toEqual([
      expect.stringMatching(/^defaults 2 flags|^user identity b7c1d9e4/),
      expect.stringMatching(/^network 2 flags, .* because of identify\(\)/),
    ])
  })

  it('says that it does not know what was before, when it comes late', async () => {
    const visit = await open(late)
    await visit.ask(({ flags, guidonInspector }) => guidonInspector(flags).isOpen)
    expect((await entries(visit.page)).at(-1)).toContain(
      'there already when the inspector came. What was before is not known.',
    )
    const network = await tab(visit.page, 'Network')
    expect(await network.innerText()).toContain('None since the inspector is here.')
  })

  it('says that it has not seen the request that was out when it came', async () => {
    const letGo = held(world.net)
    const visit = await world.visit(late, strict)
    await visit.ask(({ flags, guidonInspector }) => guidonInspector(flags).isOpen)
    letGo()
    await visit.ask(({ flags }) => flags.ready({ from: 'network' }))
    expect((await entries(visit.page)).join('\n')).toMatch(
      /network 2 flags, .* by a request that was not seen/,
    )
  })

  it('tells what came by the stream, what came from another tab, and who leads', async () => {
    const tabbed = ((guidon, { api, key, ada }, tools) => {
      const { inspector } = (globalThis as unknown as Beside).guidon_devtools
      const flags = guidon.createClient({
        environmentKey: key,
        api,
        identity: ada,
        use: [inspector({ open: true }), guidon.tabs([guidon.realtime()])],
      })
      return { flags, becomes: (value: string) => tools.becomes(flags, value) }
    }) satisfies App<unknown>
    const one = await world.visit(tabbed, strict)
    await one.ask(({ becomes }) => becomes('of ada'))
    const other = await one.page.context().newPage()
    await other.goto(one.page.url())
    await inspectorOf(other).locator('.row').first().waitFor()
    while (!world.net.asked().some(({ path }) => path.startsWith('/sse/'))) await turn()
    await inspectorOf(one.page).getByRole('tab', { name: 'Network' }).click()
    await inspectorOf(one.page)
      .locator('dl > div', { hasText: /Event stream\s*open/ })
      .waitFor()
    await inspectorOf(one.page)
      .locator('dl > div', { hasText: /Extensions run in\s*this tab/ })
      .waitFor()
    await inspectorOf(other).getByRole('tab', { name: 'Network' }).click()
    await inspectorOf(other)
      .locator('dl > div', { hasText: /Extensions run in\s*another tab/ })
      .waitFor()

    world.net.replace(colours(' anew'))
    await one.ask(({ becomes }) => becomes('of ada anew'))
    expect((await entries(one.page)).join('\n')).toMatch(/network 2 flags, 1 different, because of an event/)
    expect((await entries(one.page)).join('\n')).toContain('stream something changed on the server')
    await inspectorOf(other).getByRole('tab', { name: 'Timeline' }).click()
    await inspectorOf(other)
      .locator('.timeline > li', { hasText: /tab\s*2 flags, 1 different/ })
      .waitFor()
    await other.close()
  })
})
