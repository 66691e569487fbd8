import type { EnvironmentDocument } from '../../src/edge.ts'
import { served } from '../served.ts'
import { KEY } from '../world.ts'

const state = (id: number, name: string, enabled: boolean, value: unknown, more = {}) => ({
  feature: { id, name, type: 'STANDARD' as const },
  enabled,
  feature_state_value: value as string,
  django_id: id,
  ...more,
})

/** The environment of a small shop: a few features, a segment for its best customers, one for France. */
const shopDocument = (): EnvironmentDocument => ({
  id: 1,
  api_key: KEY,
  name: 'Shop',
  project: {
    organisation: { persist_trait_data: true, stop_serving_flags: false },
    hide_disabled_flags: false,
    segments: [
      {
        id: 1,
        name: 'pro',
        rules: [
          { type: 'ALL', conditions: [{ operator: 'EQUAL', property_: 'plan', value: 'pro' }], rules: [] },
        ],
        feature_states: [state(1, 'discount', true, 20 as never)],
      },
      {
        id: 2,
        name: 'france',
        rules: [
          { type: 'ALL', conditions: [{ operator: 'EQUAL', property_: 'country', value: 'FR' }], rules: [] },
        ],
        feature_states: [state(2, 'banner', true, 'Bonjour')],
      },
    ],
    server_key_only_feature_ids: [4],
  },
  feature_states: [
    state(1, 'discount', true, 5),
    state(2, 'banner', true, 'Hello'),
    state(3, 'new-checkout', false, null),
    state(4, 'margin', true, 'secret'),
  ],
  identity_overrides: [],
})

/** That environment, served. */
export const openShop = (options = {}) => served(shopDocument(), { serverKeys: ['ser.shop'], ...options })
