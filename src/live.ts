export type { AwakeOptions, Source } from './live/awake.ts'
export { type LifecycleOptions, lifecycle } from './live/lifecycle.ts'
