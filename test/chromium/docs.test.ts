import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it } from 'vitest'
import type { Client } from '../../src/index.ts'
import { answerAll } from '../docs/network.ts'
import { BLOCKS, type Block } from '../docs/pages.ts'
import { useDevice } from './device.ts'

// HTML of the docs as a page, with the scripts that the docs show beside it, under the policy that they promise.

const POLICY = "default-src 'none'; script-src 'self'; connect-src https://edge.api.flagsmith.com"
const API = 'https://edge.api.flagsmith.com/**'

const blocks = BLOCKS.filter(({ language }) => language === 'html')

/** A page's files, by their path. */
const filesOf = ({ page, section, code }: Block) => {
  const files = new Map([
    ['/', ['text/html', code]],
    ['/guidon.global.js', ['text/javascript', readFileSync('dist/guidon.global.js', 'utf8')]],
  ])
  for (const { file, code, ...other } of BLOCKS)
    if (file && other.page === page && other.section === section && other.language === 'js')
      files.set(`/${file}`, ['text/javascript', code])
  return files
}

const device = useDevice()

describe('HTML in the docs', () => {
  it('is found', () => expect(blocks.length).toBeGreaterThan(2))

  it.each(blocks.map((block) => [block.where, block] as const))(
    '%s shows the flags of its environment',
    async (_, block) => {
      const files = filesOf(block)
      const server = createServer(({ url = '' }, response) => {
        const [type, text] = files.get(url) ?? []
        response.writeHead(text === undefined ? 404 : 200, {
          'Content-Type': `${type}; charset=utf-8`,
          'Content-Security-Policy': POLICY,
        })
        response.end(text)
      }).listen(0, '127.0.0.1')
      const context = device.context()
      try {
        const answer = answerAll()
        let asked = 0
        await context.route(API, async (route) => {
          const request = route.request()
          asked++
          const response = await answer(
            new Request(request.url(), {
              method: request.method(),
              headers: await request.allHeaders(),
              body: request.postData(),
            }),
          )
          await route.fulfill({
            status: response.status,
            headers: Object.fromEntries(response.headers),
            body: await response.text(),
          })
        })
        const page = await device.page()
        // Its own icon is no business of the block.
        await context.route('**/favicon.ico', (route) => route.fulfill({ status: 204 }))
        await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
        await page.waitForFunction(
          () =>
            (globalThis as unknown as { guidon?: { client?: Client } }).guidon?.client?.status.state ===
            'fresh',
        )
        expect(asked).toBeGreaterThan(0)
        // What the scripts show is the server's: the banner, or the dark mode.
        await page.waitForFunction(
          () =>
            document.documentElement.className === 'dark' ||
            document.querySelector('h1')?.textContent?.startsWith('Welcome to Marlow'),
        )
      } finally {
        server.close()
      }
    },
  )
})
