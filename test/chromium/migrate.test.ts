import { readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { resolve } from 'node:path'
import { build, type Plugin } from 'esbuild'
import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { useDevice } from './device.ts'
import { ada, bob, colours, KEY } from './document.ts'
import { held, type Net, startNet } from './net.ts'

/** What a bundler is told by who moves over: nothing but other names. Ours are the built files, theirs as published. */
const ours: Plugin = {
  name: 'ours',
  setup({ onResolve }) {
    onResolve({ filter: /^@flagsmith\/flagsmith/ }, ({ path }) => ({
      path: resolve(path.endsWith('/react') ? 'dist/migrate-react.js' : 'dist/migrate.js'),
    }))
  },
}

/** The page, and the chunks that it loads when it needs them, by their names. */
const bundled = async (plugins: Plugin[]): Promise<Map<string, string>> => {
  const { outputFiles } = await build({
    entryPoints: ['test/chromium/migrate-page.jsx'],
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'browser',
    jsx: 'automatic',
    define: { 'process.env.NODE_ENV': '"production"' },
    outdir: '/',
    write: false,
    plugins,
    logLevel: 'error',
  })
  return new Map(outputFiles.map(({ path, text }) => [path, text]))
}

const device = useDevice()
let net: Net
let server: Server
let origin: string
const sides = new Map<string, Map<string, string>>()
let context: BrowserContext
let loaded: string[]

beforeAll(async () => {
  readFileSync('dist/migrate.js')
  net = await startNet()
  sides.set('theirs', await bundled([]))
  sides.set('ours', await bundled([ours]))
  server = createServer(({ url = '' }, response) => {
    const [, side = '', file] = /^\/(\w+)(\/.*)$/.exec(url) ?? []
    const code = sides.get(side)?.get(file ?? '')
    if (code) {
      loaded.push(file!)
      return void response.writeHead(200, { 'Content-Type': 'text/javascript' }).end(code)
    }
    response.writeHead(200, { 'Content-Type': 'text/html' }).end(
      `<!doctype html><div id="root"></div><script>window.facts = ${JSON.stringify({
        api: net.api,
        streams: `${net.origin}/`,
        key: KEY,
        ada,
        bob,
      })}</script><script type="module" src="migrate-page.js"></script>`,
    )
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
beforeEach(async () => {
  await net.reset()
  net.replace(colours())
  loaded = []
  context = device.context()
})
afterAll(async () => {
  server?.close()
  await net?.close()
})

const open = async (side: string): Promise<Page> => {
  const page = await device.page(context)
  await page.clock.install()
  await page.goto(`${origin}/${side}/`)
  return page
}
const shows = async (page: Page, text: string) => {
  await page.locator('h1', { hasText: text }).waitFor()
  return page.locator('h1').innerText()
}
/** What `onChange` was told. A stream that opens late may ask once more: what is told again, with nothing changed, counts once. */
const told = async (page: Page) => {
  await page.waitForFunction('told.length')
  const all = (await page.evaluate('told.splice(0)')) as { flagsChanged: unknown }[]
  return all.filter(({ flagsChanged }, at) => !at || flagsChanged)
}
const counts = () =>
  net
    .asked()
    .flatMap(({ path, body }) =>
      path.endsWith('/analytics/flags/') ? [Object.keys(JSON.parse(body)).sort()] : [],
    )

/** A visit, a change on the server, other people, and another visit: what the page sees of it all. */
const visits = async (side: string) => {
  const seen: Record<string, unknown> = {}
  const page = await open(side)
  seen.first = await shows(page, 'of ada')
  seen.start = await told(page)

  await page.click('#plan')
  seen.trait = await shows(page, 'pro')
  seen.toldOfTrait = (await told(page)).length
  seen.sent = net
    .asked()
    .filter(({ method, path }) => method === 'POST' && path.endsWith('/identities/')).length

  // Somebody changes a flag. The stream says so, and nobody asks the page to look.
  await expect.poll(() => net.asked().filter(({ path }) => path.includes('/sse/')).length).toBe(1)
  net.replace(colours(', changed'))
  seen.live = await shows(page, 'of ada, changed')

  await page.click('#bob')
  seen.bob = await shows(page, 'of bob, changed')
  await page.click('#out')
  seen.out = await shows(page, 'of nobody, changed')
  await page.evaluate(`app.identify(facts.ada)`)
  seen.again = await shows(page, 'of ada, changed')
  seen.values = await page.evaluate(`[
    app.identity, app.hasFeature('colour'), app.hasFeature('COLOUR'), app.getValue('size', { fallback: 1 }),
    app.getValue('nothing', { fallback: 'no' }), app.hasFeature('nothing', { fallback: true }), app.getTrait('plan'),
  ]`)
  // It tells the server what was read.
  for (let turn = 0; turn < 3; turn++) await page.clock.runFor(11_000)
  await expect.poll(() => counts().length).toBeGreaterThan(0)
  seen.counted = new Set(counts().flat()).has('size')
  await page.close()

  // The next visit begins with what the device has, and then hears of what is new.
  net.replace(colours(', later'))
  const letGo = held(net)
  const next = await open(side)
  seen.cached = await shows(next, 'of ada, changed')
  seen.cachedTold = await told(next)
  letGo()
  seen.later = await shows(next, 'of ada, later')
  seen.laterTold = await told(next)
  await next.close()
  return seen
}

describe('a page written for the official package', () => {
  it('runs unchanged on ours, and sees the same', async () => {
    const theirs = await visits('theirs')
    await context.close()
    context = await device.browser().newContext()
    await net.reset()
    net.replace(colours())
    const ours = await visits('ours')
    expect(ours).toEqual(theirs)
    expect(theirs.values).toEqual([ada, true, true, 16, 'no', true, 'pro'])
  })

  it('goes on, on the first visit after the move, with what the official package left on the device', async () => {
    const before = await open('theirs')
    await shows(before, 'of ada')
    expect(Object.keys(await before.evaluate(() => ({ ...localStorage })))).toContain(`FLAGSMITH_DB_${KEY}`)
    await before.close()

    net.replace(colours(', later'))
    const letGo = held(net)
    const page = await open('ours')
    expect(await shows(page, 'of ada')).toBe('of ada true 16 undefined')
    letGo()
    await shows(page, 'of ada, later')
    await expect
      .poll(() => page.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith('FLAGSMITH'))))
      .toEqual([])
  })

  it('loads what it asks for as chunks of their own, and nothing else', async () => {
    const page = await open('ours')
    await shows(page, 'of ada')
    await expect.poll(() => net.asked().filter(({ path }) => path.includes('/sse/')).length).toBe(1)
    const names = loaded.map((file) => file.replace(/^\/|-[A-Z\d]+\.js$/g, ''))
    expect(names[0]).toBe('migrate-page.js')
    expect(names).toEqual(expect.arrayContaining(['migrate-more', 'live', 'analytics']))
    expect(names.filter((name) => /storage/.test(name))).toEqual([])
  })
})
