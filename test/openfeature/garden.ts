import { OpenFeature } from '@openfeature/web-sdk'
import { afterEach, beforeEach } from 'vitest'
import type { EnvironmentDocument } from '../../src/edge.ts'
import { served } from '../served.ts'
import { KEY } from '../world.ts'

let ids = 0
/** A feature with a value, on unless it is said that it is not. */
export const feature = (name: string, value: unknown, more: object = {}) => ({
  feature: { id: ++ids, name, type: 'STANDARD' as const },
  enabled: true,
  feature_state_value: value as string,
  django_id: ids,
  ...more,
})

type State = ReturnType<typeof feature>

/** An environment of features, some of which have another value for whoever has a trait. */
export const environment = (
  feature_states: State[],
  overrides: { trait: string; is: string; state: State }[] = [],
): EnvironmentDocument => ({
  id: 1,
  api_key: KEY,
  name: 'Garden',
  project: {
    organisation: { persist_trait_data: true, stop_serving_flags: false },
    hide_disabled_flags: false,
    segments: overrides.map(({ trait, is, state }, index) => ({
      id: index + 1,
      name: `${trait} is ${is}`,
      rules: [{ type: 'ALL', conditions: [{ operator: 'EQUAL', property_: trait, value: is }], rules: [] }],
      feature_states: [state],
    })),
    server_key_only_feature_ids: [],
  },
  feature_states,
  identity_overrides: [],
})

/** The environment of a garden centre: a flag of each type, some that are off, one that depends on who asks. */
const gardenDocument = (): EnvironmentDocument => {
  const greeting = feature('greeting', 'Good day')
  return environment(
    [
      greeting,
      feature('switch', null),
      feature('switched-off', null, { enabled: false }),
      feature('open', true),
      feature('closed', false),
      feature('ajar', 'true'),
      feature('motto', 'grow'),
      feature('silence', ''),
      feature('seeds', 12),
      feature('none', 0),
      feature('many', 2_147_483_647),
      feature('ratio', '0.25'),
      feature('bed', '{"rows":3,"organic":true,"crop":"leek"}'),
      feature('list', '[1,2]'),
      feature('broken', '{"rows":'),
      feature('winter', 'closed', { enabled: false }),
      feature('hedge', 'low', {
        feature: { id: 900, name: 'hedge', type: 'MULTIVARIATE' },
        multivariate_feature_state_values: [
          {
            id: 1,
            percentage_allocation: 100,
            multivariate_feature_option: { key: 'tall', value: 'high' },
          },
        ],
      }),
    ],
    [{ trait: 'thumb', is: 'green', state: { ...greeting, feature_state_value: 'Hello again' } }],
  )
}

/** That environment, served. */
export const openGarden = () => served(gardenDocument())

/** OpenFeature is one for a process: each test of a file finds it as new, and what it logs is kept. */
export const useOpenFeature = () => {
  const logged: string[] = []
  const keep =
    (level: string) =>
    (...words: unknown[]) =>
      void logged.push(`${level}: ${words[0]}`)
  beforeEach(() => {
    logged.length = 0
    OpenFeature.setLogger({ error: keep('error'), warn: keep('warn'), info: () => {}, debug: () => {} })
  })
  afterEach(async () => {
    await OpenFeature.clearProviders()
    await OpenFeature.clearContexts()
    OpenFeature.clearHandlers()
    OpenFeature.clearHooks()
  })
  return logged
}
