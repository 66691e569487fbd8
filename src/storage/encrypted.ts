import { createStore, get, type UseStore, update } from 'idb-keyval'
import type { MaybePromise, Storage } from '../core/ports.ts'
import { GuidonError } from '../model/errors.ts'

/** A CryptoKey, by what it has: Node's and React Native's types know no global one. */
interface Key {
  readonly algorithm: { readonly name: string }
  readonly extractable: boolean
  readonly type: string
  readonly usages: readonly string[]
}

/** Which key `encrypted()` uses. Default: one that it makes and keeps. */
export interface EncryptionOptions {
  /** The database, in IndexedDB, that holds the key and nothing else. Default: `'guidon-key'`. */
  readonly database?: string | undefined
  /** A key of your own (AES-GCM, to encrypt and decrypt), or who fetches it: for platforms without IndexedDB. */
  readonly key?: Key | (() => MaybePromise<Key>) | undefined
}

/** What a text of ours begins with. Another way to encrypt will have another beginning. */
const VERSION = 'g1:'
const IV_BYTES = 12
const PART = 8_192

/**
 * Any storage, with its texts encrypted (AES-GCM) under a key that no script can read out. Names stay as they are: guidon's
 * are hashes. What cannot be decrypted, because the key is lost or somebody wrote there, reads as absent. It answers
 * later: the first flags after a start are the bundled ones, the stored ones follow.
 *
 * Where there is no Web Crypto or no place for the key, reads and writes reject: nothing is kept rather than kept in clear.
 * `docs/storage.md` says from whom it protects, and from whom not.
 *
 * @example createClient({ …, storage: encrypted(localStorage()) })
 */
export const encrypted = (
  storage: Storage,
  { key, database = 'guidon-key' }: EncryptionOptions = {},
): Storage => {
  let opened: Promise<CryptoKey> | undefined
  const open = async () => {
    if (!globalThis.crypto?.subtle) throw new GuidonError('unsupported', 'needs crypto.subtle: use https')
    return (typeof key === 'function' ? key() : (key ?? keyOf(database))) as MaybePromise<CryptoKey>
  }
  // One that failed is tried again at the next use: a database may be blocked for a moment only.
  const theKey = () =>
    (opened ??= open().catch((error) => {
      opened = undefined
      throw error
    }))

  // Encrypting takes the longer the longer the text is, and deleting takes no time: what was asked last is to stay.
  let asked = 0
  /** By name, the turn of what was done last. */
  const done = new Map<string, number>()
  /** Names of what is being encrypted: who lists them to remove all means these, too. */
  const coming = new Set<string>()

  return {
    async get(name) {
      const [text, key] = await Promise.all([storage.get(name), theKey()])
      return unseal(key, name, text)
    },
    async set(name, text) {
      const turn = ++asked
      coming.add(name)
      try {
        const sealed = await seal(await theKey(), name, text)
        if (turn < (done.get(name) ?? 0)) return
        done.set(name, turn)
        await storage.set(name, sealed)
      } finally {
        coming.delete(name)
      }
    },
    async delete(name) {
      done.set(name, ++asked)
      coming.delete(name)
      await storage.delete(name)
    },
    keys: async () => new Set([...(await storage.keys()), ...coming]),
  }
}

/** The name is sealed with its text, so that a text that was copied under another name does not open. */
const cipher = (iv: Uint8Array<ArrayBuffer>, name: string) => ({
  name: 'AES-GCM',
  iv,
  additionalData: new TextEncoder().encode(VERSION + name),
})

/** Bytes as `btoa` takes them. In parts, because a call takes only so many arguments; one by one is twenty times slower. */
const binary = (bytes: Uint8Array): string => {
  let text = ''
  for (let at = 0; at < bytes.length; at += PART) {
    text += String.fromCharCode.apply(null, bytes.subarray(at, at + PART) as never)
  }
  return text
}

/** The bytes of a `binary()`. */
const bytesOf = (text: string) => new Uint8Array(text.length).map((_, at) => text.charCodeAt(at))

const seal = async (key: CryptoKey, name: string, text: string): Promise<string> => {
  const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES))
  const sealed = await crypto.subtle.encrypt(cipher(iv, name), key, new TextEncoder().encode(text))
  return VERSION + btoa(binary(iv) + binary(new Uint8Array(sealed)))
}

const unseal = async (
  key: CryptoKey,
  name: string,
  text: string | null | undefined,
): Promise<string | undefined> => {
  if (!text?.startsWith(VERSION)) return undefined
  // Made first: where it is missing, that is to be told, and not to look like a text that does not open.
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
  try {
    const bytes = bytesOf(atob(text.slice(VERSION.length)))
    const iv = bytes.subarray(0, IV_BYTES)
    return decoder.decode(await crypto.subtle.decrypt(cipher(iv, name), key, bytes.subarray(IV_BYTES)))
  } catch {
    return undefined
  }
}

/**
 * The key of this device. Making one takes a moment, in which another tab may have stored its own: the first one stored
 * is everybody's.
 */
const keyOf = async (database: string): Promise<CryptoKey> => {
  const kept = await get<CryptoKey>('key', briefly(database))
  if (kept) return kept
  const made = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, [
    'encrypt',
    'decrypt',
  ])
  let key = made
  await update<CryptoKey>(
    'key',
    (there) => {
      key = there ?? made
      return key
    },
    briefly(database),
  )
  return key
}

/** Open for one transaction: a connection that stays would keep `deleteDatabase` waiting until the page is gone. */
const briefly =
  (database: string): UseStore =>
  async (mode, use) =>
    createStore(database, 'keys')(mode, async (store) => {
      try {
        return await use(store)
      } finally {
        store.transaction.db.close()
      }
    })
