/**
 * What the compiler must accept and refuse of `guidon/react-native`. That the real packages fit is checked by
 * `npm run types:react-native`.
 */
import { createClient, type Storage } from '../../src/index.ts'
import { lifecycle, polling, realtime } from '../../src/live.ts'
import {
  type AppStateLike,
  type AsyncStorageLike,
  type MmkvLike,
  type NativeParts,
  type NativeStorage,
  type NetInfoLike,
  type ReactNativeOptions,
  reactNative,
} from '../../src/react-native.ts'
import { memoryStorage } from '../../src/storage.ts'
import { is, type Unsaid } from './is.ts'

// Storages: AsyncStorage, an MMKV of before and after its fourth major, one of guidon's.
const later: AsyncStorageLike = {
  getItem: async () => null,
  setItem: async () => {},
  removeItem: async () => {},
  getAllKeys: async () => [],
}
const mmkv = { getString: () => undefined, set: () => {}, getAllKeys: () => [] }
const mmkvs: MmkvLike[] = [
  { ...mmkv, delete: () => {} },
  { ...mmkv, remove: () => true },
]
export const storages: NativeStorage[] = [later, ...mmkvs, memoryStorage()]
// @ts-expect-error: nothing could be removed from it
export const full: MmkvLike = mmkv
// @ts-expect-error: of a page, not of an app
export const page: NativeStorage = window.localStorage

// Sources.
const appState: AppStateLike = { currentState: 'active', addEventListener: () => ({ remove() {} }) }
const netInfo: NetInfoLike = { addEventListener: () => () => {} }
// @ts-expect-error: a listener that stays is a leak
export const deaf: AppStateLike = { currentState: 'active', addEventListener: () => {} }
// @ts-expect-error: the object, not the state
reactNative({ storage: later, netInfo: { isConnected: true } })

// What it makes is what the client and each extension take.
const native = reactNative({
  storage: later,
  appState,
  netInfo,
  random: (bytes) => crypto.getRandomValues(bytes),
})
is<typeof native, NativeParts>(true)
is<typeof native.storage, Storage>(true)
createClient({ environmentKey: 'key', ...native, use: [realtime(native), lifecycle(native)] })
polling({ ...native, intervalMs: 30_000 })
export const options: ReactNativeOptions = { storage: later, ...({} as Unsaid<ReactNativeOptions>) }
// @ts-expect-error: the storage is needed
reactNative({ appState, netInfo })
// @ts-expect-error: what is made cannot be changed
native.storage = memoryStorage()
