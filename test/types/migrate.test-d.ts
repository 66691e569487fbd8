/**
 * What the compiler must accept and refuse of `guidon/migrate`: what it accepts of the official client. Nothing here runs.
 */
import type * as theirs from '@flagsmith/flagsmith'
import type { Client } from '../../src/index.ts'
import flagsmith, {
  type ApplicationMetadata,
  type ClientEvaluationContext,
  type ClientIdentityEvaluationContext,
  createFlagsmithInstance,
  type DynatraceObject,
  type EvaluationContext,
  type FlagSource,
  type Flagsmith,
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
  type TraitEvaluationContext,
  type Traits,
} from '../../src/migrate.ts'
import { is } from './is.ts'

// The default export fits wherever theirs does, and so does an instance.
is<typeof import('../../src/migrate.ts').default, Flagsmith>(true)
export const official: theirs.IFlagsmith = flagsmith
export const another: theirs.IFlagsmith = createFlagsmithInstance()
const client = flagsmith.client
is<typeof client, Client | undefined>(true)

// So does what goes in and what comes out: theirs is ours, and ours is theirs.
type Same<Theirs extends Ours, Ours> = [Theirs, Ours]
type Both<Theirs extends Ours, Ours extends Other, Other = Theirs> = [Theirs, Ours, Other]
export type Fits = [
  Same<theirs.IInitConfig, IInitConfig>,
  Both<theirs.IState, IState>,
  Both<theirs.IFlags, IFlags>,
  Both<theirs.ITraits, ITraits>,
  Both<theirs.Traits, Traits>,
  Both<theirs.IFlagsmithFeature, IFlagsmithFeature>,
  Both<theirs.IFlagsmithExperiment, IFlagsmithExperiment>,
  Both<theirs.IFlagsmithTrait, IFlagsmithTrait>,
  Both<theirs.IFlagsmithValue, IFlagsmithValue>,
  Both<theirs.IFlagsmithResponse, IFlagsmithResponse>,
  Both<theirs.ClientEvaluationContext, ClientEvaluationContext>,
  Both<theirs.ClientIdentityEvaluationContext, ClientIdentityEvaluationContext>,
  Both<theirs.GetValueOptions, GetValueOptions>,
  Both<theirs.HasFeatureOptions, HasFeatureOptions>,
  Both<theirs.IRetrieveInfo, IRetrieveInfo>,
  Both<theirs.LoadingState, LoadingState>,
  Both<theirs.OnChange, OnChange>,
  Both<theirs.IDatadogRum, IDatadogRum>,
  Both<theirs.ISentryClient, ISentryClient>,
  Both<theirs.DynatraceObject, DynatraceObject>,
  Both<theirs.ApplicationMetadata, ApplicationMetadata>,
  Both<theirs.IIdentity, IIdentity>,
  // No member of theirs that ours does not have.
  Both<keyof theirs.IFlagsmith, keyof IFlagsmith>,
  Same<keyof theirs.IInitConfig, keyof IInitConfig>,
]
export const trait: TraitEvaluationContext = { value: 'FR', transient: true }
export const context: EvaluationContext = { identity: { identifier: null, traits: { country: trait } } }
is<typeof FlagSource.SERVER, FlagSource.SERVER>(true)

// Names and values, as theirs: by a union, or by an interface.
declare const named: IFlagsmith<'a' | 'b', 'plan'>
named.hasFeature('a')
named.setTrait('plan', 'pro')
// @ts-expect-error: no such flag
named.hasFeature('c')
// @ts-expect-error: no such trait
named.getTrait('colour')
declare const typed: IFlagsmith<{ size: number; title: string }>
const size = typed.getValue('size', { fallback: 12 })
is<typeof size, number | null>(true)
// @ts-expect-error: another type than the flag's
typed.getValue('size', { fallback: 'big' })

// Options of our own, for the time of the move.
flagsmith.init({ environmentID: 'key', guards: { personal: 'hash', salt: 'of this app' }, retries: 0 })
// @ts-expect-error: said by environmentID
flagsmith.init({ environmentKey: 'key' })
