import { expect, test } from 'vitest'
import type { EnvironmentDocument, FeatureState, FeatureValue } from '../../src/edge/document.ts'
import { compile, evaluate, type Outcome } from '../../src/edge/evaluation.ts'
import type { TraitValue } from '../../src/model/trait.ts'

let rows = 0
const state = (name: string, value: FeatureValue, more: Partial<FeatureState> = {}): FeatureState => ({
  feature: { id: 1, name, type: 'STANDARD' },
  enabled: true,
  feature_state_value: value,
  django_id: ++rows,
  ...more,
})

const document = (more: Partial<EnvironmentDocument>): EnvironmentDocument => ({
  api_key: 'key',
  project: {},
  feature_states: [state('theme', 'default')],
  ...more,
})

const segment = (id: number, priority: number, value: string) => ({
  id,
  rules: [{ type: 'ALL', conditions: [{ operator: 'EQUAL', property_: 'plan', value: 'pro' }] }],
  feature_states: [state('theme', value, { feature_segment: { priority } })],
})

function valueFor(
  source: EnvironmentDocument,
  name: string,
  identifier: string,
  traits: Record<string, TraitValue> = {},
) {
  const outcomes = evaluate(compile(source), { identifier, traits: new Map(Object.entries(traits)) })
  return outcomes.find(({ feature }) => feature.name === name)?.value
}

test('takes an identity override before a segment override, and that before the default', () => {
  const source = document({
    project: { segments: [segment(1, 0, 'segment')] },
    identity_overrides: [{ identifier: 'vip', identity_features: [state('theme', 'own')] }],
  })
  expect(valueFor(source, 'theme', 'someone')).toBe('default')
  expect(valueFor(source, 'theme', 'someone', { plan: 'pro' })).toBe('segment')
  expect(valueFor(source, 'theme', 'vip', { plan: 'pro' })).toBe('own')
})

test('leaves the own overrides aside when told to', () => {
  const source = document({
    identity_overrides: [{ identifier: 'vip', identity_features: [state('theme', 'own')] }],
  })
  const [theme] = evaluate(compile(source), { identifier: 'vip', overrides: false })
  expect(theme?.value).toBe('default')
})

test('takes the segment with the lower priority, and of equal ones the older', () => {
  const pro = { plan: 'pro' }
  const unequal = document({ project: { segments: [segment(1, 5, 'late'), segment(2, 1, 'early')] } })
  expect(valueFor(unequal, 'theme', 'a', pro)).toBe('early')
  const equal = document({ project: { segments: [segment(20, 1, 'newer'), segment(3, 1, 'older')] } })
  expect(valueFor(equal, 'theme', 'a', pro)).toBe('older')
})

test('gives variants in their shares, and names the one it gave', () => {
  const option = (value: string, share: number, id: number, key: string | null) => ({
    multivariate_feature_option: { value, key },
    percentage_allocation: share,
    id,
  })
  const colour = state('colour', 'grey', {
    feature: { id: 9, name: 'colour', type: 'MULTIVARIATE' },
    multivariate_feature_state_values: [option('blue', 20, 2, null), option('red', 30, 1, 'red')],
  })
  const environment = compile(document({ feature_states: [colour] }))
  expect(environment.defaults[0]).toMatchObject({ value: 'grey', variant: 'control' })

  const seen = new Map<string, number>()
  for (let user = 0; user < 10_000; user++) {
    const [outcome] = evaluate(environment, { identifier: `user-${user}` }) as [Outcome]
    const given = `${outcome.value} as ${outcome.variant}`
    seen.set(given, (seen.get(given) ?? 0) + 1)
  }
  expect([...seen.keys()].sort()).toEqual(['blue as null', 'grey as control', 'red as red'])
  expect(seen.get('red as red')).toBeGreaterThan(2800)
  expect(seen.get('red as red')).toBeLessThan(3200)
  expect(seen.get('blue as null')).toBeGreaterThan(1800)
  expect(seen.get('blue as null')).toBeLessThan(2200)
})

test('keeps everyone in their bucket when a hand-written state has neither id nor uuid', () => {
  const handWritten: FeatureState = {
    feature: { id: 1, name: 'colour' },
    enabled: true,
    feature_state_value: 'grey',
    multivariate_feature_state_values: [
      { multivariate_feature_option: { value: 'red' }, percentage_allocation: 50 },
    ],
  }
  const once = () => {
    const environment = compile(document({ feature_states: [handWritten] }))
    return Array.from(
      { length: 100 },
      (_, user) => evaluate(environment, { identifier: `${user}` })[0]?.value,
    )
  }
  expect(once()).toEqual(once())
  expect(new Set(once())).toEqual(new Set(['grey', 'red']))
})

// The oracle cannot say what is right here: it looks features up in plain objects, loses the one named `__proto__` and
// throws at the other names. Right is that a name is a name.
test.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty', ''])(
  'evaluates a feature named %j',
  (name) => {
    const source = document({
      feature_states: [state(name, 'default'), state('other', 'other')],
      project: {
        segments: [{ ...segment(1, 0, ''), feature_states: [state(name, 'segment')] }],
      },
      identity_overrides: [{ identifier: 'vip', identity_features: [state(name, 'own')] }],
    })
    expect(valueFor(source, name, 'a')).toBe('default')
    expect(valueFor(source, name, 'a', { plan: 'pro' })).toBe('segment')
    expect(valueFor(source, name, 'vip')).toBe('own')
    expect(valueFor(source, 'other', 'vip', { plan: 'pro' })).toBe('other')
  },
)

// Nor here: it writes all identifiers that share an override into one list with commas.
test('gives an override to its identity alone, also when the identifier holds a comma or looks like a list', () => {
  const source = document({
    identity_overrides: ['a,b', '["c"]'].map((identifier) => ({
      identifier,
      identity_features: [state('theme', 'own')],
    })),
  })
  for (const [identifier, value] of Object.entries({
    'a,b': 'own',
    '["c"]': 'own',
    a: 'default',
    c: 'default',
  })) {
    expect(valueFor(source, 'theme', identifier), identifier).toBe(value)
  }
})
