import { createAppState } from '../../react-native/device.ts'

export const AppState = createAppState()
