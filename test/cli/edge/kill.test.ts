import { expect, test } from 'vitest'
import { noAnswer } from '../../../src/edge/answer.ts'
import { emptyFolder } from '../folder.ts'
import { soon } from './edge.ts'
import { startProcess } from './process.ts'
import { startUpstream } from './upstream.ts'

/** How often it is killed: each time somewhere else. */
const KILLS = 5

/** Somebody who writes a trait after the other, and remembers which were acknowledged. */
async function writer(url: string, identifier: string, acknowledged: Map<string, number>, from: number) {
  for (let turn = from; ; turn++) {
    try {
      const response = await fetch(new URL('identities/', url), {
        method: 'POST',
        headers: { 'X-Environment-Key': 'shop', 'Content-Type': 'application/json' },
        body: JSON.stringify({
          identifier,
          traits: [
            { trait_key: 'turn', trait_value: turn },
            { trait_key: 'plan', trait_value: 'secret-plan' },
            { trait_key: 'ip', trait_value: 'secret-address', transient: true },
          ],
        }),
      })
      // The status is the acknowledgement; an answer that breaks off afterwards is one all the same.
      if (response.status === 200) acknowledged.set(identifier, turn)
      await response.arrayBuffer()
    } catch {
      return turn
    }
  }
}

async function survives(args: readonly string[] = []) {
  const upstream = await startUpstream()
  // Everything that can be said is.
  const env = { LOGGING: '{"log_level":"debug","enable_access_log":true}' }
  let log = ''
  const options = ['--data', emptyFolder(), '--forward-traits', ...args]
  const acknowledged = new Map<string, number>()
  /** What upstream was told last, and whether it ever went back. */
  const arrived = new Map<string, number>()
  let answers = 0
  upstream.answer = async (question) => {
    if (question.method !== 'POST') return upstream.edge.answer(question)
    // Now and then it is away, so that the journal has something in it when the process dies.
    if (++answers % 3 === 0) return noAnswer
    const { identifier, traits } = JSON.parse(question.body)
    const answered = await upstream.edge.answer(question)
    for (const { trait_key, trait_value } of traits) {
      if (trait_key === 'turn') arrived.set(identifier, trait_value)
    }
    return answered
  }

  const people = Array.from({ length: 20 }, (_, index) => `secret-guid-${index}`)
  /** How many processes found something that the one before had not delivered. */
  let found = 0
  let turn = 1
  for (let kill = 1; kill <= KILLS; kill++) {
    const { url, child, ended, said } = await startProcess(upstream.api, options, { env })
    if (said().includes('traits found')) found++
    const before = acknowledged.get(people[0]!) ?? 0
    const writers = people.map((identifier) => writer(url, identifier, acknowledged, turn))
    await soon(() => expect(acknowledged.get(people[0]!)).toBeGreaterThan(before + kill * 3))
    child.kill('SIGKILL')
    await ended
    turn = Math.max(...(await Promise.all(writers))) + 1
    log += said()
  }
  expect(found).toBeGreaterThan(0)
  expect([...acknowledged.keys()].sort()).toEqual([...people].sort())

  await startProcess(upstream.api, options)
  await soon(() => {
    // What was sent but never acknowledged may have arrived too, and is newer.
    for (const [identifier, turn] of acknowledged)
      expect(arrived.get(identifier)).toBeGreaterThanOrEqual(turn)
  })
  expect(log).toContain('info request method=POST route=identities status=200')
  expect(log).not.toMatch(/secret|ser\./)
}

test.each([
  ['one process', []],
  ['workers', ['--workers', '2']],
])(
  'every acknowledged trait reaches upstream, though %s is killed under load again and again, and no log tells of anybody',
  (_, args) => survives(args),
  180_000,
)
