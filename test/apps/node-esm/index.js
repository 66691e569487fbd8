import { createClient } from 'guidon'
import { createEdge } from 'guidon/edge'
import { polling } from 'guidon/live'

const edge = createEdge({
  document: {
    api_key: 'key',
    project: {},
    feature_states: [
      { feature: { id: 1, name: 'colour', type: 'STANDARD' }, enabled: true, feature_state_value: 'red' },
    ],
  },
})
const flags = createClient({
  environmentKey: 'key',
  api: 'https://flags.test/api/v1/',
  fetch: (url, init) => edge.handler(new Request(url, { ...init, signal: null })),
  use: [polling()],
})
await flags.ready({ from: 'network' })
console.log(flags.value('colour', 'none'))
flags.close()
edge.close()
