import { type FlagValue, GuidonError, type Row } from 'guidon'
import type { Name, Widen } from '../client/client.ts'
import { isRow } from '../model/flag.ts'

/** What is said of a flag. What is not said stays as it was; of a flag that was not there, it is on and without a value. */
export interface FlagParts<T = FlagValue> {
  readonly enabled?: boolean | undefined
  /** A value that is JSON is a text, as servers send it: `JSON.stringify({ … })`. */
  readonly value?: Widen<T> | null | undefined
  /** The variation of a multivariate flag. */
  readonly variant?: string | null | undefined
}

/**
 * A flag as a test says it. `true` and `false` switch it on and off, and leave its value alone, for that is what a switch in a
 * dashboard does; a text or a number is its value. A value that is a boolean is `{ value: true }`.
 */
export type FlagInput<T = FlagValue> = boolean | Exclude<Widen<T>, boolean> | FlagParts<T>

/** Flags by name. */
export type FlagInputs<F extends object> = { readonly [K in Name<F>]?: FlagInput<F[K]> | undefined }

/** Flags that are said by a type argument (or by `FlagTypes`), and not guessed from what a test happens to give. */
export type Declared<F> = [F][F extends unknown ? 0 : never]

/**
 * A flag, with what is said of it.
 *
 * @throws GuidonError `invalid-option` for what no flag can be: better in the test's first line than in silence.
 */
export const said = (name: string, input: unknown, before: Row = [true, null]): Row => {
  const parts: FlagParts =
    typeof input === 'boolean'
      ? { enabled: input }
      : typeof input === 'object' && !Array.isArray(input) && input
        ? input
        : // A variation has a value of its own.
          { value: input as FlagValue, variant: null }
  const isKnown = Object.keys(parts).every((part) => /^(?:enabled|value|variant|split)$/.test(part))
  const { enabled = before[0], value = before[1], variant = before[2] } = parts
  const row: Row = variant == null ? [enabled, value] : [enabled, value, variant]
  if (isKnown && isRow(row)) return row
  throw new GuidonError(
    'invalid-option',
    `the flag '${name}' should be true, false, a text, a number or { enabled, value, variant }`,
  )
}
