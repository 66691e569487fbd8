import { createMMKV } from 'react-native-mmkv'

/** MMKV 4. Before, it was `new MMKV({ id: 'guidon' })`. */
export const storage = createMMKV({ id: 'guidon' })
