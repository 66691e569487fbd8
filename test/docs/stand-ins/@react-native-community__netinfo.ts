import { createNetInfo } from '../../react-native/device.ts'

export default createNetInfo()
