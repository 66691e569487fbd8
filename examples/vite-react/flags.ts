import defaults from 'virtual:guidon/defaults'
import { createClient } from 'guidon'
import { inspector } from 'guidon/devtools'
import { realtime } from 'guidon/live'
import config from './guidon.config.json'

/** While it is developed and for testers (`vite build --mode staging`). In other builds nothing of it is left. */
const isInspected = import.meta.env.DEV || import.meta.env.MODE === 'staging'

/** Starts from the flags of the build. As soon as there is a server, it has those of the server, and hears of each change. */
export const flags = createClient({
  environmentKey: config.environmentKey,
  api: import.meta.env.GUIDON_API ?? config.api,
  defaults,
  use: [realtime(), ...(isInspected ? [inspector({ links: true })] : [])],
})
