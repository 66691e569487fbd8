/** A React Native app: its own objects, which have no types of a browser. */
import AsyncStorageOfTheApp from '../stand-ins/@react-native-async-storage__async-storage.ts'

export * from './app.ts'
export const AsyncStorage = AsyncStorageOfTheApp
