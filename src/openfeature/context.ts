import type { EvaluationContext } from '@openfeature/web-sdk'
import type { TraitInput } from '../model/trait.ts'

export type Traits = Record<string, TraitInput>

/**
 * The attributes of a context as traits: a Date as ISO text, and `null` for what the same user had before. What can be no
 * trait, an object or a list, is left out.
 */
export const traitsOf = (next: EvaluationContext, before: EvaluationContext): Traits => {
  // Without a prototype, for an attribute may be named `__proto__`.
  const traits: Traits = Object.create(null)
  for (const key in { ...before, ...next }) {
    const value = next[key] === undefined && key in before ? null : next[key]
    if (key === 'targetingKey' || value === undefined) continue
    const trait = value instanceof Date ? (value.toJSON() ?? value) : value
    // What `transient()` made, or what looks like it, is the one object that is a trait.
    if (Object(trait) !== trait || (trait as { transient?: unknown }).transient)
      traits[key] = trait as TraitInput
  }
  return traits
}
