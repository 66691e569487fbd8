import { expect, it } from 'vitest'
import { createFlagsmithInstance } from '../../src/migrate.ts'
import { API, ada, bob, calm, KEY, useWorld } from '../world.ts'
import { useChunks } from './sides.ts'

// Where there is no page: a server that renders one.

const world = useWorld()
useChunks()
const config = { environmentID: KEY, api: API, cacheFlags: true, realtime: true, enableAnalytics: true }

it('renders with one instance for each request, and hands the state on', async () => {
  const [one, other] = [createFlagsmithInstance(), createFlagsmithInstance()]
  await Promise.all([one.init({ ...config, identity: ada }), other.init({ ...config, identity: bob })])
  expect([one, other].map((instance) => instance.getValue('color'))).toEqual([`of ${ada}`, `of ${bob}`])
  const page = createFlagsmithInstance()
  page.setState(JSON.parse(JSON.stringify(one.getState())))
  expect(page.getValue('color')).toBe(`of ${ada}`)
})

it('asks for flags, and for nothing else: no stream is opened, nothing is counted', async () => {
  const flagsmith = createFlagsmithInstance()
  await flagsmith.init({ ...config, identity: ada })
  flagsmith.hasFeature('color')
  await calm()
  expect(world.net.calls.map(({ url }) => url.pathname)).toEqual(['/api/v1/identities/'])
})

it('keeps nothing of one visitor for the next', async () => {
  await createFlagsmithInstance().init({ ...config, identity: ada })
  world.net.hold()
  const next = createFlagsmithInstance()
  next.init({ ...config, identity: ada })
  expect(next.getAllFlags()).toEqual({})
  for (const answer of world.net.held) answer()
  next.client?.close()
})
