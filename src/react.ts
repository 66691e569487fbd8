export {
  type Hooks,
  useFlag,
  useFlagDetails,
  useFlagEnabled,
  useFlags,
  useGuidonStatus,
  useSuspenseFlag,
  useTraits,
} from './react/hooks.ts'

export { GuidonProvider, type GuidonProviderProps, useGuidon } from './react/provider.ts'
