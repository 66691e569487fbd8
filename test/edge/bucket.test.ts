import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { bucket } from '../../src/edge/bucket.ts'
import { random } from './random.ts'

/** The definition, as the public engine writes it: big numbers and all. */
function defined(ids: readonly [string, string], times = 1): number {
  const text = Array.from({ length: times }, () => ids)
    .flat()
    .join(',')
  const number = BigInt(`0x${createHash('md5').update(text).digest('hex')}`)
  const percentage = (Number(number % 9999n) / 9998) * 100
  return percentage === 100 ? defined(ids, times + 1) : percentage
}

test('sorts thousands of ids as the public engine defines it', () => {
  const { seed, integer } = random()
  for (let round = 0; round < 20_000; round++) {
    const ids: [string, string] = [String(integer(500)), `env_user-${integer(2 ** 31)}`]
    expect(bucket(...ids), `seed ${seed}, ids ${ids}`).toBe(defined(ids))
  }
})

test('hashes the ids once more when they would reach 100 %', () => {
  // Found by search: md5("12,user-7021") is 9998 modulo 9999.
  const ids = ['12', 'user-7021'] as const
  expect(Number(BigInt(`0x${createHash('md5').update('12,user-7021').digest('hex')}`) % 9999n)).toBe(9998)
  expect(bucket(...ids)).toBe(defined(ids))
  expect(bucket(...ids)).toBeLessThan(100)
})
