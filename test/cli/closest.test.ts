import fc from 'fast-check'
import { expect, test } from 'vitest'
import { closestOf } from '../../src/cli/closest.ts'

test.each([
  ['newCheckout', ['other', 'new-checkout'], 'new-checkout'],
  ['NEW_CHECKOUT', ['new-checkouts', 'new-checkout'], 'new-checkout'],
  ['font-sise', ['font-face', 'font-size'], 'font-size'],
  ['ab', ['xy', 'a'], undefined],
  ['something-else', ['banner'], undefined],
  ['--', ['__', '!!'], undefined],
  ['anything', [], undefined],
])('%s among %j probably is %s', (name, names, meant) => {
  expect(closestOf(names)(name)).toBe(meant)
})

/** How many letters are to be changed, by the book. */
const away = (a: string, b: string): number =>
  !a || !b
    ? a.length + b.length
    : Math.min(
        away(a.slice(1), b) + 1,
        away(a, b.slice(1)) + 1,
        away(a.slice(1), b.slice(1)) + (a[0] === b[0] ? 0 : 1),
      )

test('is the one with the fewest slips, if they are less than three and a third of the name', () => {
  const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), minLength: 1, maxLength: 7 })
  fc.assert(
    fc.property(word, fc.array(word, { maxLength: 5 }), (name, names) => {
      const slips = names.map((one) => away(name, one))
      const least = Math.min(...slips)
      const meant = least < Math.min(3, name.length / 3) ? names[slips.indexOf(least)] : undefined
      expect(closestOf(names)(name)).toBe(meant)
    }),
  )
})

test('thousands of names that begin alike are no trouble', () => {
  const names = Array.from({ length: 5_000 }, (_, i) => `checkout-redesign-step-${i}`)
  const closest = closestOf(names)
  const missing = Array.from({ length: 200 }, (_, i) => `checkout-redesign-stap-${i}`)
  expect(missing.map(closest)).toEqual(names.slice(0, 200))
})
