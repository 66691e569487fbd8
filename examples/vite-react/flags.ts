import defaults from 'virtual:guidon/defaults'
import { createClient } from 'guidon'
import { realtime } from 'guidon/live'
import config from './guidon.config.json'

/** Starts from the flags of the build. As soon as there is a server, it has those of the server, and hears of each change. */
export const flags = createClient({
  environmentKey: config.environmentKey,
  api: import.meta.env.GUIDON_API ?? config.api,
  defaults,
  use: [realtime()],
})
