import type { TraitValue } from '../model/trait.ts'
import { bucket } from './bucket.ts'
import type {
  IdentityOverride as DocumentOverride,
  EnvironmentDocument,
  FeatureState,
  FeatureValue,
  MultivariateValue,
} from './document.ts'
import type { Subject } from './properties.ts'
import { type Predicate, segmentPredicate } from './segments.ts'

/** One answer that a feature can give. All of them are known, and made, when the document is compiled. */
export interface Outcome {
  readonly feature: Feature
  readonly enabled: boolean
  readonly value: FeatureValue
  /** The option's key (null when it has none), `'control'`, or null for a feature without variants. */
  readonly variant: string | null
  /** The rows it comes from, as the API names them. */
  readonly stateId: number | null
  readonly identityId: number | null
  readonly segmentId: number | null
}

export interface Feature {
  readonly id: number
  readonly name: string
  readonly type: 'STANDARD' | 'MULTIVARIATE'
}

/** Who asks: an identifier, and the traits known of it. */
export interface Identity {
  readonly identifier: string
  readonly traits?: ReadonlyMap<string, TraitValue> | undefined
  /** False leaves the identity's own overrides aside. @default true */
  readonly overrides?: boolean | undefined
}

/** A document, prepared for many evaluations. */
export interface Environment {
  readonly key: string
  /** What each feature answers to nobody in particular. */
  readonly defaults: readonly Outcome[]
  /** The features that answer some identities something else: split by percentages, or overridden by segments. */
  readonly varying: readonly VaryingFeature[]
  readonly segments: readonly Predicate[]
  /** An identity's own overrides. */
  overridesOf(identifier: string): readonly IdentityOverride[]
}

interface VaryingFeature {
  /** The feature's place in `defaults`, and so in every answer. */
  readonly place: number
  readonly state: State
  /** The first whose segment holds the asker is taken. */
  readonly segmentOverrides: readonly SegmentOverride[]
}

interface IdentityOverride {
  readonly place: number
  readonly state: State
}

interface SegmentOverride {
  /** The segment's place in `segments`. */
  readonly segment: number
  readonly priority: number
  readonly state: State
}

/** A feature state: one outcome, or several and the shares in which they are given out. */
interface State {
  readonly key: string
  readonly control: Outcome
  readonly splits: readonly { readonly below: number; readonly outcome: Outcome }[]
}

/**
 * Prepares a document: rules become functions, lists become sets, the order of overrides is settled once.
 *
 * @example evaluate(compile(document), { identifier: guid, traits: new Map([['plan', 'pro']]) })
 */
export function compile(document: EnvironmentDocument): Environment {
  const surroundings = { key: document.api_key, name: document.name ?? undefined }
  // Of two overrides with one priority the lower segment id wins, which is what the public engine makes of it.
  const segments = [...(document.project.segments ?? [])].sort((a, b) => a.id - b.id)

  const overrides = new Map<string, SegmentOverride[]>()
  for (const [index, segment] of segments.entries()) {
    for (const state of segment.feature_states ?? []) {
      const override = {
        segment: index,
        priority: state.feature_segment?.priority ?? Number.POSITIVE_INFINITY,
        state: compileState(state, { segmentId: segment.id }),
      }
      const others = overrides.get(state.feature.name)
      if (others === undefined) overrides.set(state.feature.name, [override])
      else others.push(override)
    }
  }

  // By name, so that of two states for one feature the last stands.
  const states = new Map(
    document.feature_states.map((state) => [state.feature.name, compileState(state, {})]),
  )
  const places = new Map([...states.keys()].map((name, place) => [name, place]))

  const varying: VaryingFeature[] = []
  for (const [name, state] of states) {
    const segmentOverrides = (overrides.get(name) ?? []).sort(byPriority)
    if (state.splits.length > 0 || segmentOverrides.length > 0)
      varying.push({ place: places.get(name)!, state, segmentOverrides })
  }

  return {
    key: document.api_key,
    defaults: [...states.values()].map((state) => state.control),
    varying,
    segments: segments.map((segment) => segmentPredicate(segment, surroundings)),
    overridesOf: identityOverrides(document.identity_overrides ?? [], places),
  }
}

/** Prepares the overrides of an identity when it first asks: most of them may be of somebody who is not here today. */
function identityOverrides(
  documents: readonly DocumentOverride[],
  places: ReadonlyMap<string, number>,
): Environment['overridesOf'] {
  const given = new Map<string, DocumentOverride[]>()
  for (const override of documents) {
    const others = given.get(override.identifier)
    if (others === undefined) given.set(override.identifier, [override])
    else others.push(override)
  }

  const prepared = new Map<string, readonly IdentityOverride[]>()
  function prepare(identifier: string): readonly IdentityOverride[] {
    const own = new Map<number, IdentityOverride>()
    for (const { identity_features, django_id } of given.get(identifier) ?? []) {
      for (const state of identity_features ?? []) {
        const place = places.get(state.feature.name)
        // Of two for one feature the first stands.
        if (place !== undefined && !own.has(place))
          own.set(place, { place, state: compileState(state, { identityId: django_id ?? null }) })
      }
    }
    return [...own.values()]
  }

  return (identifier) => {
    if (!given.has(identifier)) return none
    const own = prepared.get(identifier) ?? prepare(identifier)
    prepared.set(identifier, own)
    return own
  }
}

const none: readonly IdentityOverride[] = []

const byPriority = (a: SegmentOverride, b: SegmentOverride): number =>
  a.priority < b.priority ? -1 : a.priority > b.priority ? 1 : 0

function compileState(
  state: FeatureState,
  { identityId = null, segmentId = null }: { identityId?: number | null; segmentId?: number | null },
): State {
  const { feature, enabled } = state
  const options = [...(state.multivariate_feature_state_values ?? [])].sort(byRow)
  const isMultivariate = feature.type ? feature.type === 'MULTIVARIATE' : options.length > 0
  const shared = {
    feature: { id: feature.id, name: feature.name, type: isMultivariate ? 'MULTIVARIATE' : 'STANDARD' },
    enabled,
    stateId: state.django_id ?? null,
    identityId,
    segmentId,
  } as const

  let below = 0
  const splits = options.map(({ multivariate_feature_option: option, percentage_allocation: share }) => {
    below += share
    return { below, outcome: { ...shared, value: option.value ?? null, variant: option.key ?? null } }
  })
  return {
    // A hand-written state may have neither id nor uuid. The public engine then draws a seed at every start, which
    // moves everyone to another bucket; the name keeps them where they are.
    key: String(state.django_id ?? state.featurestate_uuid ?? feature.name),
    control: {
      ...shared,
      value: state.feature_state_value ?? null,
      variant: isMultivariate ? 'control' : null,
    },
    splits,
  }
}

/** By row id; newer documents have a uuid instead, which is compared as the large number that it spells. */
function byRow(a: MultivariateValue, b: MultivariateValue): number {
  const [first, second] = [rowOf(a), rowOf(b)]
  return first < second ? -1 : first > second ? 1 : 0
}

const rowOf = ({ id, mv_fs_value_uuid: uuid }: MultivariateValue): number | bigint =>
  id ?? (uuid ? BigInt(`0x${uuid.replaceAll('-', '')}`) : Number.POSITIVE_INFINITY)

const noTraits: ReadonlyMap<string, TraitValue> = new Map()

/**
 * Every feature's outcome for an identity, in the order of the document. An override of the identity's own goes before
 * those of its segments (lower priority first), and those before the environment's default.
 */
export function evaluate(
  environment: Environment,
  { identifier, traits = noTraits, overrides = true }: Identity,
): Outcome[] {
  // Always the composite key, also where the document asks for hashing by the database's id: an identity without
  // overrides has no such id in the document. The public engine does the same.
  const subject: Subject = { identifier, key: `${environment.key}_${identifier}`, traits }
  const outcomes = environment.defaults.slice()

  // Segments are asked when a feature needs to know, and once.
  const held = new Array<boolean | undefined>(environment.segments.length)
  const holds = ({ segment }: SegmentOverride): boolean => {
    held[segment] ??= environment.segments[segment]!(subject)
    return held[segment]
  }
  for (const { place, state, segmentOverrides } of environment.varying) {
    outcomes[place] = draw(segmentOverrides.find(holds)?.state ?? state, subject.key)
  }

  const own = overrides ? environment.overridesOf(identifier) : none
  for (const { place, state } of own) outcomes[place] = draw(state, subject.key)
  return outcomes
}

function draw({ key, control, splits }: State, identityKey: string): Outcome {
  if (splits.length === 0) return control
  const percentage = bucket(key, identityKey)
  return splits.find(({ below }) => percentage < below)?.outcome ?? control
}
