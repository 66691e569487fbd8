// What the edge bears: open event streams, and a document of 10 MB.
//
//   npm run bench:limits                        10,000 streams
//   npm run bench:limits -- --streams 1000
//
// `guidon edge` and the flag service that it follows are processes of their own. A process has as many connections as the
// system lets it have files (`ulimit -n`).

import { connect } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { compile, createEdge, environmentDocument, evaluate } from '../../dist/edge.js'
import { makeDocument, makeIdentity } from './document.js'
import { startEdge } from './servers.js'

const { values: options } = parseArgs({ options: { streams: { type: 'string', default: '10000' } } })
const streams = Number(options.streams)
const print = (text) => process.stdout.write(`${text}\n`)
const mib = (bytes) => Math.round(bytes / 2 ** 20)

const document = makeDocument()
const large = makeDocument({ features: 1000, segments: 600, overrides: 12_000 })
const text = JSON.stringify(large)
const sockets = []
const command = await startEdge(document, {
  env: { API_POLL_FREQUENCY: '0.05', LIMITS: JSON.stringify({ streams: streams + 1 }) },
})
try {
  const { host, port } = new URL(command.url)
  let heard = 0
  const open = () =>
    new Promise((resolve, reject) => {
      const socket = connect(Number(port), '127.0.0.1')
      socket.once('error', reject)
      socket.write(`GET /sse/environments/${document.api_key}/stream HTTP/1.1\r\nHost: ${host}\r\n\r\n`)
      socket.once('data', () => {
        socket.on('data', (bytes) => {
          if (bytes.includes('environment_updated')) heard++
        })
        resolve()
      })
      sockets.push(socket)
    })
  /** How long it takes until all streams have told of a document. */
  const told = async (document) => {
    heard = 0
    const begun = performance.now()
    command.write(document)
    while (heard < sockets.length) await wait(10)
    return Math.round(performance.now() - begun)
  }

  // One that comes and goes, so that what every server needs once is there.
  await open()
  await told({ ...document, updated_at: '2026-11-01T11:00:00.000000Z' })
  const before = await command.number('memory_bytes')
  while (sockets.length <= streams) {
    await Promise.all(Array.from({ length: Math.min(100, streams + 1 - sockets.length) }, open))
  }
  await wait(1000)
  const after = await command.number('memory_bytes')
  print(
    `${streams} open streams: ${((after - before) / streams / 1024).toFixed(1)} KiB each, ${mib(after)} MiB in all`,
  )
  const changed = await told({ ...document, updated_at: '2026-11-01T12:00:00.000000Z' })
  print(`a change is with all of them after ${changed} ms`)
  const replaced = await told({ ...large, updated_at: '2026-11-01T13:00:00.000000Z' })
  print(
    `a document of ${(text.length / 1e6).toFixed(1)} MB takes ${replaced} ms, and ${mib(await command.number('memory_bytes'))} MiB in all`,
  )
} finally {
  for (const socket of sockets) socket.destroy()
  command.end()
}

const time = (title, run) => {
  const begun = performance.now()
  const result = run()
  print(`  ${title.padEnd(44)}${(performance.now() - begun).toFixed(0).padStart(6)} ms`)
  return result
}
print(
  `\nof this document, with ${large.feature_states.length} features, ${large.project.segments.length} segments, ${large.identity_overrides.length} identities with overrides`,
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
