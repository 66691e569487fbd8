import { expect, test } from 'vitest'
import { environmentDocument } from '../../src/edge/document.ts'
import { GuidonError } from '../../src/model/errors.ts'
import { recordedDocument } from './recorded.ts'

test('takes the document that a real API gave out, and changes nothing in it', () => {
  const document = recordedDocument()
  expect(environmentDocument(document)).toBe(document)
})

test('takes the smallest document', () => {
  expect(() => environmentDocument({ api_key: 'key', project: {}, feature_states: [] })).not.toThrow()
})

const state = { feature: { id: 1, name: 'f' }, enabled: true }
const withState = (change: object) => ({
  api_key: 'key',
  project: {},
  feature_states: [{ ...state, ...change }],
})
const withRule = (rule: unknown) => ({
  api_key: 'key',
  project: { segments: [{ id: 1, rules: [rule] }] },
  feature_states: [],
})

test.each<[document: unknown, complaint: string]>([
  [null, 'it should be an object, but is null'],
  [[], 'it should be an object, but is a list'],
  ['{}', 'it should be an object, but is "{}"'],
  [{}, 'api_key should be a key, but is missing'],
  [{ api_key: '', project: {}, feature_states: [] }, 'api_key should be a key, but is ""'],
  [{ api_key: 'key', project: [], feature_states: [] }, 'project should be an object, but is a list'],
  [{ api_key: 'key', project: {} }, 'feature_states should be a list, but is missing'],
  [
    withState({ feature: { id: '1', name: 'f' } }),
    'feature_states[0].feature.id should be a whole number, but is "1"',
  ],
  [withState({ feature: { id: 1 } }), 'feature_states[0].feature.name should be a text, but is missing'],
  [withState({ enabled: 1 }), 'feature_states[0].enabled should be true or false, but is 1'],
  [
    withState({ feature_state_value: {} }),
    'feature_state_value should be a text, a number, true, false or null',
  ],
  [
    withState({
      multivariate_feature_state_values: [{ multivariate_feature_option: {}, percentage_allocation: 101 }],
    }),
    'multivariate_feature_state_values[0].percentage_allocation should be a percentage, but is 101',
  ],
  [withRule({}), 'project.segments[0].rules[0].type should be a text, but is missing'],
  [
    withRule({ type: 'ALL', rules: [{ type: 'ANY', conditions: [{ operator: 4 }] }] }),
    'project.segments[0].rules[0].rules[0].conditions[0].operator should be a text, but is 4',
  ],
  [
    { api_key: 'key', project: {}, feature_states: [], identity_overrides: [{}] },
    'identity_overrides[0].identifier should be a text, but is missing',
  ],
  [
    { api_key: 'key', project: {}, feature_states: [], updated_at: 'yesterday' },
    'updated_at should be a date, but is "yesterday"',
  ],
])('refuses %j and names the place', (document, complaint) => {
  expect(() => environmentDocument(document)).toThrow(GuidonError)
  expect(() => environmentDocument(document)).toThrow(complaint)
})
