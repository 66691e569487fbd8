import { createClient } from 'guidon'
import { analytics } from 'guidon/analytics'
import { lifecycle, realtime, tabs } from 'guidon/live'
import { indexedDb } from 'guidon/storage'

const flags = createClient({
  environmentKey: 'key',
  storage: indexedDb(),
  defaults: { flags: { colour: { enabled: true, value: 'red' } } },
  use: [lifecycle(), tabs([realtime()]), analytics()],
  fetch: () => Promise.reject(new TypeError('offline')),
  retries: 0,
})
console.log(flags.value('colour', 'none'))
flags.close()
