/**
 * An app that compiles without DOM, as in Node, in workers and in React Native, and has our types checked as well. Compiled
 * against the built types by `test/doors.test.ts`. (`guidon/edge` and `guidon/server` are not here: they are made of requests and responses.)
 */
import { createClient, type Inside, memoryStorage } from 'guidon'
import { analytics, experiments } from 'guidon/analytics'
import { lifecycle, polling, realtime, tabs } from 'guidon/live'
import { GuidonProvider, useFlag } from 'guidon/react'
import { reactNative } from 'guidon/react-native'
import { encrypted, indexedDb } from 'guidon/storage'

const native = reactNative({ storage: memoryStorage() })
export const flags = createClient({
  environmentKey: 'key',
  ...native,
  use: [tabs([realtime(native), polling(native)]), lifecycle(native), analytics(), experiments()],
})
export const size: number = flags.value('size', 16)
export const App = () => GuidonProvider({ client: flags, children: useFlag('title', 'none') })

/** An extension asks by the client's road, which a controller ends. */
export const asks = ({ road, api }: Inside, stop: Parameters<ReturnType<Inside['road']>>[1]) => {
  stop.abort()
  return road(api)({ path: 'flags/' }, stop)
}

const key = { algorithm: { name: 'AES-GCM' }, extractable: false, type: 'secret', usages: ['encrypt'] }
export const storage = encrypted(indexedDb(), { key })
// @ts-expect-error: a password is no key
encrypted(indexedDb(), { key: 'password' })
// @ts-expect-error: an address is no fetch
createClient({ environmentKey: 'key', fetch: 'https://flags.example' })
