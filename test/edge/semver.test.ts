import { expect, test } from 'vitest'
import { compareVersions, parseVersion } from '../../src/edge/semver.ts'

const order = (a: string, b: string) => Math.sign(compareVersions(parseVersion(a)!, parseVersion(b)!))

test('orders the example of the standard', () => {
  const ascending = [
    '1.0.0-alpha',
    '1.0.0-alpha.1',
    '1.0.0-alpha.beta',
    '1.0.0-beta',
    '1.0.0-beta.2',
    '1.0.0-beta.11',
    '1.0.0-rc.1',
    '1.0.0',
    '2.0.0',
    '2.1.0',
    '2.1.1',
    '10.0.0',
  ]
  for (const [index, version] of ascending.entries()) {
    expect(order(version, version)).toBe(0)
    for (const later of ascending.slice(index + 1)) {
      expect(order(version, later), `${version} < ${later}`).toBe(-1)
      expect(order(later, version), `${later} > ${version}`).toBe(1)
    }
  }
})

test('does not count build metadata, a leading v or spaces around', () => {
  expect(order(' v1.2.3+build.7 ', '1.2.3')).toBe(0)
})

test.each([
  '',
  '1',
  '1.2',
  '1.2.3.4',
  '01.2.3',
  '1.2.3-01',
  '1.2.x',
  'one',
  '9007199254740993.0.0',
  '1.0.0-',
])('does not take %j for a version', (text) => expect(parseVersion(text)).toBeUndefined())

test('is not held up by a long text made to be slow', () => {
  expect(parseVersion(`1.0.0-${'1'.repeat(100_000)}!`)).toBeUndefined()
  expect(parseVersion(`1.0.0-${'1'.repeat(240)}!`)).toBeUndefined()
})
