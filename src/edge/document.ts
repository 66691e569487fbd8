/** The environment document: what Flagsmith's API gives a server that evaluates by itself, and what we serve from. */
import { GuidonError } from '../model/errors.ts'

/** A Flagsmith environment document, as far as we read it. Whatever else it holds is kept and served untouched. */
export interface EnvironmentDocument {
  readonly id?: number | null
  /** The client-side key. */
  readonly api_key: string
  readonly name?: string | null
  readonly updated_at?: string | null
  readonly project: Project
  readonly feature_states: readonly FeatureState[]
  readonly identity_overrides?: readonly IdentityOverride[] | null
  readonly allow_client_traits?: boolean | null
  readonly hide_sensitive_data?: boolean | null
  /** Goes before the project's setting, unless it is null. */
  readonly hide_disabled_flags?: boolean | null
}

export interface Project {
  readonly hide_disabled_flags?: boolean | null
  readonly server_key_only_feature_ids?: readonly number[] | null
  readonly organisation?: {
    readonly stop_serving_flags?: boolean | null
    readonly persist_trait_data?: boolean | null
  } | null
  readonly segments?: readonly Segment[] | null
}

export interface Segment {
  readonly id: number
  readonly name?: string | null
  readonly rules: readonly Rule[]
  readonly feature_states?: readonly FeatureState[] | null
}

export interface Rule {
  /** `ALL`, `ANY` or `NONE`. A newer server may know more; such a rule holds for nobody here. */
  readonly type: string
  readonly conditions?: readonly Condition[] | null
  readonly rules?: readonly Rule[] | null
}

export interface Condition {
  readonly operator: string
  readonly property_?: string | null
  readonly value?: unknown
}

export type FeatureValue = string | number | boolean | null

export interface FeatureState {
  readonly feature: { readonly id: number; readonly name: string; readonly type?: string | null }
  readonly enabled: boolean
  readonly feature_state_value?: FeatureValue
  /** Seeds the buckets of this state; the uuid does when there is none. */
  readonly django_id?: number | null
  readonly featurestate_uuid?: string | null
  /** Of a segment's states only: the lower, the sooner it is taken. */
  readonly feature_segment?: { readonly priority?: number | null } | null
  readonly multivariate_feature_state_values?: readonly MultivariateValue[] | null
}

export interface MultivariateValue {
  readonly multivariate_feature_option: { readonly value?: FeatureValue; readonly key?: string | null }
  readonly percentage_allocation: number
  readonly id?: number | null
  readonly mv_fs_value_uuid?: string | null
}

export interface IdentityOverride {
  readonly identifier: string
  readonly django_id?: number | null
  readonly identity_features?: readonly FeatureState[] | null
}

/**
 * Takes a value for an environment document, or throws a `GuidonError` that names the first place where it is none.
 *
 * @example const document = environmentDocument(JSON.parse(text))
 */
export function environmentDocument(value: unknown): EnvironmentDocument {
  environment(value, '')
  return value as EnvironmentDocument
}

/** Throws when a value, found at a path, is not what it should be. */
type Check = (value: unknown, path: string) => void

function fail(path: string, expected: string, value: unknown): never {
  const place = path === '' ? 'it' : path.slice(1)
  throw new GuidonError(
    'invalid-option',
    `This is not an environment document: ${place} should be ${expected}, but is ${described(value)}.`,
  )
}

function described(value: unknown): string {
  if (value === undefined) return 'missing'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object') return value === null ? 'null' : 'an object'
  return typeof value === 'string' ? JSON.stringify(value.slice(0, 40)) : String(value)
}

const must =
  (expected: string, holds: (value: unknown) => boolean): Check =>
  (value, path) => {
    if (!holds(value)) fail(path, expected, value)
  }

const optional =
  (check: Check): Check =>
  (value, path) => {
    if (value !== undefined && value !== null) check(value, path)
  }

const listOf =
  (check: Check): Check =>
  (value, path) => {
    if (!Array.isArray(value)) fail(path, 'a list', value)
    for (const [index, item] of value.entries()) check(item, `${path}[${index}]`)
  }

const objectWith =
  (fields: Readonly<Record<string, Check>>): Check =>
  (value, path) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) fail(path, 'an object', value)
    for (const [name, check] of Object.entries(fields))
      check((value as Record<string, unknown>)[name], `${path}.${name}`)
  }

const text = must('a text', (value) => typeof value === 'string')
const boolean = must('true or false', (value) => typeof value === 'boolean')
const number = must('a number', Number.isFinite)
const integer = must('a whole number', Number.isSafeInteger)
const percentage = must('a percentage', (value) => typeof value === 'number' && value >= 0 && value <= 100)
const uuid = must(
  'a UUID',
  (value) => typeof value === 'string' && /^[\da-f]{8}-?([\da-f]{4}-?){3}[\da-f]{12}$/i.test(value),
)
const date = must('a date', (value) => typeof value === 'string' && !Number.isNaN(Date.parse(value)))
const featureValue = optional(
  must('a text, a number, true, false or null', (value) => typeof value !== 'object'),
)

const featureState = objectWith({
  feature: objectWith({ id: integer, name: text, type: optional(text) }),
  enabled: boolean,
  feature_state_value: featureValue,
  django_id: optional(integer),
  featurestate_uuid: optional(text),
  feature_segment: optional(objectWith({ priority: optional(number) })),
  multivariate_feature_state_values: optional(
    listOf(
      objectWith({
        multivariate_feature_option: objectWith({ value: featureValue, key: optional(text) }),
        percentage_allocation: percentage,
        id: optional(integer),
        mv_fs_value_uuid: optional(uuid),
      }),
    ),
  ),
})

const condition = objectWith({ operator: text, property_: optional(text) })

const rule: Check = (value, path) =>
  objectWith({ type: text, conditions: optional(listOf(condition)), rules: optional(listOf(rule)) })(
    value,
    path,
  )

const segment = objectWith({
  id: integer,
  name: optional(text),
  rules: listOf(rule),
  feature_states: optional(listOf(featureState)),
})

const environment = objectWith({
  id: optional(integer),
  api_key: must('a key', (value) => typeof value === 'string' && value !== ''),
  name: optional(text),
  updated_at: optional(date),
  project: objectWith({
    hide_disabled_flags: optional(boolean),
    server_key_only_feature_ids: optional(listOf(integer)),
    organisation: optional(
      objectWith({ stop_serving_flags: optional(boolean), persist_trait_data: optional(boolean) }),
    ),
    segments: optional(listOf(segment)),
  }),
  feature_states: listOf(featureState),
  identity_overrides: optional(
    listOf(
      objectWith({
        identifier: text,
        django_id: optional(integer),
        identity_features: optional(listOf(featureState)),
      }),
    ),
  ),
  allow_client_traits: optional(boolean),
  hide_sensitive_data: optional(boolean),
  hide_disabled_flags: optional(boolean),
})
