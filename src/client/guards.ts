import type { MaybePromise } from '../core/ports.ts'
import { GuidonError } from '../model/errors.ts'
import type { Identity } from '../model/identity.ts'
import type { Trait, TraitInputs } from '../model/trait.ts'
import { checkIdentifier, classifyIdentifier, type IdentifierPolicy } from '../privacy/identifier.ts'
import { opaqueId } from '../privacy/opaque-id.ts'
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
  traits(inputs?: TraitInputs): Map<string, Trait>
}

export const createGuards = (options: GuardOptions, onGuard: (event: GuardEvent) => void): Guards => {
  /** Tells what was found and what is done about it, and stops what is blocked. */
  const judge = <P extends GuardEvent['action']>(action: P, kind: string, key?: string): P => {
    if (action !== 'allow')
      onGuard({ subject: key === undefined ? 'identifier' : 'trait', kind, action, key })
    if (action !== 'block') return action
    throw key === undefined
      ? new GuidonError(`${kind as 'personal'}-identifier`, 'use a random GUID, or opaqueId()')
      : new GuidonError('personal-trait', `leave '${key}' out, or make it transient()`, { key })
  }

  return {
    identity(input, transient = false) {
      const id = checkIdentifier(input)
      const kind = classifyIdentifier(id)
      return kind !== 'opaque' && judge(options[kind] ?? 'block', kind) === 'hash'
        ? opaqueId(id, { salt: options.salt ?? '' }).then((id) => ({ id, transient }))
        : { id, transient }
    },

    traits(inputs) {
      const traits = new Map<string, Trait>()
      for (const [key, input] of Object.entries(inputs ?? {})) {
        const trait = checkTrait(key, input)
        const { value } = trait
        const kind = !trait.transient && value !== null && personalKind(key, value, options.detectors)
        const action = kind && judge(options.traits ?? 'transient', kind, key)
        if (action !== 'drop') traits.set(key, action === 'transient' ? { value, transient: true } : trait)
      }
      return traits
    },
  }
}
