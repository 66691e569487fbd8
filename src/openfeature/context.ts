import type { EvaluationContext } from '@openfeature/web-sdk'
import type { TraitInput } from '../model/trait.ts'

export type Traits = Record<string, TraitInput>

/**
 * The attributes of a context as traits, a Date as ISO text. What can be no trait, an object or a list, is as if it were
 * not there.
 */
export const traitsOf = (context: EvaluationContext): Traits => {
  // Without a prototype, for an attribute may be named `__proto__`.
  const traits: Traits = Object.create(null)
  for (const key in context) {
    const value = context[key]
    const trait = value instanceof Date ? (value.toJSON() ?? value) : value
    // What `transient()` made, or what looks like it, is the one object that is a trait.
    if (
      key !== 'targetingKey' &&
      trait !== undefined &&
      (Object(trait) !== trait || (trait as { transient?: unknown }).transient)
    )
      traits[key] = trait as TraitInput
  }
  return traits
}
