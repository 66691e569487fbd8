import type { Storage } from '../core/ports.ts'

/**
 * The page's `localStorage`: synchronous, so that the flags are there in the statement after `createClient()`.
 * It is looked up at each use: merely naming it throws where storage is denied, and does not exist on a server.
 */
export const localStorage = (): Storage => ({
  get: (key) => globalThis.localStorage.getItem(key),
  set: (key, text) => globalThis.localStorage.setItem(key, text),
  delete: (key) => globalThis.localStorage.removeItem(key),
  keys: () => Object.keys(globalThis.localStorage),
})
