// guidon beside other clients and beside a floor, in one run, in a real Chromium.
//
//   npm run bench                     all rows
//   npm run bench -- --quick          a smoke test: one round, fewer rows
//   npm run bench -- --only warm      rows whose name begins so (several: --only warm,heap)
//   npm run bench -- --rounds 21      more rounds, less noise
//   npm run bench -- --json FILE      the figures as JSON, samples included
//   node bench/run.js --dist DIR      another build of guidon than dist/
//
// How to read it. The machine is never quiet, so nothing is compared with a figure of another day: in each round every
// contestant runs once, in random order, and a row gives the median of the rounds, the quartiles, and the ratio to the
// floor (contestants/floor.js: localStorage, JSON.parse, a Map and fetch, by hand, without a check). Two contestants whose
// quartiles overlap are level. Where nobody would write something by hand, a row has no floor, and ratios are to guidon. What
// hardly differs from run to run is measured once, and may have a note instead of quartiles.

import { readFileSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { bundle } from '../scripts/size.js'
import { launch } from './browser.js'
import { printed, summary, verdict } from './report.js'
import { makeRows } from './rows.js'
import { startApi, startPages } from './server.js'

/** What an app imports of each. */
const LIBRARIES = {
  floor: `import { start as it } from ${JSON.stringify(resolve('bench/contestants/floor.js'))}`,
  guidon: `import { createClient as it } from 'guidon'`,
  flagsmith: `import it from '@flagsmith/flagsmith'`,
  unleash: `import { UnleashClient as it } from 'unleash-proxy-client'`,
  growthbook: `import { GrowthBook as it } from '@growthbook/growthbook'`,
}

const { values: options } = parseArgs({
  options: {
    dist: { type: 'string', default: 'dist' },
    json: { type: 'string' },
    only: { type: 'string', default: '' },
    quick: { type: 'boolean', default: false },
    rounds: { type: 'string' },
  },
})
const rounds = Number(options.rounds ?? (options.quick ? 1 : 9))
const print = (text) => process.stdout.write(`${text}\n`)

const DOORS = { guidon: 'index.browser.js', 'guidon/live': 'live.js' }
/** `guidon` is what was built here. Resolved like any package's file, so that `browser` in package.json is followed. */
const guidon = {
  name: 'guidon',
  resolveId(id, importer) {
    return DOORS[id] ? this.resolve(resolve(options.dist, DOORS[id]), importer) : null
  },
}
const bundled = (code) =>
  bundle(code, { plugins: [guidon], define: { 'process.env.NODE_ENV': 'production' } })

const shuffled = (list) => {
  const rest = [...list]
  return list.map(() => rest.splice(Math.floor(Math.random() * rest.length), 1)[0])
}

const version = (name) => JSON.parse(readFileSync(`node_modules/${name}/package.json`, 'utf8')).version

const names = Object.keys(LIBRARIES)
const bundles = {}
for (const name of names) {
  bundles[name] = {
    library: await bundled(`${LIBRARIES[name]};globalThis.evaluated = it`),
    app: await bundled(`
      import * as contestant from ${JSON.stringify(resolve(`bench/contestants/${name}.js`))}
      import { begin } from ${JSON.stringify(resolve('bench/page.js'))}
      begin(contestant)`),
  }
}

/** Scripts by name. An app that polls may import more, so it is another script. */
const scripts = Object.fromEntries(names.map((name) => [name, bundles[name].app]))
for (const name of ['guidon', 'flagsmith']) {
  scripts[`${name}-live`] = await bundled(`
    import { live } from ${JSON.stringify(resolve(`bench/contestants/live/${name}.js`))}
    const { began, ...given } = globalThis.given
    began(live(given))`)
}

const api = await startApi([10, 100, 1000, 5000])
const pages = await startPages(scripts)
const { browser, profile, close } = await launch()
const begun = Date.now()

const about = {
  date: new Date().toISOString(),
  chromium: browser.version(),
  node: process.version,
  rounds,
  versions: {
    flagsmith: version('@flagsmith/flagsmith'),
    unleash: version('unleash-proxy-client'),
    growthbook: version('@growthbook/growthbook'),
  },
}

try {
  const wanted = options.only.split(',')
  const rows = makeRows({
    browser,
    profile,
    pages,
    api,
    bundles,
    dist: options.dist,
    quick: options.quick,
  }).filter(({ id }) => wanted.some((prefix) => id.startsWith(prefix)))
  const samples = new Map(
    rows.map(({ id, contestants = names }) => [
      id,
      Object.fromEntries(contestants.map((name) => [name, []])),
    ]),
  )
  for (let round = 0; round < rounds; round++) {
    for (const row of rows) {
      if (row.once && round) continue
      for (const name of shuffled(row.contestants ?? names)) {
        samples.get(row.id)[name].push(await row.measure(name))
      }
    }
    process.stderr.write(`round ${round + 1} of ${rounds}, ${Math.round((Date.now() - begun) / 1000)} s\n`)
  }

  const results = rows.map((row) => summary(row, samples.get(row.id)))
  const { flagsmith, unleash, growthbook } = about.versions
  print(`Chromium ${about.chromium}, ${rounds} rounds, floor = 1.00 (guidon, where a row has no floor)`)
  print(
    `@flagsmith/flagsmith ${flagsmith}, unleash-proxy-client ${unleash}, @growthbook/growthbook ${growthbook}\n`,
  )
  for (const result of results) print(`${printed(result)}\n`)
  print('guidon against its targets')
  for (const result of results) print(`  ${verdict(result)}`)
  if (options.json) writeFileSync(options.json, `${JSON.stringify({ ...about, rows: results }, null, 1)}\n`)
} finally {
  await close()
  api.close()
  pages.close()
}
process.exit()
