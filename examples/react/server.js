// A page that is rendered here and taken over there, and a flag service of its own for it to ask.
//
//     npm run example:react                      http://127.0.0.1:8788
//     node examples/react/server.js --port 0     any free port; the one line printed holds the address

import { createServer } from 'node:http'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { build } from 'esbuild'
import { createClient, newGuid, snapshotScript } from 'guidon'
import { createEdge, nodeListener } from 'guidon/edge'
import { GuidonProvider } from 'guidon/react'
import { createElement } from 'react'
import { renderToString } from 'react-dom/server'

const here = (path) => fileURLToPath(new URL(path, import.meta.url))

// ── The app, for the browser and for this server ────────────────────────────────────────────────────────────────────

const built = { bundle: true, format: 'esm', jsx: 'automatic' }
const { outputFiles } = await build({ ...built, entryPoints: [here('page.jsx')], write: false })
const script = outputFiles[0].text
await build({
  ...built,
  entryPoints: [here('app.jsx')],
  packages: 'external',
  platform: 'node',
  outfile: here('.cache/app.js'),
})
const { App } = await import('./.cache/app.js')

// ── The flags ───────────────────────────────────────────────────────────────────────────────────────────────────────

let isNew = false
const flag = (id, name, enabled, value) => ({
  feature: { id, name, type: 'STANDARD' },
  enabled,
  feature_state_value: value,
})
const environment = () => ({
  api_key: 'example-key',
  project: { segments: [] },
  feature_states: [flag(1, 'headline', true, 'Hello </script> there'), flag(2, 'new-checkout', isNew, null)],
})
const edge = createEdge({ document: environment() })
const service = nodeListener(edge.answer)

// ── The page ────────────────────────────────────────────────────────────────────────────────────────────────────────

/** One client for one visit: nothing is shared with another. */
const render = async () => {
  const client = createClient({
    environmentKey: 'example-key',
    identity: newGuid(),
    fetch: (url, init) => edge.handler(new Request(url, init)),
  })
  await client.ready({ from: 'network', timeoutMs: 500 })
  const html = renderToString(createElement(GuidonProvider, { client }, createElement(App)))
  const page = `<!doctype html><html lang="en"><meta charset="utf-8"><title>guidon and React</title>
<div id="root">${html}</div>${snapshotScript(client.snapshot())}<script type="module" src="/page.js"></script></html>`
  client.close()
  return page
}

const HEADERS = {
  'Content-Security-Policy': "default-src 'none'; script-src 'self'; connect-src 'self'",
  'Cache-Control': 'no-store',
}
const answer = async (request, response) => {
  const send = (type, text) => response.writeHead(200, { ...HEADERS, 'Content-Type': type }).end(text)
  const { pathname } = new URL(request.url, 'http://localhost')
  if (/^\/(?:api|sse)\//.test(pathname)) return service(request, response)
  if (pathname === '/') return send('text/html', await render())
  if (pathname === '/page.js') return send('text/javascript', script)
  if (pathname === '/switch' && request.method === 'POST') {
    isNew = !isNew
    edge.replace(environment())
    return response.writeHead(204).end()
  }
  return response.writeHead(404).end()
}

const { values } = parseArgs({ options: { port: { type: 'string', default: '8788' } } })
const server = createServer(answer).listen(Number(values.port), '127.0.0.1', () => {
  process.stdout.write(`The example is at http://127.0.0.1:${server.address().port}/ (Ctrl+C ends it)\n`)
})
