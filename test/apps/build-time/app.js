import defaults from 'virtual:guidon/defaults'
import { createClient } from 'guidon'

const flags = createClient({
  environmentKey: 'key',
  defaults,
  fetch: () => Promise.reject(new TypeError('offline')),
  retries: 0,
})
console.log(flags.value('colour', 'none'))
flags.close()
