import { createStore, del, get, keys, set } from 'idb-keyval'
import type { Storage } from '../core/ports.ts'

/**
 * IndexedDB, for pages that keep their `localStorage` for other things, and for workers, which have none.
 * It answers later: the first flags after a start are the bundled ones, the stored ones follow.
 *
 * @param database the name of the database. Default: `'guidon'`.
 */
export const indexedDb = (database = 'guidon'): Storage => {
  let opened: ReturnType<typeof createStore> | undefined
  // Opened at the first use, so that a runtime without IndexedDB fails there, where it is caught.
  const store = () => (opened ??= createStore(database, 'texts'))
  return {
    get: async (key) => get<string>(key, store()),
    set: async (key, text) => set(key, text, store()),
    delete: async (key) => del(key, store()),
    keys: async () => keys<string>(store()),
  }
}
