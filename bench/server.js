// Two local servers on two ports, so that the API is cross-origin, as it is for an app: one for pages and scripts, and
// one that speaks each contestant's protocol about the same flags.

import { createHash } from 'node:crypto'
import { createServer } from 'node:http'
import { IDENTITY, makeFlags, withOneChange, withProbe } from './flags.js'

/**
 * Flagsmith (for guidon, Flagsmith's own client and the floor): `GET flags/`, with the fields that the Edge Proxy sends,
 * which are the fewest.
 */
const flagsmith = (flags) =>
  flags.map(({ id, name, enabled, value }) => ({
    feature: { id, name, type: 'STANDARD' },
    enabled,
    feature_state_value: value,
  }))

/** `GET identities/?identifier=`, and with traits a POST: these flags, and who asked for them. */
const ofIdentity = (flags, { identifier, traits = [] }) => {
  const who = JSON.stringify({ identifier, traits })
  return { bytes: Buffer.concat([Buffer.from(`${who.slice(0, -1)},"flags":`), flags, Buffer.from('}')]) }
}

/** Who asks: a GET says it in its address, a POST in its body. */
const asker = async (request) => {
  if (request.method === 'GET') {
    return { identifier: new URL(request.url, 'http://localhost').searchParams.get('identifier') }
  }
  let body = ''
  for await (const chunk of request) body += chunk
  return JSON.parse(body)
}

/**
 * Unleash's frontend API. A value is the payload of a variant. The path that answers with enabled toggles alone would
 * give Unleash less to know, so all are sent, as Unleash Edge does at `/api/frontend/all`.
 */
const unleash = (flags) => ({
  toggles: flags.map(({ name, enabled, value }) => ({
    name,
    enabled,
    variant:
      value === null
        ? { name: 'disabled', enabled: false, feature_enabled: enabled }
        : {
            name: 'v1',
            enabled: true,
            feature_enabled: enabled,
            payload: {
              type: typeof value === 'number' ? 'number' : value[0] === '{' ? 'json' : 'string',
              value: `${value}`,
            },
          },
    impressionData: false,
  })),
})

/** GrowthBook's features JSON. A feature has one value, so a switch is its state and the others are their value. */
const growthbook = (flags, dateUpdated) => ({
  status: 200,
  features: Object.fromEntries(
    flags.map(({ name, enabled, value }) => [name, { defaultValue: value === null ? enabled : value }]),
  ),
  experiments: [],
  dateUpdated,
})

const answers = (flags, dateUpdated) => {
  const entry = (body) => {
    const bytes = Buffer.from(JSON.stringify(body))
    return { bytes, etag: `"${createHash('sha1').update(bytes).digest('base64url')}"` }
  }
  return {
    flags: entry(flagsmith(flags)),
    frontend: entry(unleash(flags)),
    features: entry(growthbook(flags, dateUpdated)),
  }
}

const listen = async (handle) => {
  const server = createServer(handle)
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { origin: `http://127.0.0.1:${server.address().port}`, close: () => server.closeAllConnections() }
}

/**
 * The API. Each visit has an address of its own, which stays the same when its settings change: clients do not take what
 * they stored for another address.
 */
export const startApi = async (sizes) => {
  const data = new Map()
  for (const size of sizes) {
    const { flags, probe } = withProbe(makeFlags(size))
    const variants = [
      answers(flags, '2026-11-01T10:00:00.000Z'),
      answers(withOneChange(flags), '2026-11-01T10:05:00.000Z'),
    ]
    data.set(size, { flags, probe, variants })
  }

  const visits = new Map()

  const server = await listen(async (request, response) => {
    const [, visit, ...rest] = request.url.split(/[/?]/)
    const settings = visits.get(visit)
    // What the servers of all three allow: any origin, and the headers that were asked for. Preflights may be kept.
    const headers = { 'Access-Control-Allow-Origin': '*', 'Access-Control-Expose-Headers': 'ETag' }
    if (request.method === 'OPTIONS') {
      settings.preflights++
      response.writeHead(204, {
        ...headers,
        'Access-Control-Allow-Methods': 'GET, POST',
        'Access-Control-Allow-Headers': request.headers['access-control-request-headers'] ?? '',
        'Access-Control-Max-Age': '7200',
      })
      response.end()
      return
    }
    settings.requests++
    const kind = ['identities', 'flags', 'frontend', 'features'].find((name) => rest.includes(name))
    // Anything else is a report of usage.
    if (!kind || (request.method !== 'GET' && kind !== 'identities')) {
      response.writeHead(202, headers)
      response.end()
      return
    }
    const { size, mode, delay } = settings
    const turn = mode === 'change' ? settings.turn++ : 0
    const variant = data.get(size).variants[turn % 2]
    const { bytes, etag } =
      kind === 'identities' ? ofIdentity(variant.flags.bytes, await asker(request)) : variant[kind]
    setTimeout(() => {
      headers['Content-Type'] = 'application/json'
      // Flagsmith's answers are not to be kept. GrowthBook's CDN lets them be kept for a while, which would hide a change.
      headers['Cache-Control'] = 'no-store'
      if (kind === 'frontend') {
        // Unleash alone has conditional requests: its client remembers the ETag and sends it along.
        headers.ETag = etag
        if (request.headers['if-none-match'] === etag) {
          response.writeHead(304, headers)
          response.end()
          return
        }
      }
      response.writeHead(200, { ...headers, 'Content-Length': bytes.length })
      response.end(bytes)
    }, delay)
  })

  return {
    ...server,
    /** `mode: 'change'`: each answer has one flag changed since the last. */
    visit(name, { size, mode = 'same', delay = 0 }) {
      const { turn = 0 } = visits.get(name) ?? {}
      visits.set(name, { size, mode, delay, turn, requests: 0, preflights: 0 })
      return `${server.origin}/${name}`
    },
    flags: (size) => data.get(size).flags,
    probe: (size) => data.get(size).probe,
    count: (name) => visits.get(name),
    answerOf(kind, size) {
      const [{ flags, ...others }] = data.get(size).variants
      return (others[kind] ?? ofIdentity(flags.bytes, { identifier: IDENTITY })).bytes.length
    },
  }
}

/**
 * The pages, `/page/<contestant>`, and their scripts. A page loads nothing by itself. Cross-origin isolated, because only
 * then does `performance.now()` tell 5 microseconds apart instead of 100.
 */
export const startPages = async (scripts) => {
  const server = await listen((request, response) => {
    const [, folder, name] = request.url.split('/')
    const body = folder === 'page' ? `<!doctype html><title>${name}</title>` : scripts[name]
    response.writeHead(body === undefined ? 404 : 200, {
      'Content-Type': folder === 'page' ? 'text/html; charset=utf-8' : 'text/javascript; charset=utf-8',
      'Cache-Control': folder === 'page' ? 'no-store' : 'max-age=31536000, immutable',
      'Cross-Origin-Opener-Policy': 'same-origin',
      'Cross-Origin-Embedder-Policy': 'require-corp',
    })
    response.end(body)
  })
  const { port } = new URL(server.origin)
  // Browsers resolve all names under `localhost` to this machine: origins at will.
  return { ...server, page: (host, name) => `http://${host}:${port}/page/${name}` }
}
