import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Demo, start } from './demo.ts'
import { useDevice } from './device.ts'

const device = useDevice()
let example: Demo
beforeAll(async () => {
  example = await start('examples/node/server.js', '--budget-ms', '60000')
})
afterAll(() => example?.close())

it('a page from a Node server: its client takes the flags over and asks for none, under a strict policy', async () => {
  const page = await device.page()
  const asked: string[] = []
  page.on('request', (request) => asked.push(new URL(request.url()).pathname))
  await page.goto(example.url)
  await page.getByText('In the page: fresh').waitFor()
  await page.getByRole('button').click()
  await page.getByText('Pay with one click.').waitFor()
  await page.getByText('In the page: fresh').waitFor()
  expect(asked.filter((path) => path.startsWith('/api/'))).toEqual([])
})
