// Pages for visitors, each with the flags of whoever asks, and a flag service of its own for it to ask.
//
//     npm run example:node                      http://127.0.0.1:8789
//     node examples/node/server.js --port 0     any free port; the one line printed holds the address
//     … --api http://127.0.0.1:8000/api/v1/     another flag service
//     … --budget-ms 100                         how long a page waits for its flags

import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { serve } from '@hono/node-server'
import { createEdge } from 'guidon/edge'
import { Hono } from 'hono'
import { page } from './page.js'
import { withFlags } from './with-flags.js'

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '8789' },
    api: { type: 'string' },
    'budget-ms': { type: 'string', default: '500' },
  },
})
const file = (path) => readFileSync(new URL(path, import.meta.url), 'utf8')
const listen = (fetch, port) =>
  new Promise((resolve) => {
    const server = serve({ fetch, port, hostname: '127.0.0.1' }, () => resolve(server))
  })
const addressOf = (server) => `http://127.0.0.1:${server.address().port}/`

// ── The flags ───────────────────────────────────────────────────────────────────────────────────────────────────────

const document = JSON.parse(file('../environment.json'))
const service = values.api ? undefined : await listen(createEdge({ document }).handler, 0)
const api = values.api ?? `${addressOf(service)}api/v1/`

// ── The pages ───────────────────────────────────────────────────────────────────────────────────────────────────────

const flags = withFlags({ environmentKey: document.api_key, api }, Number(values['budget-ms']))
const scripts = {
  '/guidon.global.js': file('../../dist/guidon.global.js'),
  '/in-the-page.js': file('in-the-page.js'),
}

const app = new Hono()
app.use(async (c, next) => {
  await next()
  c.header(
    'Content-Security-Policy',
    `default-src 'none'; script-src 'self'; connect-src ${new URL(api).origin}; form-action 'self'`,
  )
  // The page is one visitor's.
  c.header('Cache-Control', 'no-store')
})
app.get('/', flags, (c) => c.html(page(c.var.flags, api)))
app.post('/plan', flags, async (c) => {
  // Awaited, so that the next page knows of it. When the service does not answer, the page comes without.
  await c.var.flags.setTraits({ plan: 'pro' }).catch(() => {})
  return c.redirect('/', 303)
})
for (const [path, text] of Object.entries(scripts))
  app.get(path, (c) => c.body(text, 200, { 'Content-Type': 'text/javascript' }))

const server = await listen(app.fetch, Number(values.port))
process.stdout.write(`The example is at ${addressOf(server)} (Ctrl+C ends it)\n`)

/** No new visitors; those who are here get their pages. Then nothing is left that keeps the process. */
const stop = () => server.close(() => service?.close())
process.once('SIGINT', stop)
process.once('SIGTERM', stop)
