import type { BrowserContext, Page } from 'playwright-core'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { type Demo, start } from '../../chromium/demo.ts'
import { useDevice } from '../../chromium/device.ts'

// The example as `next build` made it, served as `npm run example:next` does.

// React's complaints about hydration are errors in the console.
const device = useDevice()
let example: Demo
let context: BrowserContext
let asked: string[]

beforeEach(async () => {
  example = await start('examples/next/server.js')
  asked = []
  context = await visitor()
})
afterEach(async () => {
  await example.close()
  // Next complains on the server about what is rendered ahead.
  expect(example.complaints()).toBe('')
})

/** A device that nobody has used before, and that remembers what happened to the first `main` of its page. */
const visitor = async (): Promise<BrowserContext> => {
  const context = await device.browser().newContext()
  await context.addInitScript(() => {
    const made = Object.assign(window, { first: null as Element | null, removed: [] as string[] })
    new MutationObserver((changes) => {
      made.first ??= document.querySelector('main')
      for (const { target, removedNodes } of changes)
        for (const node of removedNodes)
          if (made.first?.contains(target)) made.removed.push(`${node.textContent}`)
    }).observe(document, { childList: true, subtree: true })
  })
  return context
}
const open = async (path = '', by = context): Promise<Page> => {
  const page = await device.page(by)
  page.on('request', (request) => asked.push(new URL(request.url()).pathname))
  await page.goto(new URL(path, example.url).href)
  return page
}
/** Presses the button once React has taken it over: before that nobody hears of it. */
const press = async (page: Page) => {
  await page.waitForFunction(() =>
    Object.keys(document.querySelector('button') ?? {}).some((key) => key.startsWith('__reactProps')),
  )
  await page.locator('button:visible').click()
}
const delivery = (page: Page, text: string) =>
  page.locator('main > .delivery:visible', { hasText: text }).waitFor()
/** Next keeps the page that one comes from, and hides it. */
const textOf = (page: Page, selector: string) => page.locator(`${selector}:visible`).innerText()
/** Requests of pages to the flag service. */
const forFlags = () => asked.filter((path) => path.startsWith('/api/'))

const GUID = /[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}/g
/** What the service itself says to somebody. */
const discountOf = async (guid: string): Promise<number> => {
  const response = await fetch(new URL(`api/v1/identities/?identifier=${guid}`, example.url), {
    headers: { 'X-Environment-Key': 'example-key' },
  })
  const { flags } = (await response.json()) as {
    flags: { feature: { name: string }; feature_state_value: number }[]
  }
  return flags.find(({ feature }) => feature.name === 'discount')!.feature_state_value
}
const guidOf = async (by: BrowserContext) =>
  (await by.cookies()).find(({ name }) => name === 'visitor')!.value

it('takes over what the server rendered, and asks for no flags until somebody does', async () => {
  const page = await open('cart')
  await delivery(page, 'on Friday')
  await press(page)
  await delivery(page, 'tomorrow')
  await page.locator('#offer', { hasText: 'tomorrow' }).waitFor()
  expect(forFlags()).toEqual(['/api/v1/identities/'])
  expect(await page.evaluate("document.querySelector('main') === first && removed")).toEqual([])
})

it('keeps its one client when it goes from page to page, and asks for nothing', async () => {
  const page = await open()
  const discount = await textOf(page, '#discount')
  await page.evaluate('window.mark = 1')
  await page.locator('a', { hasText: 'Cart' }).click()
  await page.locator('h1', { hasText: 'Your cart' }).waitFor()
  expect(await textOf(page, '#discount')).toBe(discount)
  expect(forFlags()).toEqual([])

  // What this client has learned is known on the other page.
  await press(page)
  await delivery(page, 'tomorrow')
  await page.locator('a', { hasText: 'Shop' }).click()
  await page.locator('h1', { hasText: 'Hello' }).waitFor()
  expect(await textOf(page, 'main > .delivery')).toBe('It arrives tomorrow.')
  expect(forFlags()).toEqual(['/api/v1/identities/'])
  expect(await page.evaluate('mark')).toBe(1)
})

it('streams what is slow when the rest is there, with the flags that the page has by then', async () => {
  const html = await (await fetch(example.url)).text()
  // What stands in for it is markup only when there was something to wait for.
  expect(html).toMatch(/<p>We are looking into the warehouse …<\/p>.*<p>Three are left.<\/p>/s)
  expect(html.match(/<p class="delivery">It arrives on Friday.<\/p>/g)).toHaveLength(2)

  const page = await device.page(context)
  await page.goto(example.url, { waitUntil: 'commit' })
  await press(page)
  await page.locator('section .delivery', { hasText: 'tomorrow' }).waitFor()
  expect(await textOf(page, 'main > .delivery')).toBe('It arrives tomorrow.')
})

it('shows text with markup in it as text, from the server and after a navigation', async () => {
  const page = await open()
  expect(await textOf(page, 'h1')).toBe('Hello </script> there')
  await page.locator('a', { hasText: 'Cart' }).click()
  await page.locator('h1', { hasText: 'Your cart' }).waitFor()
  await page.locator('a', { hasText: 'Shop' }).click()
  await page.locator('h1', { hasText: 'Hello </script> there' }).waitFor()
})

it('knows each visitor again, and shows them what is theirs, on the server and in the page', async () => {
  const guids = new Set<string>()
  for (const by of [context, await visitor(), await visitor()]) {
    const page = await open('', by)
    const guid = await guidOf(by)
    guids.add(guid)
    const discount = await discountOf(guid)
    for (const again of [false, true]) {
      if (again) await page.reload()
      expect(await textOf(page, '#offer')).toBe(`Today for you: ${discount} % off, delivered on Friday.`)
      expect(await textOf(page, '#discount')).toBe(`${discount} % off`)
    }
    expect(await guidOf(by)).toBe(guid)
  }
  expect(guids.size).toBe(3)
  expect(forFlags()).toEqual([])
})

it('renders 20 visitors at once, and none sees the flags of another', async () => {
  const url = new URL('cart', example.url)
  const discounts = new Set<number>()
  /** One page, for somebody with this cookie or for somebody new. */
  const visit = async (cookie?: string) => {
    const response = await fetch(url, cookie ? { headers: { Cookie: cookie } } : {})
    const html = await response.text()
    const [guid] = (cookie ?? response.headers.get('Set-Cookie')!).match(GUID)!
    const discount = await discountOf(guid)
    discounts.add(discount)
    expect(new Set(html.match(GUID))).toEqual(new Set([guid]))
    expect(html).toContain(`<p id="offer">Today for you: ${discount} % off, delivered on Friday.</p>`)
    expect(html).toContain(`<p id="discount">${discount} % off</p>`)
    expect(html).toContain(`[\\"discount\\",[true,${discount}]]`)
    return guid
  }
  const guids = await Promise.all(Array.from({ length: 20 }, () => visit()))
  expect(new Set(guids).size).toBe(20)
  expect(discounts.size).toBeGreaterThan(1)
  await Promise.all(guids.map((guid) => visit(`visitor=${guid}`)))
})

it('takes whoever has a cookie that is no GUID for nobody', async () => {
  const response = await fetch(new URL('cart', example.url), {
    headers: { Cookie: 'visitor=ada@example.org' },
  })
  const html = await response.text()
  expect(html).toContain('<p id="discount">0 % off</p>')
  expect(html).not.toContain('ada@')
})
