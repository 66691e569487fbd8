import { bucket } from './bucket.ts'
import type { Condition, Rule, Segment } from './document.ts'
import { matcher } from './operators.ts'
import { pathReader, propertyReader, type Read, type Subject, type Surroundings } from './properties.ts'

/** Whether someone is in a segment, fulfils a rule, meets a condition. */
export type Predicate = (subject: Subject) => boolean

const never: Predicate = () => false

/** Prepares a segment, so that asking whether someone is in it takes no more than the asking. */
export function segmentPredicate(segment: Segment, surroundings: Surroundings): Predicate {
  // A segment without rules is one that nobody has finished. It holds nobody, and not everybody.
  if (segment.rules.length === 0) return never
  return every(segment.rules.map((rule) => rulePredicate(rule, String(segment.id), surroundings)))
}

function rulePredicate(rule: Rule, segmentKey: string, surroundings: Surroundings): Predicate {
  const conditions = (rule.conditions ?? []).map((condition) =>
    conditionPredicate(condition, segmentKey, surroundings),
  )
  const rules = (rule.rules ?? []).map((inner) => rulePredicate(inner, segmentKey, surroundings))
  // The type joins the conditions among themselves and the inner rules among themselves. The two groups must both
  // hold, whatever the type, and an empty one holds: so the public engine has it.
  return every(
    [conditions, rules].filter(({ length }) => length > 0).map((group) => joined(rule.type, group)),
  )
}

function joined(type: string, predicates: readonly Predicate[]): Predicate {
  switch (type) {
    case 'ALL':
      return every(predicates)
    case 'ANY':
      return some(predicates)
    case 'NONE': {
      const any = some(predicates)
      return (subject) => !any(subject)
    }
    default:
      return never
  }
}

function every(predicates: readonly Predicate[]): Predicate {
  if (predicates.length === 1) return predicates[0]!
  return (subject) => {
    for (const holds of predicates) if (!holds(subject)) return false
    return true
  }
}

function some(predicates: readonly Predicate[]): Predicate {
  if (predicates.length === 1) return predicates[0]!
  return (subject) => {
    for (const holds of predicates) if (holds(subject)) return true
    return false
  }
}

function conditionPredicate(condition: Condition, segmentKey: string, surroundings: Surroundings): Predicate {
  const { operator, property_: property, value } = condition
  if (operator === 'PERCENTAGE_SPLIT') {
    // Counted by the identity, or by whatever else a path names. A bare trait key is not a path, and splits nobody.
    const read: Read | undefined = property ? pathReader(property, surroundings) : (subject) => subject.key
    const share = Number.parseFloat(String(value))
    return (subject) => {
      const id = read?.(subject)
      return Boolean(id) && bucket(segmentKey, String(id)) <= share
    }
  }
  if (!property) return never
  const read = propertyReader(property, surroundings)
  if (operator === 'IS_SET') return (subject) => read(subject) !== undefined
  if (operator === 'IS_NOT_SET') return (subject) => read(subject) === undefined
  const matches = matcher(operator, value)
  return (subject) => {
    const trait = read(subject)
    return trait !== undefined && matches(trait)
  }
}
