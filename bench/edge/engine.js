// Evaluations, ours beside flagsmith-nodejs, in one process and in turns.
//
//   npm run bench:engine                    15 rounds
//   npm run bench:engine -- --rounds 31     more rounds, less noise
//
// One evaluation is every flag of one identity, at 100 features, 20 segments, 200 identities with overrides and 4 traits; one
// identity in four has overrides. In each round every contestant runs for as long as the others. A time is the median of
// the rounds, a ratio the median of the ratios within each round. flagsmith-nodejs is asked as an app asks it, and it
// prepares the document for each evaluation; so its engine is also asked alone, with the document prepared, which no app
// can do. The floor is the MD5 sums that the document demands for an identity, made by the very function that our engine
// uses, and nothing else.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { build } from 'esbuild'
import { Flagsmith, LocalFileHandler } from 'flagsmith-nodejs'
import { compile, environmentDocument, evaluate } from '../../dist/edge.js'
import { getEvaluationContext } from '../../node_modules/flagsmith-nodejs/build/esm/flagsmith-engine/evaluation/evaluationContext/mappers.js'
import { getEvaluationResult } from '../../node_modules/flagsmith-nodejs/build/esm/flagsmith-engine/index.js'
import { makeDocument, makeIdentity } from './document.js'

const { values: options } = parseArgs({
  options: { rounds: { type: 'string', default: '15' }, ms: { type: 'string', default: '100' } },
})
const print = (text) => process.stdout.write(`${text}\n`)

/** The engine's own sorting of an id into a bucket, which no door gives away. */
const { outputFiles } = await build({
  entryPoints: ['src/edge/bucket.ts'],
  bundle: true,
  format: 'esm',
  write: false,
})
const { bucket } = await import(
  `data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`
)

/** The seeds of all that is split by percentages. */
const seedsOf = ({ api_key, feature_states, project }) => ({
  prefix: `${api_key}_`,
  seeds: [
    ...feature_states
      .filter((state) => state.multivariate_feature_state_values.length > 0)
      .map((state) => state.django_id),
    ...project.segments
      .filter((segment) => JSON.stringify(segment.rules).includes('PERCENTAGE_SPLIT'))
      .map(({ id }) => id),
  ].map(String),
})

/** The public engine, with the document read and modelled. */
function flagsmithFor(document) {
  const folder = mkdtempSync(join(tmpdir(), 'guidon-bench-'))
  const file = join(folder, 'document.json')
  writeFileSync(file, JSON.stringify(document))
  const offlineHandler = new LocalFileHandler(file)
  rmSync(folder, { recursive: true })
  return {
    client: new Flagsmith({ offlineMode: true, offlineHandler }),
    context: getEvaluationContext(offlineHandler.getEnvironment(), undefined, undefined, true),
  }
}

const identities = Array.from({ length: 1000 }, (_, index) => {
  const { identifier, traits } = makeIdentity(index)
  return { identifier, traits, ours: { identifier, traits: new Map(Object.entries(traits)) } }
})

/** Microseconds that one call takes, over some time. */
async function time(run) {
  const begun = performance.now()
  let calls = 0
  for (let now = begun; now - begun < Number(options.ms); now = performance.now()) {
    // Ten for each look at the clock. What gives no promise is not awaited, which would cost it more than its work.
    for (let turn = 0; turn < 10; turn++) {
      const promise = run(identities[calls++ % identities.length])
      if (promise instanceof Promise) await promise
    }
  }
  return ((performance.now() - begun) / calls) * 1000
}

const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)]

const documents = {
  'no percentages, a segment is one comparison, overrides alike': { isPlain: true, isDistinct: false },
  'ten features and four segments split by percentages, overrides alike': { isDistinct: false },
  'the same, each override with a value of its own': {},
}
print(`Microseconds for one evaluation; Node ${process.version}, ${options.rounds} rounds`)
for (const [title, kind] of Object.entries(documents)) {
  const document = makeDocument(kind)
  const environment = compile(environmentDocument(document))
  const { client, context } = flagsmithFor(document)
  const { prefix, seeds } = seedsOf(document)
  const contestants = {
    guidon: ({ ours }) => evaluate(environment, ours),
    'flagsmith-nodejs': ({ identifier, traits }) => client.getIdentityFlags(identifier, traits),
    'its engine alone': ({ identifier, traits }) =>
      getEvaluationResult({ ...context, identity: { identifier, traits } }),
    ...(seeds.length > 0 && {
      floor({ identifier }) {
        const key = prefix + identifier
        let sum = 0
        for (const seed of seeds) sum += bucket(seed, key)
        return sum
      },
    }),
  }
  const times = Object.fromEntries(Object.keys(contestants).map((name) => [name, []]))
  for (const run of Object.values(contestants)) await time(run)
  for (let round = 0; round < Number(options.rounds); round++) {
    for (const [name, run] of Object.entries(contestants)) times[name].push(await time(run))
  }
  print(`\n${title} (${Math.round(JSON.stringify(document).length / 1024)} KiB)`)
  for (const [name, list] of Object.entries(times)) {
    const ratio = median(list.map((value, round) => value / times.guidon[round]))
    print(`  ${name.padEnd(18)}${median(list).toFixed(1).padStart(8)}${ratio.toFixed(2).padStart(9)}`)
  }
}
