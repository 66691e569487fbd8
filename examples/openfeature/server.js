// A page that reads its flags through OpenFeature, and a flag service of its own for it to ask.
//
//     npm run example:openfeature                      http://127.0.0.1:8792
//     node examples/openfeature/server.js --port 0     any free port; the one line printed holds the address

import { createServer } from 'node:http'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { build } from 'esbuild'
import { createEdge, nodeListener } from 'guidon/edge'

// ── The page ────────────────────────────────────────────────────────────────────────────────────────────────────────

const { outputFiles } = await build({
  entryPoints: [fileURLToPath(new URL('page.js', import.meta.url))],
  bundle: true,
  format: 'esm',
  write: false,
})
const script = outputFiles[0].text
const page = `<!doctype html><html lang="en"><meta charset="utf-8"><title>guidon and OpenFeature</title>
<h1 id="headline"></h1>
<p>That headline's reason: <code id="reason"></code></p>
<p id="checkout"></p>
<p id="discount"></p>
<p>The provider is <code id="status"></code></p>
<button type="button" id="session"></button>
<button type="button" id="switch">Switch the checkout on the server, for everybody</button>
<ol id="events"></ol>
<script type="module" src="/page.js"></script></html>`

// ── The flags ───────────────────────────────────────────────────────────────────────────────────────────────────────

let isNew = false
const flag = (id, name, enabled, value) => ({
  feature: { id, name, type: 'STANDARD' },
  enabled,
  feature_state_value: value,
})
const environment = () => ({
  api_key: 'example-key',
  project: {
    segments: [
      {
        id: 1,
        name: 'pro',
        rules: [
          { type: 'ALL', conditions: [{ operator: 'EQUAL', property_: 'plan', value: 'pro' }], rules: [] },
        ],
        feature_states: [flag(1, 'headline', true, 'Welcome back')],
      },
    ],
  },
  feature_states: [
    flag(1, 'headline', true, 'Hello there'),
    flag(2, 'new-checkout', isNew, null),
    // A number with a fraction is text, as Flagsmith keeps it.
    flag(3, 'discount', true, '12.5'),
  ],
})
const edge = createEdge({ document: environment() })
const service = nodeListener(edge.answer)

const HEADERS = {
  'Content-Security-Policy': "default-src 'none'; script-src 'self'; connect-src 'self'",
  'Cache-Control': 'no-store',
}
const answer = (request, response) => {
  const send = (type, text) => response.writeHead(200, { ...HEADERS, 'Content-Type': type }).end(text)
  const { pathname } = new URL(request.url, 'http://localhost')
  if (/^\/(?:api|sse)\//.test(pathname)) return service(request, response)
  if (pathname === '/') return send('text/html', page)
  if (pathname === '/page.js') return send('text/javascript', script)
  if (pathname === '/switch' && request.method === 'POST') {
    isNew = !isNew
    edge.replace(environment())
    return response.writeHead(204).end()
  }
  return response.writeHead(404).end()
}

const { values } = parseArgs({ options: { port: { type: 'string', default: '8792' } } })
const server = createServer(answer).listen(Number(values.port), '127.0.0.1', () => {
  process.stdout.write(`The example is at http://127.0.0.1:${server.address().port}/ (Ctrl+C ends it)\n`)
})
