import { createClient } from 'guidon'
import { polling, tabs } from 'guidon/live'

export const live = async ({ api, environmentKey, identity, traits, intervalMs, probe }) => {
  const client = createClient({
    environmentKey,
    api: `${api}/api/v1/`,
    use: [tabs([polling({ intervalMs })])],
  })
  await client.ready({ from: 'network' })
  await client.identify(identity)
  await client.setTraits(traits)
  return client.value(probe.name, '')
}
