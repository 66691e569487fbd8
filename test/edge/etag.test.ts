import { expect, test } from 'vitest'
import { etagOf, isMatch } from '../../src/edge/etag.ts'
import { random } from './random.ts'

test('gives the same text the same tag, in quotes', () => {
  expect(etagOf('[{"enabled":true}]')).toBe(etagOf('[{"enabled":true}]'))
  expect(etagOf('')).toMatch(/^"[\w-]+"$/)
})

test('tells apart texts that differ in one character, wherever it is', () => {
  const { integer } = random()
  const text = Array.from({ length: 1000 }, () => String.fromCharCode(32 + integer(90)))
  const tags = new Set([etagOf(text.join(''))])
  for (let index = 0; index < text.length; index++) {
    for (const other of ['é', '\u0001', '😀'])
      tags.add(etagOf([...text.slice(0, index), other, ...text.slice(index + 1)].join('')))
  }
  expect(tags.size).toBe(3001)
})

test('tells apart texts whose parts changed places', () => {
  expect(etagOf('abcdefgh')).not.toBe(etagOf('efghabcd'))
  expect(etagOf('{"a":1,"b":2}')).not.toBe(etagOf('{"a":2,"b":1}'))
})

test.each([
  [null, false],
  ['"other"', false],
  ['"tag"', true],
  ['"other", "tag"', true],
  ['W/"tag"', true],
  ['*', true],
])('matches %j: %j', (header, expected) => {
  expect(isMatch(header, '"tag"')).toBe(expected)
})
