import { andThen, type MaybePromise } from '../core/ports.ts'
import { type ErrorCode, GuidonError } from '../model/errors.ts'
import type { Identity } from '../model/identity.ts'
import type { Trait, TraitInputs } from '../model/trait.ts'
import { checkIdentifier, classifyIdentifier, type IdentifierPolicy } from '../privacy/identifier.ts'
import { opaqueId } from '../privacy/opaque-id.ts'
import { checkTrait, personalKind, type TraitDetector, type TraitPolicy } from '../privacy/traits.ts'
import type { GuardEvent } from './client.ts'

/** What the guards do with what they find. */
export interface GuardOptions {
  /** Identifiers that are personal data: an e-mail, a phone number, a name. Default: `'block'`. */
  readonly personal?: IdentifierPolicy | undefined
  /** Identifiers that can be guessed: `42`, `user_512356`. Default: `'block'`. */
  readonly guessable?: IdentifierPolicy | undefined
  /** What `'hash'` mixes in: a text of your app's own, the same for ever. */
  readonly salt?: string | undefined
  /** Persistent traits that are personal data, by value or by key. Default: `'transient'`: sent, stored nowhere. */
  readonly traits?: TraitPolicy | undefined
  /** More rules for traits. A text or `true` says that a trait is personal. */
  readonly detectors?: readonly TraitDetector[] | undefined
}

/** The guards, with the app's policies. They throw a GuidonError for what must not pass. */
export interface Guards {
  identity(id: string, transient?: boolean): MaybePromise<Identity>
  traits(inputs?: TraitInputs): Map<string, Trait>
}

export const createGuards = (options: GuardOptions, onGuard: (event: GuardEvent) => void): Guards => {
  /** Tells what was found and what is done about it, and stops what is blocked. */
  const judge = <A extends GuardEvent['action']>(
    subject: GuardEvent['subject'],
    kind: string,
    action: A,
    code: ErrorCode,
    advice: string,
    key?: string,
  ): A => {
    if (action !== 'allow') onGuard({ subject, kind, action, key })
    if (action === 'block') throw new GuidonError(code, advice, { key })
    return action
  }

  return {
    identity(input, transient = false) {
      const id = checkIdentifier(input)
      const kind = classifyIdentifier(id)
      const action =
        kind !== 'opaque' &&
        judge('identifier', kind, options[kind] ?? 'block', `${kind}-identifier`, 'send a GUID')
      return andThen(action === 'hash' ? opaqueId(id, options as { salt: string }) : id, (id) => ({
        id,
        transient,
      }))
    },

    traits(inputs) {
      const traits = new Map<string, Trait>()
      for (const [key, input] of Object.entries(inputs ?? {})) {
        const { value, transient } = checkTrait(key, input)
        const kind = !transient && value !== null && personalKind(key, value, options.detectors)
        const action =
          kind &&
          judge(
            'trait',
            kind,
            options.traits ?? 'transient',
            'personal-trait',
            `make '${key}' transient()`,
            key,
          )
        if (action !== 'drop') traits.set(key, { value, transient: transient || action === 'transient' })
      }
      return traits
    },
  }
}
