import NetInfo from '@react-native-community/netinfo'
import { getRandomValues } from 'expo-crypto'
import { createClient } from 'guidon'
import { realtime } from 'guidon/live'
import { reactNative } from 'guidon/react-native'
import { AppState } from 'react-native'
import EventSource from 'react-native-sse'
import defaults from './guidon.flags.json'
import { storage } from './storage'

const native = reactNative({
  storage,
  appState: AppState,
  netInfo: NetInfo,
  random: getRandomValues,
  eventSource: EventSource,
})

/** One client for the app, made before its first frame. */
export const flags = createClient({
  environmentKey: 'guidon-demo-client-key',
  // `guidon serve` on your computer (README.md), as an Android emulator sees it.
  api: 'http://10.0.2.2:8787/api/v1/',
  anonymous: true,
  // Of the build: `npm start` and `npm run export` pull them first.
  defaults,
  ...native,
  use: [realtime(native)],
})
