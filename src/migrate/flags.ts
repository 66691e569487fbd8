import type { Row, TraitInput, TraitInputs } from 'guidon'
import type { More } from './more.ts'
import { sameName } from './names.ts'
import type { IFlags, IFlagsmithTrait, IFlagsmithValue, IState, ITraits } from './types.ts'

type Traits = Readonly<Record<string, TraitInput | IFlagsmithTrait>> | null | undefined

/** Flags in their shape, by the names they are compared by. */
export const flagsFrom = (
  flags: Readonly<
    Record<string, { enabled: boolean; value: IFlagsmithValue; variant?: unknown; reason?: unknown }>
  >,
  more?: Pick<More, 'experiments'>,
): IFlags =>
  Object.fromEntries(
    Object.entries(flags).map(([name, { enabled, value, variant, reason }]) => {
      const key = sameName(name)
      const flag = { enabled, value, variant, reason, experiment: more?.experiments.get(key) }
      // As text, what is undefined is not there.
      return [key, JSON.parse(JSON.stringify(flag))]
    }),
  )

/** A state's flags as ours. From outside: when one is none, none is taken. */
export const rowsOf = (flags: IFlags | undefined): Map<string, Row> | undefined => {
  const rows = flags && Object.entries(flags)
  if (rows?.every(([, flag]) => typeof flag?.enabled === 'boolean'))
    return new Map(
      rows.map(([name, { enabled, value = null, variant, reason }]) => [
        name,
        [enabled, value, variant, reason] as unknown as Row,
      ]),
    )
  return
}

/** A trait's value, however it was handed over. */
export const plain = (trait: TraitInput | IFlagsmithTrait | undefined): IFlagsmithValue => {
  const { value = trait } = Object(trait)
  return value
}
export const plainTraits = (traits: Traits): Record<string, IFlagsmithValue> =>
  Object.fromEntries(Object.entries(traits ?? {}).map(([key, trait]) => [key, plain(trait)]))

/** Traits as our client takes them. What is `undefined` is not set. */
export const inputsOf = (traits: ITraits | null | undefined): TraitInputs =>
  Object.fromEntries(
    Object.entries(traits ?? {})
      .map(([key, trait]) => [key, Object(trait).transient ? trait : plain(trait)])
      .filter(([, input]) => input !== undefined),
  )

/** Whose flags a state holds. */
export const idOf = (state: IState | undefined): string | undefined =>
  state?.evaluationContext?.identity?.identifier ?? state?.identity

/** The names that differ between two records, or `null`. */
export const changes = (before: object, after: object): string[] | null => {
  const said = (record: object, name: string) => JSON.stringify((record as IFlags)[name])
  const names = Object.keys({ ...after, ...before }).filter(
    (name) => said(before, name) !== said(after, name),
  )
  return names[0] ? names : null
}
