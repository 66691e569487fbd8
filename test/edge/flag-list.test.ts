import { expect, test } from 'vitest'
import type { Outcome } from '../../src/edge/evaluation.ts'
import { flagList } from '../../src/edge/flag-list.ts'
import { random } from './random.ts'

const outcome = (id: number, value: string): Outcome => ({
  feature: { id, name: `feature-${id}`, type: 'STANDARD' },
  enabled: true,
  value,
  variant: null,
  stateId: null,
  identityId: null,
  segmentId: null,
})
/** What is not to be seen has no name to be seen by. */
const write = ({ feature, value }: Outcome) =>
  value === 'hidden' ? undefined : JSON.stringify({ id: feature.id, value })
const bytesOf = (text: string) => new TextEncoder().encode(text).length

test('is what JSON.stringify would write, whatever is an own value, and knows its bytes', () => {
  const { integer, pick, chance } = random()
  const value = () => pick(['plain', 'ü', '😀', 'hidden'])
  for (let round = 0; round < 300; round++) {
    const defaults = Array.from({ length: integer(6) }, (_, id) => outcome(id, value()))
    const { all, one } = flagList(defaults, write)
    for (let asked = 0; asked < 3; asked++) {
      const outcomes = defaults.map((one) => (chance(0.5) ? one : outcome(one.feature.id, value())))
      const flags = outcomes.flatMap((one) => write(one) ?? [])
      const { text, bytes } = all(outcomes, '{"name":"ö","flags":', '}')
      expect(text).toBe(`{"name":"ö","flags":[${flags.join(',')}]}`)
      expect(bytes).toBe(bytesOf(text))
      expect(outcomes.flatMap((outcome) => one(outcome)?.text ?? [])).toEqual(flags)
    }
  }
})
