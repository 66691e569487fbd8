export type { AwakeOptions, Source } from './live/awake.ts'
export { type LifecycleOptions, lifecycle } from './live/lifecycle.ts'
export { type Polling, type PollingOptions, polling } from './live/polling.ts'
