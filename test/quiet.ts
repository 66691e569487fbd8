import { afterEach, beforeEach, expect, vi } from 'vitest'

/**
 * Promise 6, in every test: nothing of ours writes to the console uninvited, and no rejection is left unhandled
 * (Vitest itself fails the run on one).
 */
const methods = ['debug', 'error', 'info', 'log', 'trace', 'warn'] as const
let spoken: unknown[][] = []

beforeEach(() => {
  spoken = []
  for (const method of methods) {
    vi.spyOn(console, method).mockImplementation((...words) => void spoken.push([method, ...words]))
  }
})

afterEach(() => {
  for (const method of methods) vi.mocked(console[method]).mockRestore()
  expect(spoken, 'console output').toEqual([])
})
