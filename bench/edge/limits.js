// What the edge bears: open event streams, readers that do not read, and a document of 10 MB.
//
//   npm run bench:limits                        10,000 streams
//   npm run bench:limits -- --streams 1000
//
// The server is a process of its own. A process has as many connections as the system lets it have files (`ulimit -n`).

import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as wait } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { compile, createEdge, environmentDocument, evaluate } from '../../dist/edge.js'
import { makeDocument, makeIdentity } from './document.js'

const { values: options } = parseArgs({ options: { streams: { type: 'string', default: '10000' } } })
const print = (text) => process.stdout.write(`${text}\n`)

const folder = mkdtempSync(join(tmpdir(), 'guidon-bench-'))
const file = join(folder, 'document.json')
const document = makeDocument()
writeFileSync(file, JSON.stringify(document))
const server = spawn(process.execPath, ['bench/edge/hosted.js', file], {
  stdio: ['ignore', 'pipe', 'inherit'],
})
const sockets = []
try {
  const lines = createInterface({ input: server.stdout })
  const url = await new Promise((resolve) => {
    lines.once('line', (line) => resolve(new URL(/http:\S+:\d+\//.exec(line)[0])))
  })
  /** Kilobytes of the process, by Linux's own count. */
  const memory = () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${server.pid}/status`, 'utf8'))[1])

  let heard = 0
  const open = (reads) =>
    new Promise((resolve, reject) => {
      const socket = connect(Number(url.port), '127.0.0.1')
      socket.once('error', reject)
      socket.write(`GET /sse/environments/${document.api_key}/stream HTTP/1.1\r\nHost: ${url.host}\r\n\r\n`)
      socket.once('data', () => {
        if (reads) socket.on('data', () => heard++)
        else socket.pause()
        resolve()
      })
      sockets.push(socket)
    })

  // One that comes and goes, so that what every server needs once is there.
  await open(true)
  const streams = Number(options.streams)
  const before = memory()
  while (sockets.length <= streams) {
    await Promise.all(Array.from({ length: Math.min(100, streams + 1 - sockets.length) }, () => open(true)))
  }
  await wait(1000)
  const after = memory()
  print(
    `${streams} open streams: ${((after - before) / streams).toFixed(1)} KiB each, ${Math.round(after / 1024)} MiB in all`,
  )

  heard = 0
  const begun = performance.now()
  writeFileSync(file, JSON.stringify({ ...document, updated_at: '2026-11-01T11:00:00.000000Z' }))
  while (heard < sockets.length) await wait(10)
  print(`a change in the file is with all of them after ${Math.round(performance.now() - begun)} ms`)
} finally {
  for (const socket of sockets) socket.destroy()
  server.kill()
  rmSync(folder, { recursive: true })
}

const time = (title, run) => {
  const begun = performance.now()
  const result = run()
  print(`  ${title.padEnd(44)}${(performance.now() - begun).toFixed(0).padStart(6)} ms`)
  return result
}
const large = makeDocument({ features: 1000, segments: 500, overrides: 10_000 })
const text = JSON.stringify(large)
print(
  `a document of ${(text.length / 1e6).toFixed(1)} MB, ${large.feature_states.length} features, ${large.project.segments.length} segments, ${large.identity_overrides.length} identities with overrides`,
)
const parsed = time('JSON.parse', () => JSON.parse(text))
time('environmentDocument: is it one', () => environmentDocument(parsed))
const environment = time('compile', () => compile(parsed))
const edge = time('createEdge: all of it, and prepared answers', () => createEdge({ document: parsed }))
time('replace: the same again, while serving', () => edge.replace(parsed))
const { identifier, traits } = makeIdentity(1)
time('1000 evaluations', () => {
  for (let turn = 0; turn < 1000; turn++)
    evaluate(environment, { identifier, traits: new Map(Object.entries(traits)) })
})
