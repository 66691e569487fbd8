import { expect, test } from 'vitest'
import { matcher } from '../../src/edge/operators.ts'
import type { TraitValue } from '../../src/model/trait.ts'

// The oracle test compares every operator with the public engine on thousands of random inputs. These are the rules
// one should be able to look up.
test.each<[trait: TraitValue, operator: string, value: unknown, expected: boolean]>([
  ['pro', 'EQUAL', 'pro', true],
  ['pro', 'NOT_EQUAL', 'pro', false],
  [10, 'EQUAL', '10', true],
  [10, 'GREATER_THAN', '9', true],
  ['10', 'GREATER_THAN', '9', false],
  [9.5, 'LESS_THAN_INCLUSIVE', '9.5', true],
  [Number.NaN, 'EQUAL', 'NaN', false],
  [true, 'EQUAL', 'True', true],
  [false, 'EQUAL', 'False', true],
  [true, 'EQUAL', '0', true],
  ['1.10.0', 'GREATER_THAN', '1.9.0:semver', true],
  ['1.0.0-rc.1', 'LESS_THAN', '1.0.0:semver', true],
  ['v2.0.0', 'EQUAL', '2.0.0:semver', true],
  ['v2.0.0', 'NOT_EQUAL', '2.0.0:semver', true],
  ['not a version', 'LESS_THAN', '2.0.0:semver', false],
  [2, 'EQUAL', '2.0.0:semver', false],
  ['FR', 'IN', 'DE,FR', true],
  ['FR', 'IN', 'DE, FR', false],
  ['a,b', 'IN', '["a,b"]', true],
  ['FR', 'IN', ['FR'], true],
  [2, 'IN', '1,2', true],
  [2, 'IN', '[1,2]', false],
  [0, 'IN', '0,1', false],
  [true, 'IN', 'true', false],
  ['beta-team', 'CONTAINS', 'team', true],
  ['', 'CONTAINS', '', false],
  [123, 'CONTAINS', '2', false],
  ['beta-team', 'NOT_CONTAINS', 'gamma', true],
  [123, 'NOT_CONTAINS', '9', false],
  ['user-7', 'REGEX', '^user-\\d$', true],
  [12, 'REGEX', '^\\d+$', true],
  ['x', 'REGEX', '(', false],
  ['x', 'REGEX', '', false],
  [7, 'MODULO', '3|1', true],
  ['7 apples', 'MODULO', '3|1', true],
  [7, 'MODULO', '0|0', false],
  [7, 'MODULO', '3', false],
  [7, 'MODULO', '3|1|', false],
  ['x', 'SOUNDS_LIKE', 'x', false],
  ['x', 'constructor', 'x', false],
])('%j %s %j is %j', (trait, operator, value, expected) => {
  expect(matcher(operator, value)(trait)).toBe(expected)
})
