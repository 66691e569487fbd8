// Random sequences of what apps, users, networks and devices do, against the built client (test/soak/simulation.js).
//
//   npm run build && npm run soak                          100,000 steps with a seed of the moment
//   npm run soak -- --steps 1000000 --seed 7               so many, the same each time
//
// It prints the steps, the seed and what was checked; a failure prints the shortest sequence that shows it, and exits with 1.

import { parseArgs } from 'node:util'
import fc from 'fast-check'
import * as guidon from '../dist/index.js'
import { INVARIANTS, property } from '../test/soak/simulation.js'

const { values } = parseArgs({ options: { steps: { type: 'string' }, seed: { type: 'string' } } })
const wanted = Number(values.steps ?? 100_000)
const seed = Number(values.seed ?? Date.now() % 1_000_000_007)
const print = (text) => process.stdout.write(`${text}\n`)

let done = 0
const checked = property(guidon, () => {
  done++
})
for (let round = 0; done < wanted; round++) {
  const result = await fc.check(checked, { numRuns: 500, seed: seed + round })
  if (result.failed) {
    print(
      `failed after ${done.toLocaleString('en-US')} steps, seed ${seed}: ${result.errorInstance?.message}`,
    )
    print(`the shortest sequence that shows it, and its surroundings:`)
    print(JSON.stringify(result.counterexample, null, 1))
    process.exit(1)
  }
}
print(`${done.toLocaleString('en-US')} steps, seed ${seed}. Checked after each:`)
for (const invariant of INVARIANTS) print(`- ${invariant}`)
