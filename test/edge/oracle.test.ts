import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { type Flags, Flagsmith, LocalFileHandler } from 'flagsmith-nodejs'
import { afterAll, expect, test } from 'vitest'
import { type EnvironmentDocument, environmentDocument, type Rule } from '../../src/edge/document.ts'
import { compile, evaluate, type Outcome } from '../../src/edge/evaluation.ts'
import type { Subject } from '../../src/edge/properties.ts'
import { segmentPredicate } from '../../src/edge/segments.ts'
import type { TraitValue } from '../../src/model/trait.ts'
import { random } from './random.ts'
import {
  operators,
  type RandomIdentity,
  randomDocument,
  randomIdentity,
  slowPatterns,
} from './random-document.ts'

const folder = mkdtempSync(join(tmpdir(), 'guidon-oracle-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** The public engine, asked the way an app asks it. */
function oracleFor(document: EnvironmentDocument): Flagsmith {
  const file = join(folder, 'document.json')
  writeFileSync(file, JSON.stringify(document))
  return new Flagsmith({ offlineMode: true, offlineHandler: new LocalFileHandler(file) })
}

const theirs = (flags: Flags) =>
  new Map(
    flags
      .allFlags()
      .map((flag) => [(flag as { featureName?: string }).featureName, [flag.enabled, flag.value]]),
  )
const ours = (outcomes: readonly Outcome[]) =>
  new Map(outcomes.map(({ feature, enabled, value }) => [feature.name, [enabled, value]]))

const known = (traits: RandomIdentity['traits']): Map<string, TraitValue> =>
  new Map(Object.entries(traits).filter((entry): entry is [string, TraitValue] => entry[1] !== null))

/** How often what can be true of an identity was true, and how often not: else the test could agree about nothing. */
function tally() {
  const counts = new Map<string, { held: number; not: number }>()
  const count = (what: string, holds: boolean): void => {
    const entry = counts.get(what) ?? { held: 0, not: 0 }
    entry[holds ? 'held' : 'not']++
    counts.set(what, entry)
  }

  function rule(given: Rule, subject: Subject): void {
    count(`rule ${given.type}`, holdsFor(given, subject))
    for (const condition of given.conditions ?? []) {
      const isSemver = String(condition.value).endsWith(':semver') && comparisons.includes(condition.operator)
      const isPath = condition.property_?.startsWith('$.')
      const holds = holdsFor({ type: 'ALL', conditions: [condition] }, subject)
      count(condition.operator, holds)
      if (isSemver) count(`${condition.operator}:semver`, holds)
      if (isPath) count('a path', holds)
      if (condition.operator === 'REGEX' && condition.value && slowPatterns.includes(String(condition.value)))
        count('a pattern that may hang', holds)
    }
    for (const inner of given.rules ?? []) rule(inner, subject)
  }
  return { counts, count, rule }
}

const holdsFor = (rule: Rule, subject: Subject): boolean =>
  segmentPredicate({ id: 1, rules: [rule] }, { key: 'key', name: 'pro' })(subject)

const comparisons = [
  'EQUAL',
  'NOT_EQUAL',
  'GREATER_THAN',
  'GREATER_THAN_INCLUSIVE',
  'LESS_THAN',
  'LESS_THAN_INCLUSIVE',
]

/** A case is an identity and all its flags. `npm run oracle -- --cases 100000 --seed 1` asks for more, or for others. */
const cases = Number(process.env.GUIDON_CASES ?? 20_000)

test(`answers as the public engine does, in ${cases} random cases of all that a document can say`, async () => {
  const dice = random()
  const seen = tally()
  for (let asked = 0, round = 0; asked < cases; round++) {
    const document = randomDocument(dice)
    const environment = compile(environmentDocument(document))
    const oracle = oracleFor(document)
    const place = `seed ${dice.seed}, document ${round}`
    expect(ours(environment.defaults), place).toEqual(theirs(await oracle.getEnvironmentFlags()))

    for (let turn = 0; turn < 25 && asked < cases; turn++, asked++) {
      const { identifier, traits } = randomIdentity(dice)
      const outcomes = evaluate(environment, { identifier, traits: known(traits) })
      const flags = await oracle.getIdentityFlags(identifier, traits)
      const [mine, other] = [ours(outcomes), theirs(flags)]
      // The assertion is slow, and only needed where it fails.
      if (!isDeepStrictEqual(mine, other))
        expect(mine, `${place}, identity ${turn} (${identifier})`).toEqual(other)

      const subject = { identifier, key: `${environment.key}_${identifier}`, traits: known(traits) }
      if (turn < 5)
        for (const segment of document.project.segments ?? [])
          for (const rule of segment.rules) seen.rule(rule, subject)
      for (const { identityId, segmentId, variant } of outcomes) {
        seen.count('an override of its own', identityId !== null)
        seen.count('an override of a segment', segmentId !== null)
        if (variant !== null || identityId !== null) seen.count('a variant', variant !== 'control')
      }
    }
  }

  const expected = [
    ...operators.filter((operator) => operator !== 'SOUNDS_LIKE'),
    ...comparisons.map((operator) => `${operator}:semver`),
    ...['ALL', 'ANY', 'NONE'].map((type) => `rule ${type}`),
    'a path',
    'a pattern that may hang',
    'an override of its own',
    'an override of a segment',
    'a variant',
  ]
  for (const what of expected) {
    expect(seen.counts.get(what)?.held, `${what}, true`).toBeGreaterThan(0)
    expect(seen.counts.get(what)?.not, `${what}, false`).toBeGreaterThan(0)
  }
  if (process.env.GUIDON_CASES !== undefined) {
    const lines = [...seen.counts].map(
      ([what, { held, not }]) => `${what.padEnd(32)}${held} true, ${not} false`,
    )
    process.stdout.write(`${cases} cases, seed ${dice.seed}, no difference\n${lines.sort().join('\n')}\n`)
  }
}, 3_600_000)
