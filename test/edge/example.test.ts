import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Flagsmith, LocalFileHandler } from 'flagsmith-nodejs'
import { expect, test } from 'vitest'
import { segmentPredicate } from '../../src/edge/segments.ts'
import { compile, environmentDocument, evaluate } from '../../src/edge.ts'
import type { TraitValue } from '../../src/model/trait.ts'
import { random } from './random.ts'

const file = fileURLToPath(new URL('../../examples/environment.json', import.meta.url))
const text = readFileSync(file, 'utf8')
const document = environmentDocument(JSON.parse(text))
const segments = document.project.segments ?? []

/** People as the example's product has them. */
function people(count: number) {
  const { chance, integer, pick } = random()
  const own = (document.identity_overrides ?? []).map(({ identifier }) => identifier)
  return Array.from({ length: count }, (_, index) => {
    const traits: Record<string, TraitValue> = {
      plan: pick(['free', 'pro', 'scale-up', 'enterprise']),
      country: pick(['FR', 'DE', 'US', 'JP', 'BR']),
      app_version: pick(['4.1.9', '4.2.0', '4.3.0', '4.4.0-rc.1', '4.10.2']),
      signed_up_days: integer(400),
      seats: integer(30),
      account_number: integer(1000),
      team: pick(['marlow-design', 'north', 'trial-team']),
      ...(chance(0.1) && { beta: true }),
    }
    return { identifier: own[index] ?? `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`, traits }
  })
}

test('the example is evaluated alike by the public engine', async () => {
  const oracle = new Flagsmith({ offlineMode: true, offlineHandler: new LocalFileHandler(file) })
  const environment = compile(document)
  for (const { identifier, traits } of people(500)) {
    const flags = await oracle.getIdentityFlags(identifier, traits)
    for (const { feature, enabled, value } of evaluate(environment, {
      identifier,
      traits: new Map(Object.entries(traits)),
    })) {
      const place = `${identifier}: ${feature.name}`
      expect(flags.isFeatureEnabled(feature.name), place).toBe(enabled)
      expect(flags.getFeatureValue(feature.name), place).toBe(value)
    }
  }
})

test('the example has something of everything, and every segment has somebody in it but not everybody', () => {
  expect(document.feature_states.length).toBeGreaterThanOrEqual(25)
  expect(document.project.server_key_only_feature_ids).toHaveLength(1)
  expect(new Set(document.feature_states.map(({ feature_state_value: value }) => typeof value)).size).toBe(3)
  expect(segments.length).toBeGreaterThanOrEqual(6)
  for (const segment of segments) {
    const isIn = segmentPredicate(segment, { key: document.api_key, name: 'Production' })
    const members = people(500).filter(({ identifier, traits }) =>
      isIn({ identifier, key: `${document.api_key}_${identifier}`, traits: new Map(Object.entries(traits)) }),
    )
    expect(members.length, String(segment.name)).toBeGreaterThan(5)
    expect(members.length, String(segment.name)).toBeLessThan(495)
  }
})

test('every variant of the example is given to somebody', () => {
  const environment = compile(document)
  const given = new Set(
    people(2000).flatMap(({ identifier }) =>
      evaluate(environment, { identifier }).map(({ feature, variant }) => `${feature.name}: ${variant}`),
    ),
  )
  for (const { feature, multivariate_feature_state_values: values } of document.feature_states) {
    for (const { multivariate_feature_option: option } of values ?? []) {
      expect(given).toContain(`${feature.name}: ${option.key}`)
    }
  }
})

test('the JSON values of the example are JSON, and its names and rows are used once', () => {
  const states = [
    ...document.feature_states,
    ...segments.flatMap((segment) => segment.feature_states ?? []),
    ...(document.identity_overrides ?? []).flatMap((override) => override.identity_features ?? []),
  ]
  for (const { feature_state_value: value } of states) {
    if (/^[{[]/.test(String(value))) expect(() => JSON.parse(String(value))).not.toThrow()
  }
  expect(new Set(states.map(({ django_id }) => django_id)).size).toBe(states.length)
  const names = document.feature_states.map(({ feature }) => feature.name)
  expect(new Set(names).size).toBe(names.length)
  for (const { feature } of states) expect(names).toContain(feature.name)
})

test('the example holds no personal data', () => {
  expect(text).not.toMatch(/[\w.]+@[\w.]+\.\w+/)
  for (const { identifier } of document.identity_overrides ?? []) expect(identifier).toMatch(/^[\da-f-]{36}$/)
})
