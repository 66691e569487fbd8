/**
 * Random environment documents and identities for the oracle test: small enough to read, odd enough to hurt.
 *
 * What the public engine cannot evaluate is kept out, each with its reason; `evaluation.test.ts` says what is right there.
 * - Features and traits named like members of `Object.prototype`: it keeps them in plain objects.
 * - Commas and JSON lists in the identifiers of overrides: it joins them into one IN condition.
 * - IN with a number or a boolean on the right: it throws.
 * - Paths that lead to an object, as what a percentage is counted by.
 */
import type {
  Condition,
  EnvironmentDocument,
  FeatureState,
  FeatureValue,
  IdentityOverride,
  MultivariateValue,
  Rule,
  Segment,
} from '../../src/edge/document.ts'
import type { TraitValue } from '../../src/model/trait.ts'
import type { Random } from './random.ts'

const featureNames = [
  'checkout',
  'theme',
  'my flag',
  '',
  '42',
  '7',
  'a.b',
  "it's",
  '"><b>',
  'Ünïcödé 😀',
  'x'.repeat(200),
]
const traitKeys = ['plan', 'version', 'my trait', 'a.b', "o'clock", '$.foo', '$.environment.name', '😀', '42']
const texts = [
  '',
  ' ',
  'a',
  'b',
  'pro',
  'Pro',
  'true',
  'false',
  'True',
  'False',
  'null',
  'undefined',
  'NaN',
  '😀',
  'é',
  'ab:semver',
  'aaaaaaaaaaaa',
  'aaaaaaaaaaaa!',
  'xxxxxxxxxxy',
  'xxxxxxxxxx',
  'no',
  'two words',
]
const numerals = [
  '0',
  '-0',
  '1',
  '2',
  '10',
  '9',
  '10.0',
  '1e1',
  ' 10',
  '10 apples',
  '-3.5',
  'Infinity',
  '0x10',
  '9007199254740993',
  '1e400',
  '-1e-400',
]
const versions = [
  '1.0.0',
  '1.0.0-beta',
  '1.0.0-beta.2',
  '1.0.0-beta.11',
  'v1.0.0',
  '1.10.0',
  '1.9.0',
  '1.0',
  '1.0.0+b',
  ' 1.0.0 ',
]
const suffixed = [
  ...versions.map((version) => `${version}:semver`),
  ':semver',
  '1:semver:semver',
  '10:semver',
  'a:semverb:semver',
]
const lists = [
  'a,b,pro',
  'a, b',
  '["a","b","pro"]',
  '["1",2]',
  '[1,2,10]',
  '[]',
  '{}',
  '"a"',
  '1,2,10',
  '1',
  ',',
  '[',
  'true,0,,NaN',
  '["true","0",""]',
]
/** On these the public engine's matcher hangs, in texts that are longer than those here. */
export const slowPatterns = [
  '^(a+)+$',
  '^(a|a)*$',
  '(x+x+)+y',
  '(p*r*)*o',
  '^(\\w+\\s?)*$',
  '^(?!no)(?=.*o)[a-z]+$',
  '^(([a-z])+.)+[A-Z]?([a-z])+$',
]
const patterns = [
  ...slowPatterns,
  '(a)\\1',
  '[^]{3}$',
  '\\bpro\\b',
  '(?<=p)r|\\.0',
  '\\u00e9|\\x62',
  '^p',
  'o$',
  '\\d+',
  '(',
  '^$',
  '.',
  '[a-z]{2,}',
  '😀',
  '^(true|1)$',
]
const divisions = [
  '2|0',
  '2|1',
  '3|1',
  '10|0',
  '1e400|1',
  '9007199254740993|1',
  '1e-9|0',
  '0|0',
  '2',
  '2|0|0',
  'a|b',
  '2.5|0',
  '-3|-1',
  '|',
  '2|',
]
const parts = ['', 'a', 'p', 'pro', ' ', 'true', '0', ':semver', 'pro:semver', null]
export const operators =
  'EQUAL NOT_EQUAL GREATER_THAN GREATER_THAN_INCLUSIVE LESS_THAN LESS_THAN_INCLUSIVE CONTAINS NOT_CONTAINS IN REGEX MODULO PERCENTAGE_SPLIT IS_SET IS_NOT_SET SOUNDS_LIKE'.split(
    ' ',
  )
const paths = [
  '$.identity.identifier',
  '$.identity.key',
  '$.environment.name',
  '$.environment.key',
  "$.environment['name']",
  '$.identity.traits.plan',
  "$.identity.traits['plan']",
  "$.identity['traits']['plan']",
  '$.foo',
  '$.identity.nothing',
]
const traitPaths = [
  '$.identity.traits.a.b',
  "$.identity.traits['my trait']",
  "$.identity.traits['o'clock']",
  '$.identity',
  '$.',
]

export interface RandomIdentity {
  readonly identifier: string
  readonly traits: Readonly<Record<string, TraitValue | null>>
}

export function randomDocument(random: Random): EnvironmentDocument {
  const { chance, integer, pick } = random
  let serial = 0
  const next = (): number => ++serial

  const value = (): FeatureValue =>
    pick<() => FeatureValue>([
      () => `value ${next()}`,
      () => next(),
      () => chance(0.5),
      () => null,
      () => 1.5,
      () => '{"a":[1,2]}',
      () => pick(texts),
    ])()

  const shares = (): number[] =>
    pick([
      [100],
      [0, 100],
      [0],
      [100, 0],
      [50, 50],
      [33.3, 33.3, 33.4],
      [10, 20, 30],
      [60, 60],
      [0.01, 99.98],
      [25, 25, 25, 25],
    ])

  const multivariate = (share: number): MultivariateValue => {
    const hasId = chance(0.8)
    return {
      multivariate_feature_option: {
        ...(chance(0.9) && { value: value() }),
        ...(chance(0.8) && { key: chance(0.8) ? `option-${next()}` : null }),
      },
      percentage_allocation: share,
      // Not in the order of the list, so that the order of the rows matters.
      ...(hasId && { id: integer(1000) * 1000 + next() }),
      ...((!hasId || chance(0.5)) && { mv_fs_value_uuid: uuid(random) }),
    }
  }

  const state = (name: string): FeatureState => {
    const isMultivariate = chance(0.4)
    const hasId = chance(0.8)
    return {
      feature: { id: next(), name, type: isMultivariate ? 'MULTIVARIATE' : 'STANDARD' },
      enabled: chance(0.5),
      ...(chance(0.9) && { feature_state_value: value() }),
      ...(hasId ? { django_id: next() } : chance(0.5) && { django_id: null }),
      ...((!hasId || chance(0.5)) && { featurestate_uuid: uuid(random) }),
      ...(chance(0.8) && {
        multivariate_feature_state_values: isMultivariate ? shares().map(multivariate) : [],
      }),
    }
  }

  const right = (operator: string, property: string): unknown => {
    switch (operator) {
      case 'PERCENTAGE_SPLIT':
        return pick(['0', '100', '50', '12.5', '', 'x', 50])
      case 'CONTAINS':
      case 'NOT_CONTAINS':
        return pick(parts)
      case 'REGEX':
        return pick([...patterns, null, ''])
      case 'MODULO':
        return pick([...divisions, null, 2])
      case 'IN':
        return pick<unknown>([...lists, ['a', 'pro'], [1, '10'], null, 'user-1,user-2', ''])
      default:
        return property === 'version'
          ? pick(suffixed)
          : pick([...texts, ...numerals, ...suffixed, null, 10, 0, true, false])
    }
  }

  const condition = (): Condition => {
    const operator = pick(operators)
    const isSplit = operator === 'PERCENTAGE_SPLIT'
    const property = chance(0.7) ? pick(traitKeys) : pick(isSplit ? paths : [...paths, ...traitPaths])
    const names = chance(isSplit ? 0.4 : 0.95)
    return {
      operator,
      ...(names ? { property_: property } : chance(0.5) && { property_: pick(['', null]) }),
      ...(chance(0.97) && { value: right(operator, property) }),
    }
  }

  const several = <T>(most: number, make: () => T): T[] => Array.from({ length: integer(most) }, make)

  const rule = (depth: number): Rule => ({
    type: chance(0.03) ? 'XOR' : pick(['ALL', 'ANY', 'NONE']),
    conditions: several(depth === 0 ? 2 : 3, condition),
    rules: depth < 3 && chance(0.5) ? several(2, () => rule(depth + 1)) : [],
  })

  const names = featureNames.filter(() => chance(0.6))
  const segmentIds = [...new Set(several(8, () => 1 + integer(300)))]
  const segment = (id: number): Segment => ({
    id,
    name: `segment ${id}`,
    rules: several(3, () => rule(0)),
    feature_states: several(4, () => ({
      ...state(pick(featureNames)),
      // Few priorities, so that many are equal.
      ...(chance(0.9) && {
        feature_segment: chance(0.1) ? null : { ...(chance(0.95) && { priority: integer(2) }) },
      }),
    })),
  })
  const override = (identifier: string): IdentityOverride => ({
    identifier,
    django_id: next(),
    identity_features: several(4, () => state(pick(featureNames))),
  })

  return {
    id: 1,
    api_key: `key-${integer(1_000_000)}`,
    ...(chance(0.9) && { name: pick(['Production', 'pro', '😀']) }),
    project: { organisation: {}, ...(chance(0.95) && { segments: segmentIds.map(segment) }) },
    feature_states: [...names, ...(chance(0.1) ? names.slice(0, 1) : [])].map(state),
    ...(chance(0.9) && {
      identity_overrides: [...several(3, () => pick(identifiers)), 'user-1'].map(override),
    }),
  }
}

const identifiers = [
  'user-1',
  'user-2',
  '0f8fad5b-d9cb-469f-a165-70867728950e',
  '😀',
  'with space',
  '0',
  'pro',
]

export function randomIdentity({ chance, integer, pick }: Random): RandomIdentity {
  const kinds: readonly (readonly (TraitValue | null)[])[] = [
    texts,
    numerals,
    versions,
    [
      0,
      -0,
      1,
      2,
      9,
      10,
      10.5,
      -3.5,
      1e21,
      2 ** 31,
      2 ** 53 + 2,
      Number.MAX_VALUE,
      Number.MIN_VALUE,
      Number.NaN,
      Number.POSITIVE_INFINITY,
      0.1 + 0.2,
    ],
    [true, false],
    ['', '0', 0, false, 'true', 'ab:semver'],
    [null],
  ]
  return {
    identifier: chance(0.3) ? pick(identifiers) : `user-${integer(2 ** 31)}`,
    traits: Object.fromEntries(
      traitKeys
        .filter(() => chance(0.6))
        .map((key) => [key, pick(key === 'version' ? versions : pick(kinds))]),
    ),
  }
}

const uuid = ({ integer }: Random): string =>
  'xxxxxxxx-xxxx-4xxx-8xxx-xxxxxxxxxxxx'.replace(/x/g, () => integer(15).toString(16))
