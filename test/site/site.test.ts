import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join } from 'node:path'
import type { BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { useDevice } from '../chromium/device.ts'
import { DOORS, exportsOf } from '../docs/exports.ts'
import { PAGES } from '../docs/pages.ts'

const SITE = 'dist-docs'
const AXE = readFileSync('docs/site/node_modules/axe-core/axe.min.js', 'utf8')

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.json': 'application/json',
}

const pages = readdirSync(SITE, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.html'))
  .sort()

/** As any server of files has it. */
const server = createServer(({ url = '/' }, response) => {
  const path = join(SITE, decodeURIComponent(new URL(url, 'http://site').pathname))
  const file = existsSync(path) && statSync(path).isDirectory() ? join(path, 'index.html') : path
  const isThere = existsSync(file)
  response.writeHead(isThere ? 200 : 404, {
    'Content-Type': TYPES[extname(file)] ?? 'application/octet-stream',
  })
  response.end(isThere ? readFileSync(file) : 'not here')
})

const device = useDevice()
let origin: string
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => void server.close())

/** A page of the site, what it said, and what it asked for elsewhere. */
const visiting = async (options: BrowserContextOptions, look: (page: Page) => Promise<void>) => {
  const context = await device.browser().newContext(options)
  await context.route(
    (url) => url.origin !== origin,
    (route) => {
      device.heard().push(`asked ${route.request().url()}`)
      return route.abort()
    },
  )
  await look(await device.page(context))
}

/** Until the page is taken over by its script. */
const open = async (page: Page, path: string) => {
  await page.goto(`${origin}/${path}`)
  await page.waitForFunction(
    () => (document.querySelector('#app') as { __vue_app__?: unknown } | null)?.__vue_app__,
  )
}

describe('the site', () => {
  it('has every page of the repository, and says where it is', async () => {
    const place = (page: string) =>
      page === 'README.md'
        ? 'index.html'
        : page
            .replace(/^docs\/README\.md$/, 'pages.html')
            .replace(/^docs\//, '')
            .replace(/(?<=decisions\/)README\.md$/, 'index.html')
            .replace(/(?<=examples\/.*)\/README\.md$/, '.html')
            .replace(/\.md$/, '.html')
    const expected = PAGES.map(place)
    expect(expected.filter((file) => !pages.includes(file))).toEqual([])
    await visiting({}, async (page) => {
      await open(page, 'concepts.html')
      const listed = await page.$$eval('.VPSidebar a', (links) =>
        links.map((link) => new URL((link as HTMLAnchorElement).href).pathname.slice(1)),
      )
      const docs = PAGES.filter((file) => /^docs\/(?!README)[^/]+\.md$/.test(file)).map(place)
      expect(docs.filter((file) => !listed.includes(file))).toEqual([])
    })
  })

  it('has no broken link and no anchor that is not there, says nothing, and asks nobody elsewhere', async () => {
    const anchors = new Map<string, Set<string>>()
    const links: { from: string; to: string }[] = []
    await visiting({ viewport: { width: 360, height: 740 } }, async (page) => {
      for (const path of pages.filter((path) => path !== '404.html')) {
        await open(page, path)
        const found = await page.evaluate(() => ({
          ids: [...document.querySelectorAll('[id]')].map(({ id }) => id),
          links: [...document.querySelectorAll<HTMLAnchorElement>('a[href]')].map(({ href }) => href),
          title: document.title,
          headings: document.querySelectorAll('h1').length,
          // On a phone the page itself does not move to the side.
          over: document.documentElement.scrollWidth - innerWidth,
        }))
        anchors.set(`/${path}`, new Set(found.ids))
        for (const to of found.links) links.push({ from: path, to })
        expect(found, path).toMatchObject({ headings: 1, over: 0 })
        expect(found.title, path).not.toBe('')
      }
    })
    expect(links.length).toBeGreaterThan(1_000)
    const broken = links.filter(({ to }) => {
      const { origin: at, pathname, hash } = new URL(to)
      if (at !== origin) return false
      const ids = anchors.get(pathname.endsWith('/') ? `${pathname}index.html` : pathname)
      return !ids || (hash !== '' && !ids.has(decodeURIComponent(hash.slice(1))))
    })
    expect([...new Set(broken.map(({ from, to }) => `${from} → ${to.replace(origin, '')}`))]).toEqual([])
  })

  /** One page of each kind. */
  const KINDS = [
    'index.html',
    'getting-started.html',
    'react.html',
    'security.html',
    'faq.html',
    'decisions/index.html',
    'reference/guidon.html',
    'files/test/caches/scenarios.ts.html',
    'changelog.html',
  ]

  it.each(
    KINDS.flatMap((path) => (['light', 'dark'] as const).map((colorScheme) => [path, colorScheme] as const)),
  )('%s can be read by everybody, in %s', async (path, colorScheme) => {
    await visiting({ colorScheme }, async (page) => {
      await open(page, path)
      expect(await page.evaluate(() => document.documentElement.classList.contains('dark'))).toBe(
        colorScheme === 'dark',
      )
      // Colours come slowly, and would be looked at on their way.
      await page.addStyleTag({
        content: '*, *::before, *::after { transition: none !important; animation: none !important }',
      })
      await page.evaluate(AXE)
      const problems = await page.evaluate(async () => {
        type Axe = {
          run(options: unknown): Promise<{
            violations: { id: string; nodes: { html: string; failureSummary: string }[] }[]
            passes: { id: string }[]
          }>
        }
        const { violations, passes } = await (globalThis as unknown as { axe: Axe }).axe.run({
          // A column of explanations needs no name.
          rules: { 'empty-table-header': { enabled: false } },
          runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice'],
        })
        return {
          found: violations.flatMap(({ id, nodes }) =>
            nodes.slice(0, 5).map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`),
          ),
          looked: passes.map(({ id }) => id),
        }
      })
      expect(problems.looked).toContain('color-contrast')
      expect(problems.found).toEqual([])
    })
  })

  it('finds words, by itself', async () => {
    await visiting({}, async (page) => {
      await open(page, 'index.html')
      await page.locator('.VPNavBarSearch button').first().click()
      await page.locator('input#localsearch-input').fill('enumeration identifiers guess')
      await page.locator('.results a', { hasText: 'Guessing who is who' }).first().click()
      await page.waitForURL(/security\.html#guessing-who-is-who$/)
    })
  })

  it('can be read without any script', async () => {
    await visiting({ javaScriptEnabled: false }, async (page) => {
      await page.goto(`${origin}/errors.html`)
      expect(await page.locator('.vp-doc').innerText()).toContain('guessable-identifier')
    })
  })

  it.each(DOORS)('has each export of $door in its reference', async ({ door, file }) => {
    await visiting({ javaScriptEnabled: false }, async (page) => {
      await page.goto(`${origin}/reference/${door.replace('guidon/', '').replace('/', '-')}.html`)
      expect(await page.locator('h1').innerText()).toContain(door)
      const names = await page.$$eval('.vp-doc h3', (headings) =>
        headings.map(({ textContent }) => /[\w$]+/.exec(textContent ?? '')?.[0]),
      )
      expect(
        exportsOf(file)
          .map(({ name }) => name)
          .filter((name) => !names.includes(name)),
      ).toEqual([])
    })
  })
})
