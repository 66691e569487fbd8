import { expect, test } from 'vitest'
import { bucket } from '../../src/edge/bucket.ts'
import type { Condition, Rule } from '../../src/edge/document.ts'
import { segmentPredicate } from '../../src/edge/segments.ts'
import type { TraitValue } from '../../src/model/trait.ts'

const yes: Condition = { operator: 'EQUAL', property_: 'plan', value: 'pro' }
const no: Condition = { operator: 'EQUAL', property_: 'plan', value: 'free' }

interface Asker {
  identifier?: string
  traits?: Record<string, TraitValue>
}

function holds(
  rules: readonly Rule[],
  { identifier = 'user-1', traits = { plan: 'pro' } }: Asker = {},
): boolean {
  const isIn = segmentPredicate({ id: 1, rules }, { key: 'key', name: 'Production' })
  return isIn({ identifier, key: `key_${identifier}`, traits: new Map(Object.entries(traits)) })
}

test.each<[type: string, conditions: Condition[], expected: boolean]>([
  ['ALL', [yes, yes], true],
  ['ALL', [yes, no], false],
  ['ANY', [yes, no], true],
  ['ANY', [no, no], false],
  ['NONE', [no, no], true],
  ['NONE', [yes, no], false],
  ['SOME_DAY', [yes, yes], false],
])('%s of %j is %j', (type, conditions, expected) => {
  expect(holds([{ type, conditions }])).toBe(expected)
})

test('holds nobody while it has no rules, and everybody once it has an empty one', () => {
  expect(holds([])).toBe(false)
  expect(holds([{ type: 'ALL' }])).toBe(true)
})

test('wants every rule, and of each rule its conditions and its inner rules', () => {
  const inner = (...conditions: Condition[]): Rule => ({ type: 'ANY', conditions })
  expect(holds([{ type: 'ALL', rules: [inner(yes, no), inner(yes)] }])).toBe(true)
  expect(holds([{ type: 'ALL', rules: [inner(yes), inner(no)] }])).toBe(false)
  expect(holds([inner(yes), inner(no)])).toBe(false)
  expect(holds([{ type: 'ANY', conditions: [no], rules: [inner(yes)] }])).toBe(false)
  expect(holds([{ type: 'NONE', rules: [{ type: 'ALL', rules: [inner(no)] }] }])).toBe(true)
})

test('takes a trait by its key, also one that looks like a path', () => {
  const isSet = (property: string): Rule => ({
    type: 'ALL',
    conditions: [{ operator: 'IS_SET', property_: property }],
  })
  expect(holds([isSet('plan')])).toBe(true)
  expect(holds([isSet('$.identity.traits.plan')])).toBe(true)
  expect(holds([isSet("$.identity.traits['a.b']")], { traits: { 'a.b': 0 } })).toBe(true)
  expect(holds([isSet('$.elsewhere')], { traits: { '$.elsewhere': 1 } })).toBe(true)
  expect(holds([isSet('$.elsewhere')])).toBe(false)
})

test('knows the identifier and the environment by their paths', () => {
  const equals = (property: string, value: string): Rule => ({
    type: 'ALL',
    conditions: [{ operator: 'EQUAL', property_: property, value }],
  })
  expect(holds([equals('$.identity.identifier', 'user-1')])).toBe(true)
  expect(holds([equals('$.identity.key', 'key_user-1')])).toBe(true)
  expect(holds([equals('$.environment.name', 'Production')])).toBe(true)
  expect(holds([equals('$.environment.key', 'key')])).toBe(true)
})

test.each(['constructor', 'toString', '__proto__', 'hasOwnProperty'])(
  'does not take %s for a set trait before it is one',
  (key) => {
    // The public engine looks into a plain object here and finds what every object inherits.
    const isSet: Rule = { type: 'ALL', conditions: [{ operator: 'IS_SET', property_: key }] }
    expect(holds([isSet])).toBe(false)
    const traits = JSON.parse(`{"${key}":"here"}`) as Record<string, TraitValue>
    expect(holds([isSet], { traits })).toBe(true)
  },
)

test('splits by the identity, or by what a path names', () => {
  const split = (value: string, property?: string): Rule => ({
    type: 'ALL',
    conditions: [
      { operator: 'PERCENTAGE_SPLIT', value, ...(property !== undefined && { property_: property }) },
    ],
  })
  expect(holds([split('100')])).toBe(true)
  expect(holds([split(String(bucket('1', 'pro')), '$.identity.traits.plan')])).toBe(true)
  expect(holds([split(String(bucket('1', 'pro') - 0.001), '$.identity.traits.plan')])).toBe(false)
  // A bare key is not a path, and nobody can be counted by a trait that is not set.
  expect(holds([split('100', 'plan')])).toBe(false)
  expect(holds([split('100', '$.identity.traits.team')])).toBe(false)
})

test('keeps the one whose bucket is the share itself', () => {
  // Found by search: this user's bucket is exactly 50.
  expect(bucket('1', 'key_user-4191')).toBe(50)
  expect(
    holds([{ type: 'ALL', conditions: [{ operator: 'PERCENTAGE_SPLIT', value: '50' }] }], {
      identifier: 'user-4191',
    }),
  ).toBe(true)
})
