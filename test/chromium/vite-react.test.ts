import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest'
import { type Demo, start } from './demo.ts'
import { useDevice } from './device.ts'
import { documentOf } from './document.ts'
import { type Net, startNet } from './net.ts'

// The example is the app that is tried here: built by Vite while nobody answers, and opened before anybody does.

const VITE = 'node_modules/vite/bin/vite.js'
const EXAMPLE = 'examples/vite-react'
const bundled = JSON.parse(readFileSync(`${EXAMPLE}/guidon.flags.json`, 'utf8')).flags
const { environmentKey } = JSON.parse(readFileSync(`${EXAMPLE}/guidon.config.json`, 'utf8'))

/** The app as its bundler makes it. */
const build = (out: string, ...options: string[]) =>
  execFileSync(process.execPath, [VITE, 'build', EXAMPLE, '--outDir', out, '--emptyOutDir', ...options], {
    env: { ...process.env, NODE_ENV: 'production', GUIDON_API: net.api },
    stdio: 'pipe',
  })
/** What of it holds a text. */
const holding = (out: string, text: string) =>
  readdirSync(join(out, 'assets')).filter((name) =>
    readFileSync(join(out, 'assets', name), 'utf8').includes(text),
  )

const device = useDevice()
let net: Net
let out: string
let example: Demo

beforeAll(async () => {
  net = await startNet()
  await net.down()
  out = mkdtempSync(join(tmpdir(), 'guidon-vite-'))
  build(out)
  example = await start(VITE, 'preview', EXAMPLE, '--outDir', out)
})
afterAll(async () => {
  await example?.close()
  await net?.close()
  rmSync(out, { recursive: true, force: true })
})
beforeEach(async () => {
  await net.reset()
  await net.down()
})

const open = async (): Promise<Page> => {
  const page = await device.page()
  await page.goto(example.url)
  return page
}
const says = (page: Page, selector: string, hasText: string) => page.locator(selector, { hasText }).waitFor()
/** The server comes up, with these flags. */
const up = async (values: Parameters<typeof documentOf>[0]) => {
  net.replace({ ...documentOf(values), api_key: environmentKey })
  await net.up()
}

it('shows the flags of the build while there is no server, and those of the server as soon as there is one', async () => {
  const page = await open()
  expect(await page.locator('h1').innerText()).toBe(bundled['home-hero-text'].value)
  expect(await page.locator('#source').innerText()).toBe('defaults')
  await says(page, '#status', 'offline')
  expect(net.seen).toEqual([])
  await up({ 'home-hero-text': 'We are back', 'font-size': 20 })
  await says(page, 'h1', 'We are back')
  expect(await page.locator('#source').innerText()).toBe('network')
})

it('says that the server agrees with the build', async () => {
  const page = await open()
  await says(page, '#source', 'defaults')
  await up({ 'home-hero-text': bundled['home-hero-text'].value })
  await says(page, '#source', 'network')
})

it('starts from what the device had of the server, when that is gone again', async () => {
  const page = await open()
  await up({ 'home-hero-text': 'We are back' })
  await says(page, 'h1', 'We are back')
  await net.down()
  await page.reload()
  await says(page, '#source', 'storage')
  expect(await page.locator('h1').innerText()).toBe('We are back')
})

it('has the flags in the bundle, but for the one that is left out', () => {
  const holds = (text: string) => holding(out, text).length > 0
  expect(holds(bundled['welcome-banner'].value)).toBe(true)
  expect(bundled).toHaveProperty('ai-summaries')
  expect(holds('ai-summaries')).toBe(false)
})

it('has nothing of the inspector in a production build, in no chunk of it', () => {
  for (const trace of ['guidon-inspector', 'adoptedStyleSheets', 'attachShadow'])
    expect(holding(out, trace), trace).toEqual([])
})

it('has the inspector in a build that asks for it, and an override is in the React page at once', async () => {
  const staging = mkdtempSync(join(tmpdir(), 'guidon-vite-'))
  build(staging, '--mode', 'staging')
  expect(holding(staging, 'guidon-inspector')).toHaveLength(1)
  const served = await start(VITE, 'preview', EXAMPLE, '--outDir', staging)
  try {
    const page = await device.page()
    await page.goto(served.url)
    const inspector = page.locator('guidon-inspector')
    await inspector.getByRole('button', { name: 'guidon inspector' }).click()
    await inspector.locator('.row', { hasText: 'home-hero-text' }).click()
    await inspector.getByLabel('Value of home-hero-text').fill('As a tester wants it')
    await inspector.getByRole('button', { name: 'Override', exact: true }).click()
    await says(page, 'h1', 'As a tester wants it')
    await says(page, '#source', 'override')
    await page.reload()
    await says(page, 'h1', 'As a tester wants it')
    await inspector.getByRole('tab', { name: 'Tools' }).click()
    await inspector.getByRole('button', { name: 'Clear all overrides' }).click()
    await says(page, 'h1', bundled['home-hero-text'].value)
  } finally {
    await served.close()
    rmSync(staging, { recursive: true })
  }
})

it('has types: the flags are known by name and value, and so is what the build makes', () => {
  const compile = () =>
    execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', EXAMPLE], { stdio: 'pipe' })
  expect(`${compile()}`).toBe('')
})

it('in Vite’s dev server a page shows what is written into the file', async () => {
  const { createServer } = await import('vite')
  const guidon = await import('../../src/bundler.ts')
  const root = mkdtempSync(join(tmpdir(), 'guidon-vite-dev-'))
  const write = (name: string, text: string) => writeFileSync(join(root, name), text)
  const save = (value: string) =>
    write('guidon.flags.json', JSON.stringify({ flags: { title: { enabled: true, value } } }))
  write('index.html', '<!doctype html><h1></h1><script type="module" src="/app.js"></script>')
  write(
    'app.js',
    "import defaults from 'virtual:guidon/defaults'\ndocument.querySelector('h1').textContent = defaults.flags.title.value",
  )
  save('Hello')
  const server = await createServer({
    root,
    configFile: false,
    logLevel: 'silent',
    server: { host: '127.0.0.1', port: 0 },
    plugins: [guidon.vite()],
  })
  try {
    await server.listen()
    const page = await device.context().newPage()
    await page.goto(server.resolvedUrls!.local[0]!)
    await says(page, 'h1', 'Hello')
    // More than once: a watcher needs a moment before it sees anything.
    await vi.waitFor(
      async () => {
        save('Hello again')
        expect(await page.locator('h1').innerText()).toBe('Hello again')
      },
      { timeout: 30_000, interval: 500 },
    )
  } finally {
    await server.close()
    rmSync(root, { recursive: true })
  }
})
