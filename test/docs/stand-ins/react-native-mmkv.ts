import { Mmkv4 } from '../../react-native/device.ts'

export const createMMKV = (_options?: { id?: string; encryptionKey?: string }): Mmkv4 => new Mmkv4()
