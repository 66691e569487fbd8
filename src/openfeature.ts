export { type GuidonProviderOptions, guidonProvider, type ProviderClient } from './openfeature/provider.ts'
