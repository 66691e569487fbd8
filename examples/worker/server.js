// Two workers in the runtime of Cloudflare's, on this machine: one serves pages, the other the flags.
//
//     npm run example:worker                      http://127.0.0.1:8790
//     node examples/worker/server.js --port 0     any free port; the one line printed holds the address
//     … --api http://127.0.0.1:8000/api/v1/       another flag service
//     … --budget-ms 100                           how long a page waits for its flags

import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { build } from 'esbuild'
import { Miniflare } from 'miniflare'

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '8790' },
    api: { type: 'string' },
    'budget-ms': { type: 'string', default: '500' },
  },
})
const here = (path) => fileURLToPath(new URL(path, import.meta.url))

/** A worker as `wrangler` bundles it. */
const worker = async (name, file) => {
  const { outputFiles } = await build({
    entryPoints: [here(file)],
    bundle: true,
    format: 'esm',
    target: 'es2022',
    conditions: ['workerd', 'worker', 'browser'],
    loader: { '.html': 'text' },
    write: false,
  })
  return { name, modules: true, script: outputFiles[0].text, compatibilityDate: '2025-11-01' }
}

const { api_key } = JSON.parse(readFileSync(here('../environment.json'), 'utf8'))
const pages = {
  ...(await worker('pages', 'worker.js')),
  bindings: {
    FLAGS_KEY: api_key,
    FLAGS_API: values.api ?? 'http://flags.example/api/v1/',
    BUDGET_MS: Number(values['budget-ms']),
  },
  // Whatever the worker asks the network for. On the real one it has a route of its own.
  ...(!values.api && { outboundService: 'flags' }),
}
const runtime = new Miniflare({
  host: '127.0.0.1',
  port: Number(values.port),
  workers: [pages, await worker('flags', 'flag-service.js')],
})
process.stdout.write(`The example is at ${await runtime.ready} (Ctrl+C ends it)\n`)
