import { http } from 'msw'
import { setupServer } from 'msw/node'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { createEdge } from '../../../src/edge.ts'
import { createClient } from '../../../src/index.ts'
import { environment, mswHandlers } from '../../../src/testing.ts'

const everybody = environment({ flags: { 'new-checkout': false } })
const edge = createEdge({ document: everybody })
const server = setupServer(...mswHandlers(http, edge))

beforeAll(() => server.listen())
beforeEach(() => edge.replace(everybody))
afterAll(() => server.close())

it('shows the new checkout to whoever pays for it', async () => {
  edge.replace(
    environment({
      flags: { 'new-checkout': false },
      segments: [{ when: { plan: 'pro' }, flags: { 'new-checkout': true } }],
    }),
  )
  const flags = createClient({ environmentKey: 'test-key', identity: { traits: { plan: 'pro' } } })
  await flags.ready({ from: 'network' })
  expect(flags.isEnabled('new-checkout')).toBe(true)
  flags.close()
})
