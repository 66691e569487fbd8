import { expect, it } from 'vitest'
import { start } from '../chromium/demo.ts'

it('the example is built, rendered with the flags of its server, and brings them along as data', async () => {
  const { url, close } = await start('examples/react/server.js')
  const [page, script] = await Promise.all(
    ['', 'page.js'].map(async (path) => (await fetch(new URL(path, url))).text()),
  )
  await close()
  expect(page).toContain('<h1>Hello &lt;/script&gt; there</h1>')
  expect(page).toContain('<p id="checkout">Fill in these nine fields.</p>')
  expect(page?.match(/<script/g)).toHaveLength(2)
  // One client in the bundle: the door for React has none of its own.
  expect(script?.match(/"X-Environment-Key"/g)).toHaveLength(1)
}, 30_000)
