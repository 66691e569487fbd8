import { afterEach, beforeEach, expect, vi } from 'vitest'

/**
 * Promise 6, in every test: nothing of ours writes to the console uninvited, and no rejection is left unhandled
 * (Vitest itself fails the run on one).
 */
const methods = ['debug', 'error', 'info', 'log', 'trace', 'warn'] as const
let spoken: unknown[][] = []
let spies: { mockRestore(): void }[] = []

beforeEach(() => {
  spoken = []
  spies = methods.map((method) =>
    vi.spyOn(console, method).mockImplementation((...words) => void spoken.push([method, ...words])),
  )
})

afterEach(() => {
  for (const spy of spies) spy.mockRestore()
  expect(spoken, 'console output').toEqual([])
})
