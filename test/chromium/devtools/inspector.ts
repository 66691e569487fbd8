// The inspector, in pages under a strict policy: no style and no script of a page's own is allowed there.

import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Locator, Page } from 'playwright-core'
import { beforeEach } from 'vitest'
import { type Beside, useDoor } from '../doors.ts'
import { type App, type PageOptions, useWorld, type Visit } from '../world.ts'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

export const app = ((guidon, { api, key, ada }) => {
  const { guidonInspector, inspector } = (globalThis as unknown as Beside).guidon_devtools
  const line = document.querySelector('#line') as HTMLElement
  const flags = guidon.createClient({
    environmentKey: key,
    api,
    identity: ada,
    retries: 0,
    consent: { storage: !('denied' in window) },
    defaults: { flags: { colour: { enabled: true, value: 'bundled' }, size: { enabled: false, value: 1 } } },
    // In front of who counts, though it is asked to be behind.
    use: [inspector({ open: true, links: location.hash === '#links' }), guidon.analytics()],
  })
  const first = flags.value('colour', '')
  const show = () => {
    line.textContent = `${flags.value('colour', 'none')} ${flags.value('size', 0)} ${flags.isEnabled('colour')}`
  }
  show()
  flags.on('change', show)
  const heard: unknown[] = []
  flags.onFlag('colour', (flag) => heard.push([flag?.value, flag?.source]))
  return { flags, first, heard, guidonInspector }
}) satisfies App<unknown>

/** The inspector that comes when the client has been there for long. */
export const late = ((guidon, { api, key, ada }) => {
  const { guidonInspector } = (globalThis as unknown as Beside).guidon_devtools
  const flags = guidon.createClient({
    environmentKey: key,
    api,
    identity: ada,
    retries: 0,
    use: [guidon.analytics()],
  })
  const heard: unknown[] = []
  flags.onFlag('colour', (flag) => heard.push([flag?.value, flag?.source]))
  flags.on('change', ({ changed, source }) => heard.push([...changed, source]))
  flags.on('settled', () => heard.push('settled'))
  return { flags, heard, guidonInspector }
}) satisfies App<unknown>

export const strict: PageOptions = {
  policy: "require-trusted-types-for 'script'; trusted-types 'none'; ",
  before: '<main><p id="line"></p></main>',
}
type Shown = Visit<ReturnType<typeof app>>

export const inspectorOf = (page: Page) => page.locator('guidon-inspector')
export const tab = async (page: Page, name: string) => {
  await inspectorOf(page).getByRole('tab', { name }).click()
  return inspectorOf(page).locator('.view:not([hidden])')
}
export const row = (page: Page, name: string): Locator =>
  inspectorOf(page).locator('.row').filter({ hasText: name })
export const line = (page: Page, text: string) => page.locator('#line', { hasText: text }).waitFor()
export const said = (page: Page, text: string) =>
  inspectorOf(page).locator('.foot', { hasText: text }).waitFor()

/** Overrides a flag as a tester does. */
export const override = async (page: Page, name: string, type: string, value: string) => {
  await tab(page, 'Flags')
  await row(page, name).click()
  const detail = inspectorOf(page).locator('.detail')
  await detail.getByLabel('Type of the value').selectOption(type)
  await detail.getByLabel(`Value of ${name}`).fill(value)
  await detail.getByRole('button', { name: /^(?:Override|Change)$/ }).click()
  await frame(page)
}
/** Until the page has been drawn. */
export const frame = (page: Page) =>
  page.evaluate('new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))')
/** What axe complains of, in the page with all that is in it. */
export const complaints = async (page: Page) => {
  await page.evaluate(axe)
  const { violations } = (await page.evaluate('axe.run(document)')) as {
    violations: { id: string; nodes: { html: string; failureSummary: string }[] }[]
  }
  // That the page has neither language, title nor heading is not the inspector's.
  return violations.flatMap(({ id, nodes }) =>
    nodes
      .filter(({ html }) => !/^<html|^<p id="line"/.test(html))
      .map(({ html, failureSummary }) => [id, html, failureSummary]),
  )
}
export const turn = () => new Promise((resolve) => setTimeout(resolve, 5))
export const kept = (visit: Visit<unknown>) =>
  visit.page.evaluate(() => {
    const key = Object.keys(localStorage).find((name) => name.startsWith('guidon-inspector.'))
    return key ? { key, text: localStorage.getItem(key) as string } : undefined
  })

/** A world in which pages find the inspector. */
export const useInspector = () => {
  const world = useWorld()
  useDoor(world, 'devtools')
  beforeEach(() => world.context().setDefaultTimeout(15_000))
  return {
    world,
    /** Visits a page, and waits for the server's flags. */
    async open(made: App<unknown> = app, options = strict) {
      const visit = (await world.visit(made as typeof app, options)) as Shown
      await visit.ask(({ flags }) => flags.ready({ from: 'network' }))
      return visit
    },
  }
}
