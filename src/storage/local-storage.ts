import type { Storage } from '../core/ports.ts'

/**
 * The page's `localStorage`: synchronous, so that the flags are there in the statement after `createClient()`.
 * It is looked up at each use: merely naming it throws where storage is denied, and does not exist on a server.
 */
const pageStorage = (): Storage => ({
  get: (key) => localStorage.getItem(key),
  set: (key, text) => localStorage.setItem(key, text),
  delete: (key) => localStorage.removeItem(key),
  keys: () => Object.keys(localStorage),
})

export { pageStorage as localStorage }
