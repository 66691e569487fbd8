// Next, and a flag service for it to ask, on one port. An app of yours needs no such file: it has `next start`, and a FLAGS_API.
//
//     npm run example:next                      http://127.0.0.1:8791
//     node examples/next/server.js --port 0     any free port; the one line printed holds the address

import { createServer } from 'node:http'
import { parseArgs } from 'node:util'
import { createEdge, nodeListener } from 'guidon/edge'
import next from 'next'

// ── The flags ───────────────────────────────────────────────────────────────────────────────────────────────────────

let isExpress = false
const flag = (id, name, enabled, value) => ({
  feature: { id, name, type: 'STANDARD' },
  enabled,
  feature_state_value: value,
})
/** A quarter of all visitors gets each of these. By its GUID, a visitor gets the same each time. */
const discounts = [5, 10, 15, 20].map((value, index) => ({
  multivariate_feature_option: { value },
  percentage_allocation: 25,
  id: index + 1,
}))
const environment = () => ({
  api_key: 'example-key',
  project: { segments: [] },
  feature_states: [
    flag(1, 'headline', true, 'Hello </script> there'),
    flag(2, 'express', isExpress, null),
    { ...flag(3, 'discount', true, 0), django_id: 3, multivariate_feature_state_values: discounts },
  ],
})
const edge = createEdge({ document: environment() })
const service = nodeListener(edge.answer)

// ── The server ──────────────────────────────────────────────────────────────────────────────────────────────────────

const app = next({ dir: import.meta.dirname })
await app.prepare()
const page = app.getRequestHandler()

const answer = (request, response) => {
  if (request.url.startsWith('/api/')) return service(request, response)
  if (request.url === '/switch' && request.method === 'POST') {
    isExpress = !isExpress
    edge.replace(environment())
    return response.writeHead(204).end()
  }
  return page(request, response)
}

const { values } = parseArgs({ options: { port: { type: 'string', default: '8791' } } })
const server = createServer(answer).listen(Number(values.port), '127.0.0.1', () => {
  const url = `http://127.0.0.1:${server.address().port}/`
  process.env.FLAGS_API = `${url}api/v1/`
  process.stdout.write(`The example is at ${url} (Ctrl+C ends it)\n`)
})
