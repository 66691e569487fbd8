import { beforeEach, describe, expect, it } from 'vitest'
import type { Storage } from '../../src/core/ports.ts'
import { safeStorage } from '../../src/storage/safe.ts'

/** What every storage must do, whether it answers at once or later. `make` gives one over an empty place each time. */
export const testStorage = (name: string, make: () => Storage, { sync }: { sync: boolean }) => {
  describe(`${name} keeps the storage contract`, () => {
    let storage: Storage
    beforeEach(() => {
      storage = make()
    })

    it(sync ? 'answers at once' : 'answers with promises', () => {
      const answer = storage.get('a')
      expect(answer instanceof Promise).toBe(!sync)
    })

    it('gives back what was set, to the letter', async () => {
      const texts = ['', 'plain', '{"json":"\\"quotes\\""}', 'žluťoučký 日本 🏳️‍🌈', 'x'.repeat(100_000)]
      for (const [i, text] of texts.entries()) await storage.set(`key ${i}`, text)
      for (const [i, text] of texts.entries()) expect(await storage.get(`key ${i}`)).toBe(text)
    })

    it('gives null or undefined for a key that was never set', async () => {
      expect((await storage.get('nobody')) ?? null).toBeNull()
    })

    it('replaces a text that is set again', async () => {
      await storage.set('a', 'one')
      await storage.set('a', 'two')
      expect(await storage.get('a')).toBe('two')
    })

    it('forgets a deleted key, and does not mind deleting it twice', async () => {
      await storage.set('a', 'one')
      await storage.delete('a')
      await storage.delete('a')
      expect((await storage.get('a')) ?? null).toBeNull()
      expect([...(await storage.keys())]).not.toContain('a')
    })

    it('lists the keys that are set', async () => {
      await storage.set('b', '1')
      await storage.set('a', '1')
      await storage.set('b', '2')
      expect([...(await storage.keys())].sort()).toEqual(['a', 'b'])
    })

    it('keeps keys with odd names apart', async () => {
      const keys = ['__proto__', 'constructor', 'length', '🚩', 'a.b', ' '].map((name) => `guidon.${name}`)
      for (const key of keys) await storage.set(key, `of ${key}`)
      for (const key of keys) expect(await storage.get(key)).toBe(`of ${key}`)
      expect([...(await storage.keys())].sort()).toEqual([...keys].sort())
    })

    it('loses none of many writes at once', async () => {
      const keys = Array.from({ length: 50 }, (_, i) => `key ${i}`)
      await Promise.all(keys.map((key) => storage.set(key, key)))
      await Promise.all(keys.slice(25).map((key) => storage.delete(key)))
      expect([...(await storage.keys())].sort()).toEqual(keys.slice(0, 25).sort())
    })

    it('works the same behind the safe wrapper, without a complaint', async () => {
      const complaints: unknown[] = []
      const safe = safeStorage(storage, 'mine.', (error) => complaints.push(error), true)
      expect(await safe.set('a', 'one')).toBe(true)
      expect(await safe.get('a')).toBe('one')
      expect(await storage.get('mine.a')).toBe('one')
      expect(safe.get('a') instanceof Promise).toBe(!sync)
      await safe.delete('a')
      expect((await safe.get('a')) ?? null).toBeNull()
      expect(complaints).toEqual([])
    })
  })
}
