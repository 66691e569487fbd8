/** What the compiler must accept and refuse of `guidon/analytics`. */
import {
  analytics,
  type EventDetails,
  type Experiments,
  type ExperimentsOptions,
  experiments,
} from '../../src/analytics.ts'
import { createClient, transient } from '../../src/index.ts'
import { is, type Unsaid } from './is.ts'

const events = experiments({ url: 'https://events.example/' })
is<typeof events, Experiments>(true)
createClient<{ title: string }>({ environmentKey: 'key', use: [analytics(), events] })
// @ts-expect-error: it is to be called
createClient({ environmentKey: 'key', use: [analytics] })
// @ts-expect-error: it has no options
analytics({ intervalMs: 1_000 })
// @ts-expect-error: and no events
analytics().track('purchase')

// Whether it was taken.
const taken = events.track('purchase', { value: 42, feature: 'checkout', metadata: { ip: transient('x') } })
is<typeof taken, boolean>(true)
is<ReturnType<typeof events.exposure>, boolean>(true)
export const details: EventDetails = {} as Unsaid<EventDetails>
export const options: ExperimentsOptions = {} as Unsaid<ExperimentsOptions>
// @ts-expect-error: an event has a name
events.track({ value: 42 })
// @ts-expect-error: no such detail; what an app adds goes into metadata
events.track('purchase', { price: 42 })
// @ts-expect-error: metadata goes by names
events.track('purchase', { metadata: 'x' })
// @ts-expect-error: of which flag
events.exposure()
