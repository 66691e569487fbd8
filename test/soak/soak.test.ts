import fc from 'fast-check'
import { expect, it } from 'vitest'
import * as guidon from '../../src/index.ts'
// @ts-expect-error: plain JavaScript, for scripts/soak.js runs it as well
import { EXAMPLES, INVARIANTS, property, simulate } from './simulation.js'

// `npm run soak` runs many more.
it('holds for random sequences of what apps, users, networks and devices do', async () => {
  expect(INVARIANTS.length).toBeGreaterThan(4)
  let steps = 0
  await fc.assert(
    property(guidon, () => {
      steps++
    }),
    { numRuns: 500, seed: 1 },
  )
  expect(steps).toBeGreaterThan(5_000)
}, 60_000)

it.each<{ sequence: unknown; surroundings: unknown }>(EXAMPLES)(
  'holds for a sequence that showed a fault once',
  async (example) => {
    await simulate(guidon, example.sequence, example.surroundings)
  },
)
