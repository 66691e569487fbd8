import { expect, test } from 'vitest'
import { identityRequest, Problem } from '../../src/edge/identity-request.ts'

const trait = (more: object) => ({ traits: [{ trait_key: 'k', trait_value: 1, ...more }] })
const refused = (body: unknown) => {
  const result = identityRequest(body)
  return result instanceof Problem ? result.says : 'taken'
}

test('reads an identity with its traits', () => {
  expect(
    identityRequest({
      identifier: '  guid ',
      traits: [
        { trait_key: ' plan ', trait_value: 'pro' },
        { trait_key: 'age', trait_value: null, transient: true },
      ],
      nonsense: 1,
    }),
  ).toEqual({
    identifier: 'guid',
    transient: false,
    traits: [
      { key: 'plan', value: 'pro', transient: false },
      { key: 'age', value: null, transient: true },
    ],
  })
})

test.each([{}, { identifier: null }, { identifier: '' }, { identifier: '   ' }])(
  'takes %j for nobody',
  (body) => {
    expect(identityRequest(body)).toEqual({ identifier: undefined, transient: false, traits: [] })
  },
)

test.each([
  [true, true],
  ['yes', true],
  ['True', true],
  [1, true],
  ['off', false],
  [0, false],
])('reads transient %j as %j', (transient, expected) => {
  expect(identityRequest({ transient })).toMatchObject({ transient: expected })
})

test.each(['x'.repeat(2000), '😀'.repeat(2000), '', true, 0.5, -(2 ** 31), 2 ** 31 - 1, null])(
  'takes a value that the API takes',
  (trait_value) => {
    expect(refused(trait({ trait_value }))).toBe('taken')
  },
)

test('takes a large integer where it is not stored', () => {
  const large = { trait_value: 2 ** 31 }
  expect(refused(trait(large))).not.toBe('taken')
  expect(refused(trait({ ...large, transient: true }))).toBe('taken')
  expect(refused({ ...trait(large), transient: true })).toBe('taken')
})

test.each<[body: unknown, complaint: unknown]>([
  [[], { non_field_errors: ['Invalid data. Expected a dictionary, but got list.'] }],
  ['x', { non_field_errors: ['Invalid data. Expected a dictionary, but got str.'] }],
  [1.5, { non_field_errors: ['Invalid data. Expected a dictionary, but got float.'] }],
  [null, { non_field_errors: ['Invalid data. Expected a dictionary, but got NoneType.'] }],
  [{ identifier: true }, { identifier: ['Not a valid string.'] }],
  [{ identifier: 'a\0b' }, { identifier: ['Null characters are not allowed.'] }],
  [{ identifier: 'x'.repeat(2001) }, { identifier: ['Ensure this field has no more than 2000 characters.'] }],
  [{ transient: null }, { transient: ['This field may not be null.'] }],
  [{ transient: 'perhaps' }, { transient: ['Must be a valid boolean.'] }],
  [{ traits: null }, { traits: ['This field may not be null.'] }],
  [{ traits: {} }, { traits: { non_field_errors: ['Expected a list of items but got type "dict".'] } }],
  [
    { traits: ['x'] },
    { traits: [{ non_field_errors: ['Invalid data. Expected a dictionary, but got str.'] }] },
  ],
  [trait({ trait_key: undefined }), { traits: [{ trait_key: ['This field is required.'] }] }],
  [trait({ trait_key: null }), { traits: [{ trait_key: ['This field may not be null.'] }] }],
  [trait({ trait_key: ' ' }), { traits: [{ trait_key: ['This field may not be blank.'] }] }],
  [
    trait({ trait_key: 'k'.repeat(201) }),
    { traits: [{ trait_key: ['Ensure this field has no more than 200 characters.'] }] },
  ],
  [trait({ trait_value: undefined }), { traits: [{ trait_value: ['This field is required.'] }] }],
  [
    trait({ trait_value: { a: 1 } }),
    { traits: [{ trait_value: ['Not a valid string, number or boolean.'] }] },
  ],
  [trait({ trait_value: 2 ** 31 }), { traits: [{ trait_value: ['Ensure this value fits into 32 bits.'] }] }],
  [
    trait({ trait_value: Number.POSITIVE_INFINITY }),
    { traits: [{ trait_value: ['A valid number is required.'] }] },
  ],
  [trait({ trait_value: 'a\0b' }), { traits: [{ trait_value: ['Null characters are not allowed.'] }] }],
  [
    trait({ trait_value: 'x'.repeat(2001) }),
    { traits: [{ trait_value: ['Value string is too long. Must be less than 2000 character'] }] },
  ],
])('refuses a bad body in the words of the API (%#)', (body, complaint) => {
  expect(refused(body)).toEqual(complaint)
})

test('complains of everything at once, with an empty entry for each good trait', () => {
  expect(
    refused({
      identifier: true,
      transient: null,
      traits: [{ trait_key: 'good', trait_value: 1 }, { trait_key: '' }],
    }),
  ).toEqual({
    identifier: ['Not a valid string.'],
    transient: ['This field may not be null.'],
    traits: [{}, { trait_key: ['This field may not be blank.'], trait_value: ['This field is required.'] }],
  })
})
