/** What a trait can be: a boolean, a string (at most 2,000 bytes in UTF-8), a finite number (an integer within 32 bits). */
export type TraitValue = string | number | boolean

/**
 * A trait for this evaluation only: it is sent, and stored nowhere, neither on the device nor on the server. (A type and no
 * interface, so that it fits where any object of plain values does: in an OpenFeature context.)
 */
export type TransientTrait = { readonly value: TraitValue; readonly transient: true }

/** What an app hands over: a value (persistent), `transient(value)`, or `null`, which removes the trait. */
export type TraitInput = TraitValue | TransientTrait | null

/** Traits by key, as an app hands them over. */
export type TraitInputs = Readonly<Record<string, TraitInput>>

/** A trait that passed the guards. `null` removes it from the server. */
export interface Trait {
  readonly value: TraitValue | null
  readonly transient?: boolean
}

/** Traits by key, checked. A `Map`, so that a trait named `__proto__` is a trait like any other. */
export type Traits = ReadonlyMap<string, Trait>

/**
 * Marks a trait as transient.
 *
 * @example await flags.setTraits({ plan: 'pro', country: transient('FR') })
 */
export const transient = (value: TraitValue): TransientTrait => Object.freeze({ value, transient: true })

/** Traits as an app handed them over. */
export const asInputs = (traits: Traits): TraitInputs => {
  const inputs: Record<string, TraitInput> = Object.create(null)
  traits.forEach((trait, key) => {
    if (trait.value !== null) inputs[key] = trait.transient ? ({ ...trait } as TransientTrait) : trait.value
  })
  return inputs
}
