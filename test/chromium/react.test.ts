import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { launch } from './browser.ts'
import { type Demo, start } from './demo.ts'
import { listenTo } from './world.ts'

// The example is the app that is tried here: built files, bundled by esbuild, rendered by a server, under a strict policy.

let example: Demo
let browser: Browser
let context: BrowserContext
let heard: string[]
let asked: string[]

beforeAll(async () => {
  browser = await launch()
})
afterAll(() => browser?.close())
beforeEach(async () => {
  example = await start('examples/react/server.js')
  heard = []
  asked = []
  context = await browser.newContext()
  // The first thing that a page's script finds: what the server rendered, to be compared with what becomes of it.
  await context.addInitScript(() => {
    addEventListener('securitypolicyviolation', ({ violatedDirective }) => {
      throw new Error(`against the policy: ${violatedDirective}`)
    })
    addEventListener('DOMContentLoaded', () => {
      const made = Object.assign(window, { rendered: document.querySelector('main') })
      new MutationObserver((changes) => {
        for (const { target } of changes) seen.push((target.parentElement ?? (target as Element)).id)
      }).observe(made.rendered as Element, { childList: true, characterData: true, subtree: true })
    })
    const seen: string[] = []
    Object.assign(window, { seen })
  })
})
afterEach(async () => {
  await context.close()
  await example.close()
  // React's complaints about hydration are errors in the console. It also speaks of its tools.
  expect(heard.filter((line) => !line.includes('React DevTools'))).toEqual([])
})

const open = async (): Promise<Page> => {
  const page = await context.newPage()
  listenTo(page, heard)
  page.on('request', (request) => asked.push(new URL(request.url()).pathname))
  await page.goto(example.url)
  return page
}
/** Only a page that was taken over does something when its button is pressed. */
const press = async (page: Page) => {
  const pressed = page.waitForResponse(/\/switch$/)
  await page.locator('button').click()
  await pressed
}
const checkout = (page: Page, text: string) => page.locator('#checkout', { hasText: text }).waitFor()

it('takes over what the server rendered: no element is made anew, no text, and no flags are asked for', async () => {
  // No stream comes about, so nothing tells the page of a change.
  await context.route(/\/sse\//, () => {})
  const page = await open()
  await press(page)
  expect(await page.evaluate("document.querySelector('main') === rendered && seen")).toEqual([])
  expect(asked.filter((path) => path.startsWith('/api/'))).toEqual([])
})

it('shows in one page what is changed from another, and touches nothing else', async () => {
  const one = await open()
  const other = await open()
  await checkout(one, 'nine fields')
  await press(other)
  await checkout(one, 'one click')
  await checkout(other, 'one click')
  const seen = "document.querySelector('main') === rendered && seen.filter((id) => id !== 'status')"
  expect(await one.evaluate(seen)).toEqual(['checkout'])
})

it('shows text with markup in it as text', async () => {
  const page = await open()
  expect(await page.locator('h1').innerText()).toBe('Hello </script> there')
})

it('shows what the server rendered to who runs no script', async () => {
  const still = await browser.newContext({ javaScriptEnabled: false })
  const page = await still.newPage()
  await page.goto(example.url)
  expect(await page.locator('#checkout').innerText()).toBe('Fill in these nine fields.')
  await still.close()
})
