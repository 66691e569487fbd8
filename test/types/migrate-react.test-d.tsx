/** What the compiler must accept and refuse of `guidon/migrate/react`: what it accepts of theirs. Nothing here runs. */
import type * as theirs from '@flagsmith/flagsmith/react'
import flagsmith from '../../src/migrate.ts'
import {
  type ApplicationMetadata,
  type ClientEvaluationContext,
  type ClientIdentityEvaluationContext,
  type DynatraceObject,
  type FlagSource,
  FlagsmithContext,
  type FlagsmithContextType,
  FlagsmithProvider,
  type GetValueOptions,
  type HasFeatureOptions,
  type IDatadogRum,
  type IFlags,
  type IFlagsmith,
  type IFlagsmithExperiment,
  type IFlagsmithFeature,
  type IFlagsmithResponse,
  type IFlagsmithTrait,
  type IFlagsmithValue,
  type IIdentity,
  type IInitConfig,
  type IRetrieveInfo,
  type ISentryClient,
  type IState,
  type ITraits,
  type LoadingState,
  type OnChange,
  type Traits,
  useExperiment,
  useFlags,
  useFlagsmith,
  useFlagsmithLoading,
} from '../../src/migrate-react.ts'
import { is } from './is.ts'

export const App = () => (
  <FlagsmithProvider flagsmith={flagsmith} options={{ environmentID: 'key' }} serverState={{ api: '' }}>
    <FlagsmithContext.Consumer>{(instance) => instance?.api}</FlagsmithContext.Consumer>
  </FlagsmithProvider>
)
// @ts-expect-error: an instance is needed
export const Empty = () => <FlagsmithProvider options={{ environmentID: 'key' }}>{null}</FlagsmithProvider>

export const Page = () => {
  const { a, plan } = useFlags(['a', 'b'], ['plan'])
  is<typeof a, IFlagsmithFeature>(true)
  is<typeof plan, IFlagsmithTrait>(true)
  const { size } = useFlags<{ size: number }>(['size'])
  is<typeof size, IFlagsmithFeature<number>>(true)
  const instance = useFlagsmith()
  is<typeof instance, IFlagsmith>(true)
  const loading = useFlagsmithLoading()
  is<typeof loading, LoadingState | undefined>(true)
  const experiment = useExperiment('a')
  is<typeof experiment, IFlagsmithFeature | null>(true)
  // @ts-expect-error: a list is needed
  useFlags(7)
  return null
}

type Same<Theirs extends Ours, Ours> = [Theirs, Ours]
export type Fits = [
  Same<typeof useFlags, typeof theirs.useFlags>,
  Same<typeof useFlagsmithLoading, typeof theirs.useFlagsmithLoading>,
  Same<typeof useExperiment, typeof theirs.useExperiment>,
  Same<typeof theirs.FlagsmithProvider, (props: FlagsmithContextType) => unknown>,
]
/** The same as those of `guidon/migrate`, for code that imports them here. */
export type Others = [
  ApplicationMetadata,
  ClientEvaluationContext,
  ClientIdentityEvaluationContext,
  DynatraceObject,
  FlagSource,
  GetValueOptions,
  HasFeatureOptions,
  IDatadogRum,
  IFlags,
  IFlagsmithExperiment,
  IFlagsmithResponse,
  IFlagsmithValue,
  IIdentity,
  IInitConfig,
  IRetrieveInfo,
  ISentryClient,
  IState,
  ITraits,
  OnChange,
  Traits,
]
