import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest'
import { launch } from './browser.ts'

interface Options extends BrowserContextOptions {
  /** What pages may say. */
  readonly unless?: (line: string) => boolean
}

/**
 * A browser, and for each test a device that nobody has used before. After each test: no page has written to the console,
 * asked in a dialog, left an error or a rejection unhandled, or gone against its policy.
 */
export const useDevice = ({ unless = () => false, ...options }: Options = {}) => {
  let browser: Browser
  let context: BrowserContext
  let heard: string[] = []

  beforeAll(async () => {
    browser = await launch()
  })
  beforeEach(async () => {
    heard = []
    context = await browser.newContext(options)
    await context.addInitScript(() => {
      // A violation is a line in the console too, but a line alone does not say of what.
      addEventListener('securitypolicyviolation', ({ violatedDirective, sample }) => {
        throw new Error(`against the policy: ${violatedDirective} ${sample}`)
      })
    })
  })
  afterEach(async () => {
    for (const each of browser.contexts()) await each.close()
    expect(
      heard.filter((line) => !unless(line)),
      'what pages said',
    ).toEqual([])
  })
  afterAll(() => browser?.close())

  return {
    browser: () => browser,
    context: () => context,
    /** What the pages of this test said. Who expects something empties it. */
    heard: () => heard,
    /** An empty page that is listened to. */
    async page(by = context): Promise<Page> {
      const page = await by.newPage()
      listenTo(page, heard)
      return page
    },
  }
}

/** Everything a page said that nobody asked it to say. The browser's own lines about a failed request are no such thing. */
export const listenTo = (page: Page, heard: string[]): void => {
  page.on('console', (message) => {
    const text = message.text()
    if (!/^(?:Failed to load resource: |Access to fetch at .* has been blocked by CORS policy)/.test(text)) {
      heard.push(`${message.type()}: ${text}`)
    }
  })
  page.on('pageerror', (error) => heard.push(`uncaught: ${error}`))
  page.on('dialog', (dialog) => {
    heard.push(`dialog: ${dialog.message()}`)
    void dialog.dismiss()
  })
}
