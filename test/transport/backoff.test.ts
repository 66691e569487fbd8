import { describe, expect, it, vi } from 'vitest'
import { GuidonError } from '../../src/model/errors.ts'
import { backoffMs, isPassing } from '../../src/transport/backoff.ts'

const error = (details = {}) => new GuidonError('http', 'x', details)
const longest = (failures: number, details = {}) => {
  vi.spyOn(Math, 'random').mockReturnValue(1)
  const ms = backoffMs(failures, error(details))
  vi.mocked(Math.random).mockRestore()
  return ms
}

describe('the wait after a failure', () => {
  it('doubles from one second up to a minute', () => {
    expect([1, 2, 3, 4, 5, 6, 7, 50].map((failures) => longest(failures))).toEqual([
      1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000,
    ])
  })

  it('is anything from nothing to that, so that clients do not return all at once', () => {
    const waits = Array.from({ length: 1_000 }, () => backoffMs(3, error()))
    expect(Math.min(...waits)).toBeLessThan(400)
    expect(Math.max(...waits)).toBeGreaterThan(3_600)
    expect(Math.max(...waits)).toBeLessThanOrEqual(4_000)
  })

  it('is at least what the server asked for, up to an hour', () => {
    expect(backoffMs(1, error({ retryAfterMs: 30_000 }))).toBeGreaterThanOrEqual(30_000)
    expect(longest(1, { retryAfterMs: 1e12 })).toBe(3_601_000)
  })
})

it.each([
  ['network', {}, true],
  ['timeout', {}, true],
  ['http', { status: 500 }, true],
  ['http', { status: 503, retryAfterMs: 5_000 }, true],
  ['http', { status: 503, retryAfterMs: 600_000 }, false],
  ['http', { status: 429 }, true],
  ['http', { status: 403 }, false],
  ['http', { status: 401 }, false],
  ['http', { status: 404 }, false],
  ['http', { status: 400 }, false],
  ['redirect', {}, false],
  ['payload', {}, false],
] as const)('tries again after %s %o: %s', (code, details, again) => {
  expect(isPassing(new GuidonError(code, 'x', details))).toBe(again)
})
