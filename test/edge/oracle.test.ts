import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Flags, Flagsmith, LocalFileHandler } from 'flagsmith-nodejs'
import { afterAll, expect, test } from 'vitest'
import { type EnvironmentDocument, environmentDocument } from '../../src/edge/document.ts'
import { compile, evaluate, type Outcome } from '../../src/edge/evaluation.ts'
import type { TraitValue } from '../../src/model/trait.ts'
import { random } from './random.ts'
import { type RandomIdentity, randomDocument, randomIdentity } from './random-document.ts'

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

test('answers as the public engine does, for thousands of random documents and identities', async () => {
  const dice = random()
  let evaluations = 0
  for (let round = 0; round < 1000; round++) {
    const document = randomDocument(dice)
    const environment = compile(environmentDocument(document))
    const oracle = oracleFor(document)
    const place = `seed ${dice.seed}, document ${round}`
    expect(ours(environment.defaults), place).toEqual(theirs(await oracle.getEnvironmentFlags()))

    for (let asked = 0; asked < 25; asked++) {
      const { identifier, traits } = randomIdentity(dice)
      const outcomes = evaluate(environment, { identifier, traits: known(traits) })
      const flags = await oracle.getIdentityFlags(identifier, traits)
      expect(ours(outcomes), `${place}, identity ${asked} (${identifier})`).toEqual(theirs(flags))
      evaluations += outcomes.length
    }
  }
  expect(evaluations).toBeGreaterThan(100_000)
}, 60_000)
