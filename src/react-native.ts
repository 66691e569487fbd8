export {
  type NativeParts,
  type ReactNativeOptions,
  reactNative,
} from './react-native/react-native.ts'
export type { AppStateLike, NetInfoLike } from './react-native/sources.ts'
export type { AsyncStorageLike, MmkvLike, NativeStorage } from './react-native/storage.ts'
