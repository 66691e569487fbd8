import type { ClientOptions } from '../client/options.ts'
import type { Storage } from '../core/ports.ts'
import type { AwakeOptions } from '../live/awake.ts'
import type { RealtimeOptions } from '../live/realtime.ts'
import { type AppStateLike, type NetInfoLike, onlineOf, visibilityOf } from './sources.ts'
import { type NativeStorage, nativeStorage } from './storage.ts'

/** What is handed on as it is. */
type HandedOn = Pick<ClientOptions, 'random'> & Pick<RealtimeOptions, 'eventSource'>

/** The app's own objects: guidon imports nothing native, and depends on nobody's version. */
export interface ReactNativeOptions extends HandedOn {
  /** AsyncStorage; an MMKV, for flags in the first frame; or a storage of guidon's, `encrypted(…)` for example. */
  readonly storage: NativeStorage
  /** React Native's `AppState`. Without it an app counts as visible always. */
  readonly appState?: AppStateLike | undefined
  /** `@react-native-community/netinfo`. Without it an app counts as online always. */
  readonly netInfo?: NetInfoLike | undefined
}

/** The same as guidon takes it: to spread into the options of `createClient`, and for each extension of `guidon/live`. */
export interface NativeParts extends HandedOn, AwakeOptions {
  readonly storage: Storage
}

/**
 * All that a client needs to know of React Native, in one call.
 *
 * `random` fills bytes where there is no `crypto`: `getRandomValues` of `expo-crypto`. It is needed for GUIDs that guidon
 * makes (`anonymous`, traits of nobody, `newGuid`); without one these fail with `unsupported`, and all else works.
 *
 * @example
 * const native = reactNative({ storage: new MMKV(), appState: AppState, netInfo: NetInfo, random: getRandomValues })
 * const flags = createClient({ environmentKey, ...native, use: [lifecycle(native)] })
 */
export const reactNative = ({
  storage,
  appState,
  netInfo,
  ...handedOn
}: ReactNativeOptions): NativeParts => ({
  ...handedOn,
  storage: nativeStorage(storage),
  visibility: appState && visibilityOf(appState),
  online: netInfo && onlineOf(netInfo),
})
