import { createAsyncStorage } from '../../react-native/device.ts'

export default createAsyncStorage()
