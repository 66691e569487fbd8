import { expect, it } from 'vitest'
import { hash } from '../../src/core/hash.ts'

it('gives 16 hex digits, the same for the same text', () => {
  expect(hash('')).toMatch(/^[0-9a-f]{16}$/)
  expect(hash('3f2b8c1e')).toBe(hash('3f2b8c1e'))
})

it('never changes from one version to the next, or stored flags would be lost', () => {
  expect([hash(''), hash('guidon'), hash('žluť 🚩')]).toMatchSnapshot()
})

it('has no collision among 400,000 texts that differ in a few characters', () => {
  const seen = new Set<string>()
  for (let i = 0; i < 200_000; i++) {
    seen.add(hash(`user-${i}`))
    seen.add(hash(`${i}-0000-4000-8000-000000000000`))
  }
  expect(seen.size).toBe(400_000)
})

it('changes about half of its bits when one character changes', () => {
  const bits = (text: string) => BigInt(`0x${hash(text)}`)
  let flipped = 0
  for (let i = 0; i < 1_000; i++) {
    const difference = bits(`3f2b8c1e-${i}-a`) ^ bits(`3f2b8c1e-${i}-b`)
    flipped += [...difference.toString(2)].filter((bit) => bit === '1').length
  }
  expect(flipped / 1_000).toBeGreaterThan(24)
  expect(flipped / 1_000).toBeLessThan(40)
})
