import type { TraitInput, TraitInputs } from 'guidon'
import type { Session } from './session.ts'
import type { EvaluationContext, IFlagsmithTrait, IFlagsmithValue, IState, ITraits } from './types.ts'

type Traits = Readonly<Record<string, TraitInput | IFlagsmithTrait>>

const isTransient = (trait: unknown): boolean | undefined => Object(trait).transient

/** A trait's value, however it was handed over. */
export const plain = (trait: TraitInput | IFlagsmithTrait | undefined): IFlagsmithValue => {
  const { value = trait } = Object(trait)
  return value
}

/** Traits as our client takes them. What is `undefined` is not set. */
export const inputsOf = (traits: ITraits | null | undefined): TraitInputs =>
  Object.fromEntries(
    Object.entries(traits ?? {})
      .map(([key, trait]) => [key, isTransient(trait) ? trait : plain(trait)])
      .filter(([, input]) => input !== undefined),
  )

/** What is known of the user: by the server, and what this app has set. */
const traitsOf = ({ client, context, known }: Session): Traits => ({
  ...(client && known?.id === client.identity && known?.traits),
  ...(client ? client.traits() : context.identity?.traits),
})

/** The same, by value. */
export const plainTraits = (session: Session): Record<string, IFlagsmithValue> =>
  Object.fromEntries(Object.entries(traitsOf(session)).map(([key, trait]) => [key, plain(trait)]))

/** Who it is, and where. What is for one evaluation only is not for a page. */
export const contextOf = (session: Session, isForPage?: boolean): EvaluationContext => {
  const { client, context } = session
  const { identity } = context
  return {
    ...context,
    identity: identity && {
      ...identity,
      identifier: client ? client.identity : identity.identifier,
      traits: Object.fromEntries(
        Object.entries(traitsOf(session))
          .filter(([, trait]) => !isForPage || !isTransient(trait))
          .map(([key, trait]) => [key, isTransient(trait) ? trait : { value: plain(trait) }]),
      ),
    },
  } as EvaluationContext
}

/** Remembers the traits that the client has taken. What the guards refused is not tried again. */
export const keepTraits = (session: Session): void => {
  const { client, context } = session
  const traits = client?.traits()
  if (traits && (context.identity || Object.keys(traits)[0]))
    session.context = { ...context, identity: { ...context.identity, traits } }
}

/** Whose flags a state holds. */
export const idOf = (state: IState | undefined): string | undefined =>
  state?.evaluationContext?.identity?.identifier ?? state?.identity ?? undefined
