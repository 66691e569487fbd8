// AsyncStorage, which Expo Go has: stored flags follow a moment after the bundled ones. With `export * from './storage.mmkv'`
// instead, and a build of your own, they are there in the first frame.
export { default as storage } from '@react-native-async-storage/async-storage'
