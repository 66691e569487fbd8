import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { launch } from './browser.ts'
import { type Demo, start } from './demo.ts'
import { listenTo } from './world.ts'

let browser: Browser
let example: Demo
beforeAll(async () => {
  browser = await launch()
  example = await start('examples/node/server.js', '--budget-ms', '60000')
})
afterAll(async () => {
  await browser?.close()
  await example?.close()
})

it('a page from a Node server: its client takes the flags over and asks for none, under a strict policy', async () => {
  const page = await browser.newPage()
  const heard: string[] = []
  const asked: string[] = []
  listenTo(page, heard)
  page.on('request', (request) => asked.push(new URL(request.url()).pathname))
  await page.goto(example.url)
  await page.getByText('In the page: fresh').waitFor()
  await page.getByRole('button').click()
  await page.getByText('Pay with one click.').waitFor()
  await page.getByText('In the page: fresh').waitFor()
  expect(asked.filter((path) => path.startsWith('/api/'))).toEqual([])
  expect(heard).toEqual([])
  await page.context().close()
})
