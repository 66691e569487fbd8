import type { TraitValue } from '../model/trait.ts'
import { patternMatcher } from './pattern.ts'
import { compareVersions, parseVersion } from './semver.ts'

/** Whether a trait that is set satisfies a condition. */
export type Match = (trait: TraitValue) => boolean

/**
 * Prepares an operator and the value on its right for many traits.
 *
 * Every oddity below is the public engine's, so that a user is in the same segments wherever the question is asked.
 * An operator from a newer server than we know matches nobody.
 *
 * @example matcher('GREATER_THAN', '1.9.0:semver')('1.10.0') // true
 */
export function matcher(operator: string, value: unknown): Match {
  switch (operator) {
    case 'IN':
      return isIn(value)
    case 'REGEX':
      return fitsPattern(value)
    case 'MODULO':
      return leavesRemainder(value)
    case 'CONTAINS': {
      const part = isSemver(value) ? withoutSuffix(value) : String(value)
      return (trait) => typeof trait === 'string' && trait !== '' && trait.includes(part)
    }
    case 'NOT_CONTAINS':
      return (trait) => typeof trait === 'string' && Boolean(value) && !trait.includes(String(value))
    default: {
      const isTrue = comparisons.get(operator)
      if (isTrue === undefined) return () => false
      return isSemver(value) ? comparesVersions(operator, value, isTrue) : comparesValues(value, isTrue)
    }
  }
}

/** What each comparison asks of the order of trait and value: below, at or above zero; NaN when they have none. */
const comparisons = new Map<string, (order: number) => boolean>([
  ['EQUAL', (order) => order === 0],
  ['NOT_EQUAL', (order) => order !== 0],
  ['GREATER_THAN', (order) => order > 0],
  ['GREATER_THAN_INCLUSIVE', (order) => order >= 0],
  ['LESS_THAN', (order) => order < 0],
  ['LESS_THAN_INCLUSIVE', (order) => order <= 0],
])

/** The value is read as what the trait is: `'10'` is above `9`, and below `'9'`. */
function comparesValues(value: unknown, isTrue: (order: number) => boolean): Match {
  const text = String(value)
  const number = Number.parseFloat(text)
  const boolean = value !== 'false' && value !== 'False'
  return (trait) => {
    switch (typeof trait) {
      case 'number':
        return isTrue(compare(trait, number))
      case 'boolean':
        return isTrue(compare(trait, boolean))
      default:
        return isTrue(compare(trait, text))
    }
  }
}

const compare = <T extends TraitValue>(a: T, b: T): number =>
  a === b ? 0 : a < b ? -1 : a > b ? 1 : Number.NaN

function comparesVersions(operator: string, value: string, isTrue: (order: number) => boolean): Match {
  const text = withoutSuffix(value)
  // Inequality alone is not decided by the rules of versions but by the text.
  if (operator === 'NOT_EQUAL')
    return (trait) => (typeof trait === 'string' ? trait !== text : Number(trait) !== Number(text))
  const wanted = parseVersion(text)
  return (trait) => {
    const version = typeof trait === 'string' ? parseVersion(trait) : undefined
    return wanted !== undefined && version !== undefined && isTrue(compareVersions(version, wanted))
  }
}

const isSemver = (value: unknown): value is string => typeof value === 'string' && value.endsWith(':semver')

const withoutSuffix = (value: string): string => value.replace(':semver', '')

/** `'a,b'`, `'["a","b"]'` or a list. Numbers inside a list match nothing, since traits are compared as text. */
function isIn(value: unknown): Match {
  const members = new Set(listOf(value))
  return (trait) => typeof trait !== 'boolean' && Boolean(trait) && members.has(String(trait))
}

function listOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value
  if (typeof value !== 'string') return []
  try {
    const parsed: unknown = JSON.parse(value)
    if (Array.isArray(parsed)) return parsed
  } catch {
    // Not JSON: then it is a list with commas.
  }
  return value.split(',')
}

function fitsPattern(value: unknown): Match {
  if (!value) return () => false
  const matches = patternMatcher(String(value))
  return (trait) => matches(String(trait))
}

/** `'3|1'`: divided by 3 it leaves 1. */
function leavesRemainder(value: unknown): Match {
  const [divisor = Number.NaN, remainder, ...rest] = String(value).split('|').map(Number.parseFloat)
  return (trait) => rest.length === 0 && Number.parseFloat(String(trait)) % divisor === remainder
}
