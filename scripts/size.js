// What guidon weighs in an app: each door's bundle, as a bundler makes it from the built files, against its limit.
//
//   npm run build && npm run size        a table; exit 1 when something is over its limit
//   node scripts/size.js --json          the same as JSON
//   node scripts/size.js --write         the same, and the figures in README.md brought up to date
//   node scripts/size.js --dist DIR      another build than dist/ (inside this folder, for `browser` in package.json to count)
//
// README.md quotes figures between comments, and test/size.test.ts holds them to what is printed here:
//
//   <!-- size -->                                    the whole table
//   <!-- /size -->
//   It weighs <!-- size guidon { createClient } -->5,321<!-- /size --> bytes    one figure: min+gzip

import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import commonjs from '@rollup/plugin-commonjs'
import nodeResolve from '@rollup/plugin-node-resolve'
import { rollup } from 'rollup'
import { minify } from 'terser'

/**
 * The limits in bytes, min+gzip: what is imported from which door. The first line of a door is what a small app imports.
 * A door that a browser can import and that has no line here stops the script, so that none grows unwatched.
 */
const LIMITS = {
  guidon: { '{ createClient }': 7_500, '*': 7_650 },
  'guidon/storage': { '{ indexedDb }': 800, '{ encrypted }': 1_400, '*': 1_900 },
  'guidon/analytics': { '{ analytics }': 900, '*': 1_200 },
  'guidon/react-native': { '*': 1_200 },
  'guidon/live': { '{ realtime }': 1_600, '*': 2_000 },
  'guidon/vue': { '*': 700 },
  'guidon/openfeature': { '*': 1_600 },
  'guidon/testing': { '{ testClient }': 2_600, '*': 3_600 },
  'guidon/devtools': { '*': 17_500 },
  'guidon/react': { '{ GuidonProvider, useFlag }': 750, '*': 900 },
  'guidon/migrate': { '{ default }': 10_600 },
  'guidon/migrate/react': { '*': 900 },
  'guidon/migrate/more': { '*': 1_300 },
}
/** A door that is weighed with our client in it, as what it takes the place of is: the official client is 11,448. */
const WITH_CLIENT = 'guidon/migrate'
/**
 * Where some doors are to go. They are not there yet: the limits above only keep them from growing, and each time one
 * shrinks its limit follows. Moving over will be there when the front door, which is in it, is.
 */
export const GOALS = [
  { door: 'guidon', imports: '{ createClient }', goal: 6_000 },
  { door: 'guidon/migrate', imports: '{ default }', goal: 9_000 },
]
/** The script tag is weighed as it was built: no app's bundler comes near it. */
const SCRIPT_TAG = { file: 'guidon.global.js', limit: 10_000 }

/**
 * One bundle as an app would ship it: an ES module for today's browsers, with the defaults of a good minifier and no
 * tricks of ours (no mangled properties). `browser` in package.json is followed, so `cross-fetch` weighs nothing.
 *
 * @param {string} code a module that imports and exports what is to be measured
 * @param {{ plugins?: import('rollup').Plugin[], define?: Record<string, unknown>, external?: string[] }} [options]
 */
export const bundle = async (code, { plugins = [], define, external = [] } = {}) => {
  const entry = {
    name: 'entry',
    resolveId: (id) => (id === 'entry' ? resolve('entry.js') : null),
    load: (id) => (id === resolve('entry.js') ? code : null),
  }
  const built = await rollup({
    input: 'entry',
    external,
    plugins: [entry, ...plugins, nodeResolve({ browser: true }), commonjs()],
    // Not even a warning: an import that was not found would weigh nothing and look like a success. (That `'use client'` is
    // dropped here is as it should be.)
    onwarn({ code, message }) {
      if (code !== 'CIRCULAR_DEPENDENCY' && code !== 'MODULE_LEVEL_DIRECTIVE') throw new Error(message)
    },
  })
  const { output } = await built.generate({ format: 'es', inlineDynamicImports: true })
  await built.close()
  const { code: small } = await minify(output[0].code, {
    ecma: 2022,
    module: true,
    ...(define && { compress: { global_defs: define } }),
  })
  return small
}

const weigh = (text) => ({
  minified: Buffer.byteLength(text),
  gzip: gzipSync(text, { level: 9 }).length,
  brotli: brotliCompressSync(text).length,
})

/** The doors of `exports` that a browser can import, and the file that bundlers for browsers take. */
const browserDoors = ({ name, exports }) =>
  Object.entries(exports)
    .filter(([path, target]) => !path.endsWith('.json') && target.browser !== null)
    .map(([path, target]) => ({
      door: name + path.slice(1),
      file: basename(target.import.browser ?? target.import.default),
    }))

/** All figures: `{ door, imports, minified, gzip, brotli, limit }`. */
export const measure = async (dist = 'dist') => {
  const manifest = JSON.parse(readFileSync('package.json', 'utf8'))
  // A guest is weighed without its host, which the app has, and without the client, which has a line of its own.
  const others = [new RegExp(`^${manifest.name}/`), ...Object.keys(manifest.peerDependencies)]
  /** What a bundler makes of the package's own name. */
  const client = {
    name: 'client',
    resolveId(id) {
      return id === manifest.name
        ? this.resolve(resolve(dist, basename(manifest.exports['.'].import.browser)))
        : null
    },
  }
  const rows = []
  for (const { door, file } of browserDoors(manifest)) {
    const path = resolve(dist, file)
    if (!existsSync(path)) throw new Error(`${dist}/${file} is not there: run \`npm run build\` first`)
    if (!LIMITS[door]) throw new Error(`the door ${door} has no limit in scripts/size.js`)
    for (const [imports, limit] of Object.entries(LIMITS[door])) {
      const isWhole = door === WITH_CLIENT
      const text = await bundle(`export ${imports} from ${JSON.stringify(path)}`, {
        plugins: isWhole ? [client] : [],
        external: isWhole ? others : [manifest.name, ...others],
      })
      rows.push({ door, imports, ...weigh(text), limit })
    }
  }
  const script = resolve(dist, SCRIPT_TAG.file)
  if (!existsSync(script))
    throw new Error(`${dist}/${SCRIPT_TAG.file} is not there: run \`npm run build\` first`)
  rows.push({
    door: 'script tag',
    imports: SCRIPT_TAG.file,
    ...weigh(readFileSync(script, 'utf8')),
    limit: SCRIPT_TAG.limit,
  })
  return rows
}

export const figure = (number) => number.toLocaleString('en-US')

const cells = (row) => [
  row.door,
  row.imports,
  figure(row.minified),
  figure(row.gzip),
  figure(row.brotli),
  figure(row.limit),
]
const HEAD = ['door', 'what is imported', 'minified', 'min+gzip', 'brotli', 'limit (gzip)']

const printed = (rows) => {
  const table = [HEAD, ...rows.map((row) => [...cells(row), verdict(row)])]
  const width = HEAD.map((_, column) => Math.max(...table.map((line) => line[column].length)))
  return table
    .map((line) =>
      line.map((cell, i) => (i < 2 ? cell.padEnd(width[i]) : cell.padStart(width[i] ?? 0))).join('  '),
    )
    .join('\n')
}
const verdict = ({ gzip, limit }) => (gzip > limit ? `OVER by ${figure(gzip - limit)}` : 'ok')

/** The README with its figures replaced by these. */
export const updated = (readme, rows) =>
  readme.replace(/(<!-- size(?: (.+?))? -->)[\s\S]*?(<!-- \/size -->)/g, (_, open, what, close) => {
    if (!what) {
      const lines = [HEAD, HEAD.map((_, i) => (i < 2 ? '---' : '--:')), ...rows.map(cells)]
      return `${open}\n\n${lines.map((line) => `| ${line.join(' | ')} |`).join('\n')}\n\n${close}`
    }
    const row = rows.find(({ door, imports }) => `${door} ${imports}` === what || door === what)
    if (!row) throw new Error(`README.md quotes the size of '${what}', which is not measured`)
    return open + figure(row.gzip) + close
  })

const main = async () => {
  const { values } = parseArgs({
    options: { json: { type: 'boolean' }, write: { type: 'boolean' }, dist: { type: 'string' } },
  })
  const rows = await measure(values.dist)
  const over = rows.filter(({ gzip, limit }) => gzip > limit)
  const readme = existsSync('README.md') ? readFileSync('README.md', 'utf8') : ''
  if (values.write && readme) writeFileSync('README.md', updated(readme, rows))
  const current = !readme || updated(readme, rows) === readme
  process.stdout.write(
    values.json ? `${JSON.stringify({ rows, readme: { current } }, null, 2)}\n` : `${printed(rows)}\n`,
  )
  for (const { door, imports, goal } of values.json ? [] : GOALS) {
    const { gzip } = rows.find((row) => row.door === door && row.imports === imports)
    if (gzip > goal)
      process.stdout.write(
        `The goal for ${door} ${imports} is ${figure(goal)}: ${figure(gzip - goal)} bytes to go.\n`,
      )
  }
  for (const { door, imports, gzip, limit } of over) {
    process.stderr.write(
      `${door} ${imports} is ${figure(gzip - limit)} bytes over its limit of ${figure(limit)}\n`,
    )
  }
  if (over.length) process.exitCode = 1
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await main()
