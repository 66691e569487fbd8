// The pictures of the demo and of the inspector, in docs/pictures/: light, dark and on a phone.
//
//   npm run pictures
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync } from 'node:fs'
import { launch } from '../bench/browser.js'

const FOLDER = 'docs/pictures'
/** Somebody who does not exist. */
const WHO = '3f2b8c1e-8d52-4b3a-9a54-0c9d1d6e7f10'
const DESK = { viewport: { width: 1200, height: 800 } }
const PHONE = { viewport: { width: 390, height: 780 }, deviceScaleFactor: 2 }

mkdirSync(FOLDER, { recursive: true })
const demo = spawn(process.execPath, ['scripts/demo.js', '--port', '0'], {
  stdio: ['ignore', 'pipe', 'inherit'],
})
const [line] = await once(demo.stdout, 'data')
const url = /http:\S+/.exec(`${line}`)[0]
const { browser, close } = await launch()

/** The demo, with a user who has traits of each kind. */
const open = async (options, address = url) => {
  const context = await browser.newContext({ reducedMotion: 'reduce', ...options })
  const page = await context.newPage()
  await page.goto(address)
  await page.locator('#state[data-state=fresh]').waitFor()
  const said = () => page.locator('#said', { hasText: 'request' }).waitFor()
  await page.fill('#identifier', WHO)
  await page.click('#identify button')
  await said()
  for (const [key, value, kind] of [
    ['plan', 'enterprise', 'persistent'],
    ['country', 'FR', 'transient'],
    ['email', 'ada@example.com', 'persistent'],
  ]) {
    await page.fill('#trait-key', key)
    await page.fill('#trait-value', value)
    await page.check(`input[value=${kind}]`)
    await page.click('#trait button')
    await page.locator('#traits', { hasText: key }).waitFor()
  }
  await page.locator('#state[data-state=fresh]').waitFor()
  return page
}

/** The inspector over the demo, with something overridden. */
const inspect = async (page) => {
  await page.evaluate(() => scrollTo(0, 0))
  await page.click('#inspector')
  const inspector = page.locator('guidon-inspector')
  for (let i = 0; i < 2; i++) await inspector.getByRole('separator').press('ArrowUp')
  await inspector.locator('.row', { hasText: 'font-size' }).click()
  await inspector.getByLabel('Value of font-size').fill('22')
  await inspector.getByRole('button', { name: 'Override', exact: true }).click()
  await inspector.locator('.foot', { hasText: 'font-size is overridden' }).waitFor()
  await page.evaluate(() => scrollTo(0, 0))
  return inspector
}
/** A tab of it, when it has come to rest. */
const turnTo = async (inspector, name) => {
  await inspector.getByRole('tab', { name }).click()
  await inspector.page().waitForTimeout(300)
}
const take = (page, name) => page.screenshot({ path: `${FOLDER}/${name}.png` })

try {
  for (const colorScheme of ['light', 'dark']) {
    const page = await open({ ...DESK, colorScheme })
    await page.evaluate(() => {
      document.activeElement?.blur()
      scrollTo(0, 0)
    })
    await take(page, `demo-${colorScheme}`)
    const inspector = await inspect(page)
    await turnTo(inspector, 'Flags')
    await take(page, `inspector-${colorScheme}`)
    if (colorScheme === 'dark') continue
    await page.evaluate(() => document.querySelector('#toggle-button').click())
    await inspector.locator('.state[data-state=fresh]').waitFor()
    await turnTo(inspector, 'Timeline')
    await inspector.locator('summary').first().click()
    await take(page, 'inspector-timeline')
  }
  const page = await open({ ...PHONE, colorScheme: 'light' })
  await take(page, 'demo-phone')
  const inspector = await inspect(page)
  await turnTo(inspector, 'Identity')
  await take(page, 'inspector-phone')
} finally {
  await close()
  demo.kill()
}
process.stdout.write(`The pictures are in ${FOLDER}/\n`)
