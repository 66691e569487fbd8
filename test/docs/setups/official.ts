/** An app that moves over: what it has of the official client, and of others. */
import type { ISentryClient } from 'guidon/migrate'

export { default as flagsmith } from 'guidon/migrate'
export { environmentKey as environmentID } from './app.ts'
export const user = { email: 'ada@example.org' }
export const datadogRum = { addFeatureFlagEvaluation: (_name: string, _value: unknown) => {} }
export const sentry: NonNullable<ISentryClient> = { getIntegrationByName: () => undefined }
