export { analytics } from './analytics/analytics.ts'
export type { BatchOptions as AnalyticsOptions } from './analytics/batch.ts'
export {
  type EventDetails,
  type Experiments,
  type ExperimentsOptions,
  experiments,
} from './analytics/experiments.ts'
