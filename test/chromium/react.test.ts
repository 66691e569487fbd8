import type { Page } from 'playwright-core'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { type Demo, start } from './demo.ts'
import { useDevice } from './device.ts'

// The example is the app that is tried here: built files, bundled by esbuild, rendered by a server, under a strict policy.

// React's complaints about hydration are errors in the console. It also speaks of its tools.
const device = useDevice({ unless: (line) => line.includes('React DevTools') })
let example: Demo
let asked: string[]

beforeEach(async () => {
  example = await start('examples/react/server.js')
  asked = []
  // The first thing that a page's script finds: what the server rendered, to be compared with what becomes of it.
  await device.context().addInitScript(() => {
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
afterEach(() => example.close())

const open = async (): Promise<Page> => {
  const page = await device.page()
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
  await device.context().route(/\/sse\//, () => {})
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
  const page = await device.page(await device.browser().newContext({ javaScriptEnabled: false }))
  await page.goto(example.url)
  expect(await page.locator('#checkout').innerText()).toBe('Fill in these nine fields.')
})
