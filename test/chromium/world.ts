import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach } from 'vitest'
import { useDevice } from './device.ts'
import { ada, bob, colours, KEY } from './document.ts'
import { type Net, startNet } from './net.ts'

type Guidon = typeof import('../../src/index.ts') &
  typeof import('../../src/live.ts') &
  typeof import('../../src/analytics.ts') &
  typeof import('../../src/script-tag/start.ts')

/** What a page's script is told. */
export interface Facts {
  readonly api: string
  readonly key: string
  readonly ada: string
  readonly bob: string
}

/** What scripts of pages share. It goes to the page as a text, so it is closed in itself. */
const tools = () => ({
  /** Until a client shows this colour. */
  becomes: (flags: import('../../src/index.ts').Client, value: string) =>
    new Promise<void>((resolve) => {
      const look = () => {
        if (flags.value('colour', '') === value) resolve()
      }
      flags.on('change', look)
      look()
    }),
  /** A hand on the page's visibility: headless pages are visible always. */
  visibility: () => {
    let isVisible = true
    Object.defineProperty(document, 'visibilityState', { get: () => (isVisible ? 'visible' : 'hidden') })
    return (visible: boolean) => {
      isVisible = visible
      document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))
    }
  },
})

type Tools = ReturnType<typeof tools>

/**
 * A script of a page. It runs there, after the script tag with guidon, so it can use nothing but what it is given. What
 * it returns stays in the page, for `ask()`.
 */
export type App<T> = (guidon: Guidon, facts: Facts, tools: Tools) => T

export interface Visit<T> {
  readonly page: Page
  /** Asks the page something about what its script made. */
  ask<R>(question: (made: T) => R): Promise<Awaited<R>>
  leave(): Promise<void>
}

export interface Site {
  /** The address of a page that runs this script, under the host's name. */
  page(app: App<unknown>, options?: PageOptions): string
  close(): void
}

export interface PageOptions {
  /** Default: 127.0.0.1, which browsers trust like https. Whatever ends in `.test` is this machine too, and is not trusted. */
  readonly host?: string
  /** Directives in front of the page's policy. */
  readonly policy?: string
  readonly api?: string
  /** More of the script tag: attributes that start a client. */
  readonly attributes?: string
  /** Markup before the script tag. */
  readonly before?: string
  /** A script of the page's own before the script tag. */
  readonly early?: string
}

const script = () => {
  try {
    return readFileSync('dist/guidon.global.js', 'utf8')
  } catch {
    throw new Error('dist/guidon.global.js is missing. These tests run what is built: `npm run build` first.')
  }
}

/** A server of small pages: the script tag, a script, and a policy that lets nothing else run and reach. */
export const startSite = async (net: Net): Promise<Site> => {
  const guidon = script()
  const pages: (PageOptions & { app: string; policy: string })[] = []
  const server = createServer(({ url = '' }, response) => {
    const [, index, file] = /^\/(\d+)\/([^?]*)/.exec(url) ?? []
    const found = pages[Number(index)]
    if (!found) return void response.writeHead(404).end()
    if (file) {
      const text =
        file === 'guidon.global.js' ? guidon : file === 'early.js' ? (found.early ?? '') : found.app
      return void response.writeHead(200, { 'Content-Type': 'text/javascript' }).end(text)
    }
    response
      .writeHead(200, { 'Content-Type': 'text/html', 'Content-Security-Policy': found.policy })
      .end(
        `<!doctype html>${found.before ?? ''}<script src="early.js"></script>` +
          `<script src="guidon.global.js" ${found.attributes ?? ''}></script><script src="app.js"></script>`,
      )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo

  return {
    page(app, { host = '127.0.0.1', policy = '', api = net.api, ...more } = {}) {
      const facts: Facts = { api, key: KEY, ada, bob }
      pages.push({
        ...more,
        app: `window.made = { it: (${app})(window.guidon, ${JSON.stringify(facts)}, (${tools})()) }`,
        policy: `${policy}default-src 'none'; script-src 'self'; connect-src ${new URL(api).origin}`,
      })
      return `http://${host}:${port}/${pages.length - 1}/`
    },
    close() {
      server.close()
      server.closeAllConnections()
    },
  }
}

/** Opens a page and waits until its script has run. */
export const open = async <T>(page: Page, url: string): Promise<Visit<T>> => {
  await page.goto(url)
  let questions = 0
  return {
    page,
    async ask(question) {
      // In two steps: the answer is laid down in the page and then fetched. Asked for in one, the browser's debugger now
      // and then takes a promise for garbage that is about to resolve, when the page has much to collect.
      const answer = `answer${questions++}`
      await page.evaluate(`(async () => { made.${answer} = await (${question})(made.it) })()`)
      return page.evaluate(`made.${answer}`) as never
    },
    leave: () => page.close(),
  }
}

/** A network, pages, and for each test a device that nobody has used before. */
export const useWorld = () => {
  const device = useDevice()
  let site: Site

  const world = {
    ...device,
    net: undefined as unknown as Net,
    site: () => site,
    async visit<T>(app: App<T>, options?: PageOptions): Promise<Visit<T>> {
      return open(await device.page(), site.page(app, options))
    },
    /** The device's storage, as text by key. */
    async stored(visit: Visit<unknown>): Promise<Record<string, string>> {
      return visit.page.evaluate(() => ({ ...localStorage }))
    },
  }

  beforeAll(async () => {
    world.net = await startNet()
    site = await startSite(world.net)
  })
  beforeEach(async () => {
    await world.net.reset()
    world.net.replace(colours())
  })
  afterAll(async () => {
    site?.close()
    await world.net?.close()
  })
  return world
}
