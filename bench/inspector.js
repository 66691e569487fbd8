// How smoothly the inspector scrolls through 5,000 flags, in a real Chromium.
//
//   npm run bench:inspector
//
// A list that is scrolled by ten rows in each frame, from its beginning to its end. Each frame the page waits for the next one, so
// sixty a second is the most there can be. What the page's main thread does meanwhile is in milliseconds of its own time, which other
// programs do not disturb: less than 16.7 a frame leave room for the page's own.

import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { launch, visit } from './browser.js'

const FLAGS = 5_000
const PAGE = `<!doctype html><title>bench</title><body><script type="module">
  import { createClient } from '/index.js'
  import { guidonInspector } from '/devtools.js'
  const flags = Object.fromEntries(
    Array.from({ length: ${FLAGS} }, (_, i) => ['flag-' + String(i).padStart(4, '0'), { enabled: i % 3 > 0, value: i % 2 ? i : 'a value of flag ' + i }]),
  )
  guidonInspector(createClient({ environmentKey: 'key', api: location.origin, retries: 0, defaults: { flags } }))
</script>`

/** In the page: scrolls down frame by frame, and gives the time from each to the next. */
const scroll = () => {
  const list = document.querySelector('guidon-inspector').shadowRoot.querySelector('[role=listbox]')
  const gaps = []
  let most = 0
  return new Promise((resolve) => {
    let before = performance.now()
    const step = (now) => {
      gaps.push(now - before)
      before = now
      most = Math.max(most, list.querySelectorAll('.row').length)
      list.scrollTop += 360
      if (list.scrollTop + list.clientHeight >= list.scrollHeight - 1) resolve({ gaps: gaps.slice(2), most })
      else requestAnimationFrame(step)
    }
    requestAnimationFrame(step)
  })
}

const server = createServer(({ url }, response) => {
  const file = /^\/(?:index|devtools)\.js$/.exec(url)?.[0]
  const type = file ? 'text/javascript' : url === '/' ? 'text/html' : undefined
  if (!type) return response.writeHead(404).end()
  response.writeHead(200, { 'Content-Type': type }).end(file ? readFileSync(`dist${file}`) : PAGE)
})
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
const { browser, close } = await launch()
try {
  const context = await browser.newContext({ viewport: { width: 1200, height: 800 } })
  const page = await visit(context, `http://127.0.0.1:${server.address().port}/`)
  const [opened] = context.pages()
  await opened.locator('guidon-inspector .row').first().waitFor()
  let scrolled
  const busyMs = await page.mainThreadMs(async () => {
    scrolled = await opened.evaluate(scroll)
  })
  const { gaps, most } = scrolled
  const sorted = [...gaps].sort((a, b) => a - b)
  const ms = gaps.reduce((sum, gap) => sum + gap, 0)
  const long = gaps.filter((gap) => gap > 1_000 / 30).length
  process.stdout.write(`${FLAGS} flags, ${gaps.length} frames, ten rows each
frames a second      ${((gaps.length / ms) * 1_000).toFixed(1)}
95th percentile      ${sorted[Math.floor(sorted.length * 0.95)].toFixed(1)} ms from frame to frame
longer than 33.3 ms  ${long}
main thread          ${(busyMs / gaps.length).toFixed(2)} ms a frame
rows in the page     ${most} at most
`)
} finally {
  await close()
  server.close()
}
