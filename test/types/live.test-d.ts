/** What the compiler must accept and refuse of `guidon/live`. */
import { createClient, type Extension } from '../../src/index.ts'
import {
  type AwakeOptions,
  type EventSourceConstructor,
  type EventSourceLike,
  type LifecycleOptions,
  lifecycle,
  type Polling,
  type PollingOptions,
  polling,
  type RealtimeOptions,
  realtime,
  type Source,
  tabs,
} from '../../src/live.ts'
import { is, type Unsaid } from './is.ts'

// Extensions, alone or in one tab for all.
const poll = polling({ intervalMs: 30_000 })
is<typeof poll, Polling>(true)
poll.setInterval(5_000)
export const use: Extension[] = [lifecycle({ maxAgeMs: 1_000 }), poll, realtime(), tabs([realtime(), poll])]
createClient<{ title: string }>({ environmentKey: 'key', use })
// @ts-expect-error: it is to be called
createClient({ environmentKey: 'key', use: [realtime] })
// @ts-expect-error: milliseconds are a number
polling({ intervalMs: '30s' })
// @ts-expect-error: no such option
lifecycle({ intervalMs: 1_000 })
// @ts-expect-error: a list
tabs(realtime())

// Whether the app is awake.
const online: Source = { current: () => true, subscribe: () => () => {} }
const awake: AwakeOptions = { online, visibility: undefined }
use.push(lifecycle(awake), polling(awake), realtime(awake), tabs([poll], awake))
// @ts-expect-error: it says nothing of a change
export const blind: Source = { current: () => true }
// @ts-expect-error: a source, not a state
polling({ online: true })

// Any EventSource.
class Quiet implements EventSourceLike {
  constructor(readonly url: string) {}
  addEventListener() {}
  close() {}
}
export const constructors: EventSourceConstructor[] = [EventSource, Quiet]
realtime({ url: 'https://flags.example/', eventSource: Quiet })
// @ts-expect-error: what makes one, not one
realtime({ eventSource: new Quiet('https://flags.example/') })

// What is `undefined` is not said.
export const returns: LifecycleOptions = {} as Unsaid<LifecycleOptions>
export const polls: PollingOptions = {} as Unsaid<PollingOptions>
export const streams: RealtimeOptions = {} as Unsaid<RealtimeOptions>
