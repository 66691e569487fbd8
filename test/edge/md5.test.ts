import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { md5 } from '../../src/edge/md5.ts'
import { random } from './random.ts'

const hex = (text: string, front = '') =>
  md5(front, text)
    .map((word) => word.toString(16).padStart(8, '0'))
    .join('')
const expected = (text: string) => createHash('md5').update(text).digest('hex')

test('knows the digests of the standard', () => {
  expect(hex('')).toBe('d41d8cd98f00b204e9800998ecf8427e')
  expect(hex('message digest')).toBe('f96b697d7cb7938d525a2f31aaf161d0')
})

test('agrees with node:crypto at every length around the edge of a block', () => {
  for (let length = 0; length < 300; length++) {
    const text = 'x'.repeat(length)
    expect(hex(text), `length ${length}`).toBe(expected(text))
  }
})

test('agrees with node:crypto on thousands of random Unicode texts, lone surrogates included', () => {
  const { integer, seed } = random()
  const units = [0x7f, 0x7ff, 0xffff]
  for (let round = 0; round < 5000; round++) {
    const limit = units[round % 3]!
    const text = String.fromCharCode(...Array.from({ length: integer(200) }, () => integer(limit)))
    expect(hex(text), `seed ${seed}, round ${round}, ${JSON.stringify(text)}`).toBe(expected(text))
  }
})

test('hashes a text longer than its scratch space, and short ones after it', () => {
  const long = 'é☃😀'.repeat(5000)
  expect(hex(long)).toBe(expected(long))
  expect(hex('short')).toBe(expected('short'))
})

test('hashes two texts as one, whatever stands in front and however often the second comes', () => {
  const fronts = ['', '1,', '12,', 'x'.repeat(128), 'x'.repeat(129), 'é,', '12,']
  for (const rest of ['', 'guid', 'é☃😀', 'x'.repeat(55), 'x'.repeat(64), 'é☃😀'.repeat(500)]) {
    for (const front of fronts) expect(hex(rest, front), `${front} ${rest}`).toBe(expected(front + rest))
  }
})
