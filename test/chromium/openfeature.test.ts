import type { Page } from 'playwright-core'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { type Demo, start } from './demo.ts'
import { useDevice } from './device.ts'

// The example is the app that is tried here: built files and the web SDK, bundled by esbuild, under a strict policy.

const device = useDevice()
let example: Demo
let page: Page

beforeEach(async () => {
  example = await start('examples/openfeature/server.js')
  page = await device.page()
})
afterEach(() => example.close())

const open = async () => {
  await page.goto(example.url)
  await shows('status', 'READY')
}
const shows = (id: string, text: string) =>
  page.locator(`#${id}`, { hasText: new RegExp(`^${text}$`) }).waitFor()
const read = (id: string) => page.locator(`#${id}`).innerText()
const events = () => page.locator('#events li').allInnerTexts()
const logIn = () => page.locator('#session', { hasText: 'Log in' }).click()

it('shows flags of each type, and why they are as they are', async () => {
  await open()
  expect(await read('headline')).toBe('Hello there')
  expect(await read('reason')).toBe('STATIC')
  expect(await read('checkout')).toBe('Fill in these nine fields.')
  expect(await read('discount')).toBe('12.5 % off')
  expect(await events()).toContain('READY')
})

it('is RECONCILING when somebody logs in, until their flags are there', async () => {
  await open()
  let sent: string | null = null
  let answer = () => {}
  const held = new Promise<void>((resolve) => {
    answer = resolve
  })
  await device.context().route(/\/identities\//, async (route) => {
    sent = route.request().postData()
    await held
    await route.continue()
  })
  await logIn()
  await shows('status', 'RECONCILING')
  // Nothing of who was here before.
  expect(await read('headline')).toBe('Welcome')
  answer()
  await shows('headline', 'Welcome back')
  expect(await read('reason')).toBe('TARGETING_MATCH')
  await shows('status', 'READY')
  expect((await events()).slice(-2)).toEqual([
    expect.stringContaining('CONFIGURATION_CHANGED'),
    'CONTEXT_CHANGED',
  ])
  expect(JSON.parse(`${sent}`).traits).toEqual([
    { trait_key: 'plan', trait_value: 'pro' },
    { trait_key: 'country', trait_value: 'FR', transient: true },
  ])
})

it('hears which flag was switched at the service, and shows it', async () => {
  const streaming = page.waitForResponse(/\/sse\//)
  await open()
  await streaming
  await page.locator('#switch').click()
  await shows('checkout', 'Pay with one click.')
  expect(await events()).toContain('CONFIGURATION_CHANGED new-checkout')
  expect(await read('status')).toBe('READY')
})

it('has the flags of its user after a reload without the service, CACHED and STALE', async () => {
  await open()
  await logIn()
  await shows('headline', 'Welcome back')
  await shows('status', 'READY')
  await device.context().route(/\/(?:api|sse)\//, (route) => route.abort())
  await page.reload()
  await shows('status', 'STALE')
  expect(await read('headline')).toBe('Welcome back')
  expect(await read('reason')).toBe('CACHED')
})
