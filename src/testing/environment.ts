import { type FlagValue, GuidonError, type KnownFlags, type Row, type TraitValue } from 'guidon'
import type { Name, Widen } from '../client/client.ts'
import type { EnvironmentDocument, FeatureState, Rule, Segment } from '../edge/document.ts'
import { type Declared, type FlagInput, type FlagParts, said } from './flag-input.ts'

/** One value of a multivariate flag, and how many of a hundred identities get it. */
export interface Share<T = FlagValue> {
  readonly value: Widen<T> | null
  /** From 0 to 100. All shares of a flag are at most 100 together; who is left gets the flag's own value. */
  readonly percent: number
  /** What this variation is called. */
  readonly variant?: string | undefined
}

/** A flag of an environment. */
export type FeatureInput<T = FlagValue> =
  | FlagInput<T>
  | (Omit<FlagParts<T>, 'variant'> & {
      /** Percentage splits. With them the flag is multivariate. */
      readonly split?: readonly Share<T>[] | undefined
    })

/** Flags of an environment, by name. */
type FeatureInputs<F extends object> = { readonly [K in Name<F>]?: FeatureInput<F[K]> | undefined }

/** What is asked of one trait: to be equal to a value, or what an operator of Flagsmith's says. */
export type SegmentCondition =
  | TraitValue
  | {
      readonly operator:
        | 'EQUAL'
        | 'NOT_EQUAL'
        | 'GREATER_THAN'
        | 'GREATER_THAN_INCLUSIVE'
        | 'LESS_THAN'
        | 'LESS_THAN_INCLUSIVE'
        | 'CONTAINS'
        | 'NOT_CONTAINS'
        | 'IN'
        | 'REGEX'
        | 'MODULO'
        | 'IS_SET'
        | 'IS_NOT_SET'
      /** A list for `IN`. None for `IS_SET` and `IS_NOT_SET`. */
      readonly value?: TraitValue | readonly string[] | undefined
    }

/** Some of the users, and the flags that are other ones for them. */
export interface SegmentOptions<F extends object = KnownFlags> {
  readonly name?: string | undefined
  /** Conditions by trait. All of them must hold. */
  readonly when?: Readonly<Record<string, SegmentCondition>> | undefined
  /** Only so many of a hundred identities. Default: all. */
  readonly percent?: number | undefined
  /** What is not said of a flag is as it is for everybody. */
  readonly flags: FeatureInputs<F>
}

/** What `environment()` takes. */
export interface EnvironmentOptions<F extends object = KnownFlags> {
  /** The client-side key. Default: `'test-key'`, as that of `testClient()`. */
  readonly key?: string | undefined
  /** What everybody gets. Default: nothing. */
  readonly flags?: FeatureInputs<F> | undefined
  /** What some get. Of two segments with the same flag the first counts. */
  readonly segments?: readonly SegmentOptions<F>[] | undefined
  /** What single identities get, by identifier. This goes before segments. */
  readonly identities?: Readonly<Record<string, FeatureInputs<F>>> | undefined
  /** Flags that no client is to see. */
  readonly serverOnly?: readonly Name<F>[] | undefined
}

/**
 * An environment document, as `createEdge()` of `guidon/edge` and `guidon serve --document` take it. The same input
 * makes the same document, so everybody stays in their bucket of a split.
 *
 * @throws GuidonError `invalid-option` for a flag that nobody else gets, and for shares that make no sense.
 * @example
 * environment({
 *   flags: { 'new-checkout': false, discount: 5 },
 *   segments: [{ when: { plan: 'pro' }, flags: { discount: 20 } }],
 *   identities: { [guid]: { 'new-checkout': true } },
 * })
 */
export const environment = <F extends object = KnownFlags>({
  key = 'test-key',
  flags = {},
  segments = [],
  identities = {},
  serverOnly = [],
}: EnvironmentOptions<Declared<F>> = {}): EnvironmentDocument => {
  const given = entriesOf(flags)
  const rows = new Map(given.map(([name, input]) => [name, said(name, input)]))
  const ids = new Map(given.map(([name], index) => [name, index + 1]))
  const idOf = (name: string) => {
    const id = ids.get(name)
    if (id) return id
    throw new GuidonError('invalid-option', `the flag '${name}' is missing in 'flags', which are everybody's`)
  }
  /** Of states and of shares: they seed the buckets. */
  let last = 0

  const state = (name: string, input: unknown): FeatureState => {
    const id = idOf(name)
    const [enabled, value, variant] = said(name, input, rows.get(name))
    const shares = sharesOf(name, input, value, variant)
    return {
      feature: { id, name, type: shares.length ? 'MULTIVARIATE' : 'STANDARD' },
      enabled,
      feature_state_value: value,
      django_id: ++last,
      multivariate_feature_state_values: shares.map(({ value, percent, variant = null }) => ({
        id: ++last,
        multivariate_feature_option: { value, key: variant },
        percentage_allocation: percent,
      })),
    }
  }
  const states = (inputs: object) => entriesOf(inputs).map(([name, input]) => state(name, input))
  // First, so that another segment moves nobody to another share of a flag.
  const everybodys = states(flags)

  return {
    id: 1,
    api_key: key,
    name: 'Test',
    project: {
      hide_disabled_flags: false,
      organisation: { persist_trait_data: true, stop_serving_flags: false },
      segments: segments.map(
        ({ name, when = {}, percent, flags }, index): Segment => ({
          id: index + 1,
          name: name ?? `segment ${index + 1}`,
          rules: [ruleOf(when, percent)],
          feature_states: states(flags).map((state) => ({ ...state, feature_segment: { priority: index } })),
        }),
      ),
      server_key_only_feature_ids: serverOnly.map(idOf),
    },
    feature_states: everybodys,
    identity_overrides: Object.entries(identities).map(([identifier, inputs], index) => ({
      identifier,
      django_id: index + 1,
      identity_features: states(inputs),
    })),
  }
}

const entriesOf = (inputs: object): [name: string, input: unknown][] =>
  Object.entries(inputs).filter(([, input]) => input !== undefined)

/** The shares of a flag. One that is said to be a variation gives that to everybody. */
const sharesOf = (name: string, input: unknown, value: FlagValue, variant: Row[2]): readonly Share[] => {
  const { split } = (typeof input === 'object' ? input : {}) as { split?: readonly Share[] }
  if (!split) return variant == null ? [] : [{ value: value as never, percent: 100, variant }]
  const sum = split.reduce((all, { percent }) => all + (percent >= 0 ? percent : Number.NaN), 0)
  if (sum <= 100) return split
  throw new GuidonError('invalid-option', `the shares of '${name}' should be 0 to 100 together`)
}

const ruleOf = (when: Readonly<Record<string, SegmentCondition>>, percent: number | undefined): Rule => ({
  type: 'ALL',
  rules: [],
  conditions: [
    ...Object.entries(when).map(([property_, asked]) => {
      const { operator, value } = typeof asked === 'object' ? asked : { operator: 'EQUAL', value: asked }
      return { operator, property_, value: textOf(value) }
    }),
    ...(percent === undefined
      ? []
      : [{ operator: 'PERCENTAGE_SPLIT', property_: null, value: String(percent) }]),
  ],
})

/** As documents have it. */
const textOf = (value: unknown): string | null =>
  value === undefined ? null : Array.isArray(value) ? JSON.stringify(value) : String(value)
