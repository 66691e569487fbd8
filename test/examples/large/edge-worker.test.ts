import { createRequire } from 'node:module'
import { resolve } from 'node:path'
import { build } from 'esbuild'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createEdge, type EnvironmentDocument } from '../../../src/edge.ts'
import { api, recordedDocument } from '../../edge/recorded.ts'

/** What the runtime gives: a `Response` of this side. */
interface Runtime {
  dispatchFetch(url: string, init?: RequestInit): Promise<Response>
  dispose(): Promise<void>
}

const KEY = '<main client key>'
const document: EnvironmentDocument = { ...recordedDocument(), api_key: KEY }

/** A worker as docs/edge.md has it, with an address more to give it another document. */
const worker = `
  import { createEnvironments } from 'guidon/edge'
  const environments = createEnvironments({
    environments: [{ clientKey: ${JSON.stringify(KEY)}, serverKeys: ['<main server key>'] }, { clientKey: 'late' }],
  })
  environments.replace(${JSON.stringify(document)})
  export default {
    async fetch(request) {
      if (new URL(request.url).pathname !== '/replace') return environments.handler(request)
      environments.replace(await request.json())
      return new Response()
    },
  }`

describe('guidon/edge in the runtime of workers', () => {
  let runtime: Runtime
  beforeAll(async () => {
    const { Miniflare } = createRequire(resolve('examples/worker/package.json'))('miniflare')
    const { outputFiles } = await build({
      stdin: { contents: worker, resolveDir: '.' },
      bundle: true,
      format: 'esm',
      target: 'es2022',
      conditions: ['workerd', 'worker', 'browser'],
      write: false,
    })
    runtime = new Miniflare({ modules: true, script: outputFiles[0]!.text, compatibilityDate: '2025-11-01' })
  })
  afterAll(() => runtime?.dispose())

  const ask = (path: string, { key = KEY, ...init }: RequestInit & { key?: string } = {}) =>
    runtime.dispatchFetch(`http://edge.test${path}`, {
      redirect: 'manual',
      ...init,
      headers: { ...(key && { 'X-Environment-Key': key }), ...init.headers },
    })

  it('answers every recorded request as it does here', async () => {
    const twin = createEdge({ document, serverKeys: ['<main server key>'] })
    let compared = 0
    for (const { name, request } of api) {
      const { method, path, headers, body } = request
      // These fetch may not send, the recorder shortened them, or one environment among several knows no such key.
      if (!/^(GET|POST|OPTIONS)$/.test(method) || !/^\/api\/v1\/(?!.*(chars|truncated)\)$)/.test(path))
        continue
      const init = {
        method,
        headers,
        redirect: 'manual',
        ...(body !== null &&
          method === 'POST' && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      } as const
      const there = await runtime.dispatchFetch(`http://edge.test${path}`, init)
      const here = await twin.handler(new Request(`http://edge.test${path}`, init))
      const [text, expected] = [await there.text(), await here.text()]
      // Of what is no address an edge of one environment says so first, and one of several that there is no such key.
      if (here.status === 404 && there.status === 403) continue
      expect(there.status, name).toBe(here.status)
      // Who names nobody is somebody else each time.
      if (/"identifier":"[\da-f]{32}"/.test(expected)) continue
      expect(text, name).toBe(expected)
      for (const [header, value] of here.headers) {
        // The runtime's affair.
        if (header === 'content-length') continue
        expect(there.headers.get(header), `${name}: ${header}`).toBe(value)
      }
      compared++
    }
    expect(compared).toBeGreaterThan(80)
  })

  it('refuses a missing and an unknown key with 403, and says of a late document 503, which pages may read', async () => {
    for (const [key, status] of [
      ['', 403],
      ['other', 403],
      ['late', 503],
    ] as const) {
      const response = await ask('/api/v1/flags/', { key })
      expect([response.status, response.headers.get('Access-Control-Allow-Origin')]).toEqual([status, '*'])
      expect(await response.json()).toEqual({ detail: expect.any(String) })
    }
  })

  it('refuses a body that is too large', async () => {
    const body = JSON.stringify({ identifier: 'x'.repeat(2_000_000) })
    expect((await ask('/api/v1/identities/', { method: 'POST', body })).status).toBe(413)
  })

  it('tells the readers of events of a change', async () => {
    const response = await ask(`/sse/environments/${encodeURIComponent(KEY)}/stream`)
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader()
    expect((await reader.read()).value).toContain('connected')
    const changed = { ...document, updated_at: '2027-01-01T00:00:00Z', feature_states: [] }
    await ask('/replace', { method: 'POST', body: JSON.stringify(changed) })
    expect((await reader.read()).value).toContain('environment_updated')
    await reader.cancel()
    expect(await (await ask('/api/v1/flags/')).json()).toEqual([])
  })
})
