import { expect, test } from 'vitest'
import { shapeOf } from '../../src/codegen/shape.ts'

test.each([
  [{ b: 1, a: 'x' }, '{ "a": string; "b": number }'],
  [['a', 'b'], 'readonly string[]'],
  [[1, 'a', null], 'readonly (null | number | string)[]'],
  [[{ a: 1 }, { a: 'x', b: true }], 'readonly { "a": number | string; "b"?: boolean }[]'],
  [{ a: null, b: [], c: {} }, '{ "a": unknown; "b": readonly unknown[]; "c": Record<string, unknown> }'],
  [{ a: [[1], [2]] }, '{ "a": readonly (readonly number[])[] }'],
  [{ 'a-b': { '"': 1 } }, '{ "a-b": { "\\"": number } }'],
])('%j is %s', (value, type) => {
  expect(shapeOf(JSON.stringify(value))).toBe(type)
})

test.each([null, 1, true, 'text', '"text"', '12', 'null', '{'])('%j is no JSON object or array', (value) => {
  expect(shapeOf(value)).toBeUndefined()
})
