export { analytics } from './analytics/analytics.ts'
export {
  type EventDetails,
  type Experiments,
  type ExperimentsOptions,
  experiments,
} from './analytics/experiments.ts'
