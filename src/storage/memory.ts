import type { Storage } from '../core/ports.ts'

/** A storage for as long as the process (or page) lives. Each call makes one of its own. */
export const memoryStorage = (): Storage => {
  const texts = new Map<string, string>()
  return {
    get: (key) => texts.get(key),
    set: (key, text) => texts.set(key, text),
    delete: (key) => texts.delete(key),
    keys: () => [...texts.keys()],
  }
}
