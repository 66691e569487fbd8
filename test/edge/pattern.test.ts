import { describe, expect, test } from 'vitest'
import { patternMatcher } from '../../src/edge/pattern.ts'
import { parsePattern } from '../../src/edge/pattern-parser.ts'
import { programOf } from '../../src/edge/pattern-program.ts'
import { random } from './random.ts'

/** Our own matcher, also for patterns that would be left to the runtime. */
function ours(source: string) {
  const pattern = parsePattern(source)
  const program = pattern && programOf(pattern.tree)
  if (!program || pattern.hasBackreference) throw new Error(`${source} cannot be matched.`)
  return program
}

const texts = [
  '',
  'a',
  'b',
  'ab',
  'aab',
  'foo.bar',
  'a-b_c 1',
  'x\ny',
  '2024-01-31',
  '😀',
  'é',
  'aaaaab',
  '_',
  '{2}',
  ']\\',
]

test.each([
  'a|b|',
  '(a|b)*c',
  '^(?:ab?)+$',
  'a{2}',
  'a{2,}',
  'a{1,2}b',
  'a{0}b',
  'a{,2}',
  '{',
  '}',
  ']',
  '[]',
  '[^]',
  '[^a]+',
  '[a-c\\]]+',
  '[\\d-]+$',
  '\\w+\\.\\w+',
  '\\bb',
  '\\Bb',
  '\\b',
  '^\\B$',
  '(?=a)ab',
  '(?!a)\\w',
  '^(?!foo)',
  '(?<=a)b',
  '(?<!a)b',
  '(?<=(?:a|foo)\\.?)b',
  '(?<=^a+)b',
  '(?<name>a)b',
  '(?=.*\\d)(?=.*-)',
  '(?!.*(?=b)a)',
  '(?=a)*b',
  '.',
  '^.$',
  '^..$',
  '\\x61',
  '\\u0061',
  '\\cA',
  '\\0',
  '\\p',
  '\\-',
  '\\/',
  '[\\b]',
  '\\ud83d',
  '^[😀]$',
  '(a*)*b',
  '(a|a?)+b',
  '(?:)*',
  '()',
  '^*',
  '\\s|\\S',
  '\\n',
  '$^',
  'a??b',
  'a*?b$',
])('matches %s as the runtime does', (source) => {
  let native: RegExp
  try {
    native = new RegExp(source)
  } catch {
    expect(patternMatcher(source)('a')).toBe(false)
    return
  }
  const program = ours(source)
  const matches = patternMatcher(source)
  for (const text of texts) {
    expect(program(text), text).toBe(native.test(text))
    expect(matches(text), text).toBe(native.test(text))
  }
})

test('agrees with the runtime on thousands of random patterns', () => {
  const { integer, pick, chance, seed } = random()
  const atom = (depth: number): string =>
    depth > 2 || chance(0.6)
      ? pick(['a', 'b', 'c', '.', '\\w', '\\d', '[ab]', '[^a]', '\\b', '^', '$', '1', '\\.', '\\B', '[a-c1]'])
      : `${pick(['(', '(?:', '(?:', '(?=', '(?!', '(?<=', '(?<!'])}${anything(depth + 1)})`
  const anything = (depth: number): string =>
    Array.from({ length: 1 + integer(2) }, () =>
      Array.from({ length: integer(3) }, () => {
        const one = atom(depth)
        const canRepeat = !/^(\^|\$|\\b|\\B|\(\?<?[=!])/.test(one)
        return canRepeat && chance(0.4)
          ? one + pick(['*', '+', '?', '{2}', '{1,2}', '{0,1}', '{2,}', '*?', '+?'])
          : one
      }).join(''),
    ).join('|')

  let matched = 0
  let asked = 0
  for (let round = 0; round < 5000; round++) {
    const source = anything(0)
    const [native, program, whole] = [new RegExp(source), ours(source), patternMatcher(source)]
    for (let turn = 0; turn < 5; turn++) {
      const text = Array.from({ length: integer(7) }, () => pick(['a', 'b', 'c', '1', '.', ' '])).join('')
      const expected = native.test(text)
      expect(program(text), `seed ${seed}: /${source}/ of ${JSON.stringify(text)}`).toBe(expected)
      expect(whole(text), `seed ${seed}: /${source}/ of ${JSON.stringify(text)}`).toBe(expected)
      matched += Number(expected)
      asked++
    }
  }
  expect(matched).toBeGreaterThan(asked / 20)
  expect(asked - matched).toBeGreaterThan(asked / 20)
})

describe('patterns on which the runtime would hang', () => {
  const a = 'a'.repeat(2000)
  test.each([
    ['^(a+)+$', `${a}!`, a],
    ['^(a|a)*$', `${a}!`, a],
    ['^(a|aa)+$', `${a}!`, a],
    ['(.*)*x', a, `${a}x`],
    ['^(([a-z])+.)+[A-Z]([a-z])+$', a, `${a}Aaa`],
    ['^([a-zA-Z0-9])(([\\-.]|[_]+)?([a-zA-Z0-9]+))*@x\\.com$', `${a}!`, `${a}@x.com`],
    ['(?=(a+)+b)a', `${a}c`, `${a.slice(1)}b`],
    ['a*a*a*a*a*b', a, `${a}b`],
    ['(x+x+)+y', 'x'.repeat(2000), `${'x'.repeat(2000)}y`],
  ])('%s answers', (source, without, within) => {
    const matches = patternMatcher(source)
    expect(matches(without)).toBe(false)
    expect(matches(within)).toBe(true)
  })

  test('answers in a text of a million characters', () => {
    expect(patternMatcher('^(a+)+$')(`${'a'.repeat(1_000_000)}!`)).toBe(false)
  })
})

test('leaves a backreference to the runtime where there is little to try, and matches nothing elsewhere', () => {
  expect(patternMatcher('^(.+)\\1$')('abab')).toBe(true)
  expect(patternMatcher('^(.+)\\1$')('abba')).toBe(false)
  expect(patternMatcher('^(a+)+\\1$')('aaaa')).toBe(false)
})

test('matches nothing with a pattern of more steps than are worth it', () => {
  expect(patternMatcher('(a{100}){49}|b')('a'.repeat(4900))).toBe(true)
  expect(patternMatcher('((a{100}){100}){100}|b')('b')).toBe(false)
  expect(patternMatcher('(((a{1000}){1000}){1000}){1000}')('b')).toBe(false)
})
