/** What the compiler must accept and refuse of `guidon/storage`. */
import { createClient, type Storage as Port } from '../../src/index.ts'
import {
  type AsyncStorageLike,
  asyncStorage,
  type EncryptionOptions,
  encrypted,
  indexedDb,
  localStorage,
  type MaybePromise,
  memoryStorage,
  type Storage,
} from '../../src/storage.ts'
import { is, type Unsaid } from './is.ts'

// What this door gives is what the front door takes.
is<Storage, Port>(true)
is<ReturnType<Storage['get']>, MaybePromise<string | null | undefined>>(true)
export const storages: Storage[] = [memoryStorage(), localStorage(), indexedDb(), indexedDb('name')]
createClient({ environmentKey: 'key', storage: encrypted(indexedDb()) })
// @ts-expect-error: it is to be called
createClient({ environmentKey: 'key', storage: indexedDb })
// @ts-expect-error: a name, not options
indexedDb({ database: 'name' })
// @ts-expect-error: one of its own for each call
memoryStorage(new Map())
// @ts-expect-error: it is the page's, under the page's name
localStorage('name')

// AsyncStorage, or anything of its shape.
const native: AsyncStorageLike = {
  getItem: async () => null,
  setItem: async () => {},
  removeItem: async () => {},
}
storages.push(asyncStorage(native), asyncStorage(window.localStorage))
// @ts-expect-error: removeItem() is missing
asyncStorage({ getItem: async () => null, setItem: async () => {} })
// @ts-expect-error: a text or nothing
asyncStorage({ ...native, getItem: async () => 1 })

// Encryption, for any of them.
export const own: EncryptionOptions = { key: async (): Promise<CryptoKey> => Promise.reject() }
export const unsaid: EncryptionOptions = {} as Unsaid<EncryptionOptions>
storages.push(encrypted(localStorage()), encrypted(asyncStorage(native), own))
storages.push(encrypted(indexedDb(), { database: 'name' }))
export const kept = (key: CryptoKey) => encrypted(memoryStorage(), { key })
// @ts-expect-error: a password is no key
encrypted(memoryStorage(), { key: 'password' })
// @ts-expect-error: nor are a key's bytes
encrypted(memoryStorage(), { key: new Uint8Array(32) })
// @ts-expect-error: it encrypts what another keeps
encrypted()
