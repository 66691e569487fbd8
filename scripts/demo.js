// The demo: our own edge server with a believable environment, and a page that shows what the client does with it.
//
//     npm run demo                                     http://127.0.0.1:8787
//     node scripts/demo.js --port 0                    any free port; the one line printed holds the address
//     node scripts/demo.js --document environment.json another environment document
import { readdirSync, readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { extname } from 'node:path'
import { json } from 'node:stream/consumers'
import { parseArgs } from 'node:util'

const root = new URL('../', import.meta.url)
const page = new URL('examples/browser/', root)

const TYPES = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
}

/** The page runs under a policy as strict as they come: no inline script, no inline style, no HTML made from text. */
const PAGE_HEADERS = {
  'Content-Security-Policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "connect-src 'self'",
    "img-src 'self' data:",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
  ].join('; '),
  // An isolated page may measure time in microseconds, which the start-up timeline wants.
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cache-Control': 'no-cache',
  'X-Content-Type-Options': 'nosniff',
}

/** Ends with one clear line. */
const fail = (message) => {
  process.stderr.write(`${message}\n`)
  process.exit(1)
}

const options = () => {
  try {
    return parseArgs({
      options: {
        port: { type: 'string', default: '8787' },
        document: { type: 'string', default: new URL('examples/environment.json', root).pathname },
      },
    }).values
  } catch (error) {
    return fail(error.message)
  }
}

const built = async () => {
  try {
    const integrity = readFileSync(new URL('dist/guidon.global.js.sri', root), 'utf8').trim()
    return { integrity, ...(await import(new URL('dist/edge.js', root).href)) }
  } catch (error) {
    return fail(`The demo serves what is in dist/. Run \`npm run build\` first. (${error.message})`)
  }
}

const { port, document: file } = options()
const { createEdge, nodeListener, integrity } = await built()

// ── The environment ─────────────────────────────────────────────────────────────────────────────────────────────────

let document
let edge
try {
  document = JSON.parse(readFileSync(file, 'utf8'))
  edge = createEdge({ document })
} catch (error) {
  fail(`${file}: ${error.message}`)
}

/** Switches a feature for everybody: in the environment, in segments and for single identities. */
const switchFeature = (name, enabled) => {
  const switched = (states) =>
    states?.map((state) => (state.feature.name === name ? { ...state, enabled } : state))
  const { project } = document
  document = {
    ...document,
    feature_states: switched(document.feature_states),
    project: {
      ...project,
      segments: project.segments?.map((segment) => ({
        ...segment,
        feature_states: switched(segment.feature_states),
      })),
    },
    identity_overrides: document.identity_overrides?.map((override) => ({
      ...override,
      identity_features: switched(override.identity_features),
    })),
  }
  edge.replace(document)
}

/** The demo's own route: `POST /demo/flags` with `{ name, enabled }`. Only as JSON, which no form of another site sends. */
const postFlag = async (request) => {
  if (!request.headers['content-type']?.startsWith('application/json')) return { status: 415 }
  const { name, enabled } = await json(request).catch(() => ({}))
  if (!document.feature_states.some(({ feature }) => feature.name === name)) return { status: 404 }
  if (typeof enabled !== 'boolean') return { status: 400 }
  switchFeature(name, enabled)
  return { status: 204 }
}

// ── The page ────────────────────────────────────────────────────────────────────────────────────────────────────────

const files = new Map(readdirSync(page).map((name) => [`/${name}`, new URL(name, page)]))
for (const name of ['guidon.global.js', 'guidon.global.js.map', 'devtools.js'])
  files.set(`/${name}`, new URL(`dist/${name}`, root))

const escaped = (text) => text.replaceAll('&', '&amp;').replaceAll('"', '&quot;')

/** The page, told which environment it is in and which script it may run. */
const index = async () =>
  (await readFile(new URL('index.html', page), 'utf8'))
    .replace(
      'name="environment-key" content=""',
      () => `name="environment-key" content="${escaped(document.api_key)}"`,
    )
    .replace('src="/guidon.global.js"', () => `src="/guidon.global.js" integrity="${integrity}"`)

const getFile = async (path) => {
  const found = files.get(path)
  if (!found) return { status: 404 }
  try {
    const body = path === '/index.html' ? await index() : await readFile(found)
    const headers = { ...PAGE_HEADERS, 'Content-Type': TYPES[extname(path)] ?? 'application/json' }
    return { status: 200, headers, body }
  } catch {
    return { status: 404 }
  }
}

// ── Both, on one port ───────────────────────────────────────────────────────────────────────────────────────────────

const service = nodeListener(edge.answer)

const answer = async (request, response) => {
  const { pathname } = new URL(request.url, 'http://localhost')
  if (/^\/(?:api|sse|health)\b/.test(pathname)) return service(request, response)
  const { status, headers, body } =
    pathname === '/demo/flags' && request.method === 'POST'
      ? await postFlag(request)
      : request.method === 'GET'
        ? await getFile(pathname === '/' ? '/index.html' : pathname)
        : { status: 405 }
  return response.writeHead(status, headers).end(body)
}

const server = createServer((request, response) => {
  answer(request, response).catch(() => response.writeHead(400).end())
})
server.on('error', (error) =>
  fail(
    error.code === 'EADDRINUSE'
      ? `Port ${port} is taken. Choose another: npm run demo -- --port 8788`
      : `The demo cannot listen: ${error.message}`,
  ),
)
server.listen(Number(port), '127.0.0.1', () => {
  process.stdout.write(`The demo is at http://127.0.0.1:${server.address().port}/ (Ctrl+C ends it)\n`)
})
