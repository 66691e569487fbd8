// What the ideas in the front door weigh: `{ createClient }` as a small app bundles it, with one of its parts left out at a
// time, and then without the heaviest, one more each time, until it weighs what it was meant to.
//
//   npm run size:parts
//
// A part is a module, and what stands in for it does the least that lets the rest be compiled. What is spread over several
// modules (consent, `apply`, snapshots of a page) cannot be left out in this way, and is not here.

import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { gzipSync } from 'node:zlib'
import esbuild from 'rollup-plugin-esbuild'
import { withFetch } from '../rollup.config.js'
import { bundle, figure, GOALS } from './size.js'

/** `export * from 'whole'` is all that the module exports and that is not said anew beside it. */
const PARTS = [
  {
    what: 'the outbox',
    module: 'outbox/outbox.ts',
    instead:
      'export const createOutbox = () => ({ writes: [], put() {}, done() {}, lose() {}, of: () => new Map() })',
  },
  {
    what: 'personal data known by its form',
    module: 'privacy/patterns.ts',
    instead: `export * from 'whole'
      export const kindOf = () => undefined`,
  },
  {
    what: 'personal traits known by their key',
    module: 'privacy/traits.ts',
    instead: `import { kindOf } from './patterns.ts'
      export * from 'whole'
      export const personalKind = (key, value) => kindOf(String(value))`,
  },
  {
    what: 'identifiers that can be guessed',
    module: 'privacy/identifier.ts',
    instead: `import { kindOf } from './patterns.ts'
      export * from 'whole'
      export const classifyIdentifier = (id) => (kindOf(id) ? 'personal' : 'opaque')`,
  },
  {
    what: 'hashing of identifiers',
    module: 'privacy/opaque-id.ts',
    instead: 'export const opaqueId = async () => {}',
  },
  {
    what: 'checks of trait values',
    module: 'privacy/traits.ts',
    instead: `export * from 'whole'
      export const checkTrait = (key, value) => (value?.transient ? value : { value })`,
  },
  {
    what: 'flags on the device',
    module: 'core/persist.ts',
    instead: 'export const createPersistence = () => ({ load() {}, save() {}, async forget() {} })',
  },
  {
    what: 'storage that throws, hangs or is not wanted',
    module: 'storage/safe.ts',
    instead: `export const safeStorage = (device, prefix) => ({
      get: (key) => device.get(prefix + key),
      set: (key, text) => device.set(prefix + key, text),
      delete: (key) => device.delete(prefix + key),
      allow() {},
    })`,
  },
  {
    what: 'time limits',
    module: 'core/within.ts',
    instead: 'export const within = (ms, promise) => promise',
  },
  {
    what: 'waits between attempts',
    module: 'transport/backoff.ts',
    instead: `export * from 'whole'
      export const backoffMs = () => 1000
      export const isPassing = () => true`,
  },
  {
    what: 'random GUIDs',
    module: 'privacy/guid.ts',
    instead: `export * from 'whole'
      export const newGuid = () => crypto.randomUUID()`,
  },
  {
    what: 'a clock that only goes forward',
    module: 'client/clock.ts',
    instead: 'export const steadyClock = () => Date.now',
  },
]

/** The module itself, for what stands in for it. */
const WHOLE = '.whole.ts'

/** The front door's bytes, min+gzip, without some of its parts. */
const weigh = async (without) => {
  const left = new Set(without)
  const stubs = {
    name: 'stubs',
    async resolveId(id, importer) {
      if (id === 'whole') return importer.replace('.ts', WHOLE)
      return importer && id.startsWith('.') ? resolve(importer, '..', id) : null
    },
    load(id) {
      if (id.endsWith(WHOLE)) return readFile(id.replace(WHOLE, '.ts'), 'utf8')
      const parts = without.filter(({ module }) => id === resolve('src', module))
      for (const part of parts) left.delete(part)
      return parts.length ? parts.map(({ instead }) => instead).join('\n') : null
    },
  }
  const code = await bundle(`export { createClient } from ${JSON.stringify(resolve('src/index.ts'))}`, {
    plugins: [stubs, withFetch, esbuild({ target: 'es2022' })],
  })
  if (left.size) throw new Error(`not in the front door: ${[...left].map(({ module }) => module)}`)
  return gzipSync(code, { level: 9 }).length
}

const { goal } = GOALS.find(({ door }) => door === 'guidon')
const print = (what, bytes, less) =>
  process.stdout.write(`${what.padEnd(50)} ${figure(bytes).padStart(6)} ${figure(less).padStart(7)}\n`)

const whole = await weigh([])
print('{ createClient }', whole, 0)

const parts = []
for (const part of PARTS) parts.push({ part, bytes: await weigh([part]) })
parts.sort((a, b) => a.bytes - b.bytes)
for (const { part, bytes } of parts) print(`without ${part.what}`, bytes, bytes - whole)

process.stdout.write(`\nUntil it weighs ${figure(goal)}:\n`)
let bytes = whole
for (let count = 1; bytes > goal && count <= parts.length; count++) {
  bytes = await weigh(parts.slice(0, count).map(({ part }) => part))
  print(`${count > 1 ? 'and ' : ''}without ${parts[count - 1].part.what}`, bytes, bytes - whole)
}
