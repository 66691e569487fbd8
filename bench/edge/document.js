// The environment that the edge is measured with: 100 features, 20 segments, 200 identities with overrides.

const range = (length, make) => Array.from({ length }, (_, index) => make(index))

const featureOf = (index, isSplit) => ({
  id: index + 1,
  name: `feature-${index}`,
  type: isSplit ? 'MULTIVARIATE' : 'STANDARD',
})

const options = (id) =>
  [25, 25].map((percentage_allocation, index) => ({
    id: id * 10 + index,
    multivariate_feature_option: { id: id * 10 + index, value: `option ${index}`, key: `option-${index}` },
    percentage_allocation,
  }))

const stateOf = (id, index, value, isSplit = false) => ({
  django_id: id,
  feature: featureOf(index, isSplit),
  enabled: id % 3 !== 0,
  feature_state_value: value,
  multivariate_feature_state_values: isSplit ? options(id) : [],
})

const condition = (operator, property_, value) => ({ operator, property_, value })

/** The conditions of a segment, by turns: two traits each, and now and then a percentage of everybody. */
const conditionsOf = (index) =>
  [
    [condition('EQUAL', 'plan', ['free', 'pro', 'team'][index % 3]), condition('IN', 'country', 'DE,FR,IT')],
    [
      condition('GREATER_THAN_INCLUSIVE', 'version', `1.${index}.0:semver`),
      condition('NOT_EQUAL', 'plan', 'free'),
    ],
    [condition('LESS_THAN', 'age', 18 + index), condition('IS_SET', 'country', '')],
    [condition('REGEX', 'country', '^[D-G]'), condition('CONTAINS', 'plan', 'e')],
    [condition('PERCENTAGE_SPLIT', null, '30'), condition('MODULO', 'age', '3|1')],
  ][index % 5]

const rule = (type, conditions, rules = []) => ({ type, conditions, rules })

const rulesOf = (index) =>
  rule('ALL', [], [rule('ANY', conditionsOf(index)), rule('NONE', [condition('EQUAL', 'plan', 'banned')])])

/** Each segment overrides five features. */
const segmentOf = (index, features, isPlain) => ({
  id: index + 1,
  name: `segment-${index}`,
  rules: [isPlain ? rule('ALL', [condition('EQUAL', 'plan', `plan-${index}`)]) : rulesOf(index)],
  feature_states: range(5, (nth) => ({
    ...stateOf(10_000 + index * 10 + nth, (index * 7 + nth * 11) % features, `in segment ${index}`),
    feature_segment: { priority: index % 4 },
  })),
})

/**
 * - `isPlain`: no feature is split by percentages, and a segment is one comparison. Otherwise every tenth feature is split.
 * - `isDistinct`: each identity's overrides have values of their own. Otherwise they are alike, which is kinder to an engine
 *   that makes a segment of those that have the same.
 */
export const makeDocument = ({
  features = 100,
  segments = 20,
  overrides = 200,
  isPlain = false,
  isDistinct = true,
} = {}) => ({
  id: 1,
  api_key: 'bench-client-key',
  name: 'Bench',
  updated_at: '2026-11-01T10:00:00.000000Z',
  allow_client_traits: true,
  project: {
    id: 1,
    name: 'Bench',
    hide_disabled_flags: false,
    organisation: {
      id: 1,
      name: 'Bench',
      persist_trait_data: true,
      stop_serving_flags: false,
      feature_analytics: false,
    },
    server_key_only_feature_ids: [],
    segments: range(segments, (index) => segmentOf(index, features, isPlain)),
  },
  feature_states: range(features, (index) =>
    stateOf(1000 + index, index, index % 2 ? `value ${index}` : null, !isPlain && index % 10 === 0),
  ),
  identity_overrides: range(overrides, (index) => ({
    identifier: `user-${index}`,
    identity_uuid: `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`,
    environment_api_key: 'bench-client-key',
    created_date: '2026-11-01T10:00:00.000000Z',
    identity_traits: [],
    identity_features: range(3, (nth) =>
      isDistinct
        ? stateOf(20_000 + index * 10 + nth, (index * 13 + nth * 29) % features, `for user ${index}`)
        : stateOf(20_000 + index * 10 + nth, nth * 29, 'for some users'),
    ),
  })),
})

const plans = ['free', 'pro', 'team', 'banned']
const countries = ['DE', 'FR', 'US', 'JP', 'GB']

/** Somebody with four traits. One in four has overrides. */
export const makeIdentity = (index) => ({
  identifier:
    index % 4 === 0
      ? `user-${(index / 4) % 200}`
      : `0f8fad5b-d9cb-469f-a165-${String(index).padStart(12, '0')}`,
  traits: {
    plan: plans[index % 4],
    country: countries[index % 5],
    age: 16 + (index % 50),
    version: `1.${index % 25}.${index % 7}`,
  },
})
