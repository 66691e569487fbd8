import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { md5 } from '../../src/edge/md5.ts'
import { random } from './random.ts'

const hex = (text: string) =>
  md5(text)
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
