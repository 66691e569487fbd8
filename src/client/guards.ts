import type { MaybePromise } from '../core/ports.ts'
import { GuidonError } from '../model/errors.ts'
import type { Identity } from '../model/identity.ts'
import type { Trait, TraitInputs } from '../model/trait.ts'
import { opaqueId } from '../privacy/guid.ts'
import { checkIdentifier, classifyIdentifier, type IdentifierPolicy } from '../privacy/identifier.ts'
import { checkTrait, personalKind, type TraitDetector, type TraitPolicy } from '../privacy/traits.ts'
import type { GuardEvent } from './client.ts'

/** What the guards do with what they find. */
export interface GuardOptions {
  /** Identifiers that are personal data: an e-mail, a phone number, a name. Default: `'block'`. */
  readonly personal?: IdentifierPolicy
  /** Identifiers that can be guessed: `42`, `user_512356`. Default: `'block'`. */
  readonly guessable?: IdentifierPolicy
  /** What `'hash'` mixes in: a text of your app's own, the same for ever. */
  readonly salt?: string
  /** Persistent traits that are personal data, by value or by key. Default: `'transient'`: sent, stored nowhere. */
  readonly traits?: TraitPolicy
  /** More rules for traits. A text or `true` says that a trait is personal. */
  readonly detectors?: readonly TraitDetector[]
}

/** The guards, with the app's policies. They throw a GuidonError for what must not pass. */
export interface Guards {
  identity(id: string, transient?: boolean): MaybePromise<Identity>
  traits(inputs: TraitInputs | undefined): Map<string, Trait>
}

export const createGuards = (options: GuardOptions, onGuard: (event: GuardEvent) => void): Guards => ({
  identity(input, transient = false) {
    const id = checkIdentifier(input)
    const kind = classifyIdentifier(id)
    if (kind === 'opaque') return { id, transient }
    const action = options[kind] ?? 'block'
    if (action !== 'allow') onGuard({ subject: 'identifier', kind, action })
    if (action === 'block') {
      throw new GuidonError(
        `${kind}-identifier`,
        `The identifier looks ${kind} and was not used. Pass a random GUID, or opaqueId(id, { salt }).`,
      )
    }
    return action === 'hash'
      ? opaqueId(id, { salt: options.salt ?? '' }).then((hashed) => ({ id: hashed, transient }))
      : { id, transient }
  },

  traits(inputs = {}) {
    const traits = new Map<string, Trait>()
    for (const [key, input] of Object.entries(inputs)) {
      const trait = checkTrait(key, input)
      const { value, transient } = trait
      const kind = transient || value === null ? undefined : personalKind(key, value, options.detectors)
      const action = kind ? (options.traits ?? 'transient') : 'allow'
      if (kind && action !== 'allow') onGuard({ subject: 'trait', kind, action, key })
      if (action === 'block') {
        throw new GuidonError(
          'personal-trait',
          `The trait '${key}' looks personal and was not set. Leave it out, or mark it as transient().`,
          { key },
        )
      }
      if (action !== 'drop') traits.set(key, action === 'transient' ? { value, transient: true } : trait)
    }
    return traits
  },
})
