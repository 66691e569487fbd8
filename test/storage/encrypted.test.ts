import { IDBFactory } from 'fake-indexeddb'
import 'fake-indexeddb/auto'
import { createStore, get, set } from 'idb-keyval'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Storage } from '../../src/core/ports.ts'
import type { GuidonError } from '../../src/model/errors.ts'
import { asyncStorage } from '../../src/storage/async-storage.ts'
import { encrypted } from '../../src/storage/encrypted.ts'
import { indexedDb } from '../../src/storage/indexed-db.ts'
import { memoryStorage } from '../../src/storage/memory.ts'
import { safeStorage } from '../../src/storage/safe.ts'
import { FakeStorage } from '../../src/testing.ts'
import { ada, answerTo, bob, calm, until, useWorld, who } from '../world.ts'
import { testStorage } from './contract.ts'

const newKey = () =>
  crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt'])

/** A memory storage that answers later, each call after a time of its own. */
let calls = 0
const later = (): Storage => {
  const texts = new Map<string, string | null>()
  const soon = <T>(answer: () => T) =>
    new Promise<T>((resolve) => setTimeout(() => resolve(answer()), (calls++ * 7) % 5))
  return asyncStorage({
    getItem: (key) => soon(() => texts.get(key) ?? null),
    setItem: (key, text) => soon(() => texts.set(key, text)),
    removeItem: (key) => soon(() => texts.delete(key)),
  })
}

const removeKey = () =>
  new Promise<void>((resolve, reject) => {
    const request = indexedDB.deleteDatabase('guidon-key')
    request.onsuccess = () => resolve()
    request.onerror = request.onblocked = () => reject(new Error('the database is in use'))
  })
const keyThere = () => get<CryptoKey>('key', createStore('guidon-key', 'keys'))

// A device that nobody has used before.
beforeEach(() => {
  globalThis.indexedDB = new IDBFactory()
})
afterEach(() => vi.unstubAllGlobals())

testStorage('encrypted memory', () => encrypted(memoryStorage()), { sync: false })
testStorage('encrypted asyncStorage', () => encrypted(later()), { sync: false })
testStorage('encrypted memory with a key of one’s own', () => encrypted(memoryStorage(), { key: newKey }), {
  sync: false,
})
let count = 0
testStorage('encrypted indexedDb', () => encrypted(indexedDb(`sealed-${count++}`)), { sync: false })

describe('a text that was encrypted', () => {
  let inner: Map<string, string>
  let storage: Storage
  beforeEach(() => {
    inner = new Map()
    storage = encrypted(inner)
  })

  it('is base64 of 12 bytes, as many as it has itself, and 16, behind its version', async () => {
    await storage.set('a', 'žluť')
    const [, sealed] = /^g1:([\w+/]+=*)$/.exec(inner.get('a')!)!
    expect(Buffer.from(sealed!, 'base64')).toHaveLength(12 + 6 + 16)
  })

  it('is another text each time, when it is the same a hundred times', async () => {
    const texts = new Set<string>()
    const beginnings = new Set<string>()
    for (let i = 0; i < 100; i++) {
      await storage.set('a', 'the same')
      texts.add(inner.get('a')!)
      beginnings.add(inner.get('a')!.slice(0, 'g1:'.length + 16))
    }
    expect([texts.size, beginnings.size]).toEqual([100, 100])
  })

  it('keeps a byte order mark that it begins with', async () => {
    await storage.set('a', '\ufefftext')
    expect(await storage.get('a')).toBe('\ufefftext')
  })

  it('reads as absent under another name', async () => {
    await storage.set('a', 'of a')
    await storage.set('b', 'of b')
    const [a, b] = [inner.get('a')!, inner.get('b')!]
    inner.set('a', b).set('b', a)
    expect([await storage.get('a'), await storage.get('b')]).toEqual([undefined, undefined])
    inner.set('a', a)
    expect(await storage.get('a')).toBe('of a')
  })

  it('reads as absent when any of its bits is flipped', async () => {
    await storage.set('a', 'text')
    const bytes = Buffer.from(inner.get('a')!.slice(3), 'base64')
    expect(bytes).toHaveLength(32)
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      bytes[bit >> 3]! ^= 1 << (bit & 7)
      inner.set('a', `g1:${bytes.toString('base64')}`)
      expect(await storage.get('a'), `bit ${bit}`).toBeUndefined()
      bytes[bit >> 3]! ^= 1 << (bit & 7)
    }
    inner.set('a', `g1:${bytes.toString('base64')}`)
    expect(await storage.get('a')).toBe('text')
  })

  it.each<[what: string, spoil: (sealed: string) => string]>([
    ['empty', () => ''],
    ['only a version', () => 'g1:'],
    ['plain, from before it was encrypted', () => '{"v":1}'],
    ['of a newer version', (sealed) => sealed.replace('g1:', 'g2:')],
    ['without its version', (sealed) => sealed.slice(3)],
    ['half', (sealed) => sealed.slice(0, sealed.length / 2)],
    ['cut to a few bytes', (sealed) => sealed.slice(0, 11)],
    ['longer than it was', (sealed) => `${sealed.replace(/=+$/, '')}AAAA`],
    ['no base64', (sealed) => `${sealed}🚩`],
  ])('reads as absent when it is %s', async (_, spoil) => {
    await storage.set('a', 'text')
    inner.set('a', spoil(inner.get('a')!))
    expect(await storage.get('a')).toBeUndefined()
    await storage.set('a', 'anew')
    expect(await storage.get('a')).toBe('anew')
  })

  it('reads as absent under another key', async () => {
    await encrypted(inner, { key: await newKey() }).set('a', 'text')
    expect(await encrypted(inner, { key: await newKey() }).get('a')).toBeUndefined()
    expect(await storage.get('a')).toBeUndefined()
  })
})

describe('calls that overtake each other', () => {
  /** A storage whose first encryption takes until it is let go. */
  const slowFirst = () => {
    const encrypt = crypto.subtle.encrypt.bind(crypto.subtle)
    let letGo = () => {}
    const gate = new Promise<void>((resolve) => {
      letGo = resolve
    })
    vi.spyOn(crypto.subtle, 'encrypt').mockImplementationOnce(async (...args) => {
      await gate
      return encrypt(...args)
    })
    const inner = new Map<string, string>()
    return { inner, storage: encrypted(inner), letGo }
  }
  afterEach(() => vi.restoreAllMocks())

  it('leave what was set last', async () => {
    const { storage, letGo } = slowFirst()
    const first = storage.set('a', 'one')
    await storage.set('b', 'other')
    await storage.set('a', 'two')
    letGo()
    await first
    expect([await storage.get('a'), await storage.get('b')]).toEqual(['two', 'other'])
  })

  it('leave nothing where deleting was last', async () => {
    const { inner, storage, letGo } = slowFirst()
    const first = storage.set('a', 'one')
    await storage.delete('a')
    letGo()
    await first
    expect(inner.size).toBe(0)
  })

  it('leave what was set after it was deleted', async () => {
    const { storage, letGo } = slowFirst()
    const first = storage.set('a', 'one')
    storage.delete('a')
    const last = storage.set('a', 'two')
    letGo()
    await Promise.all([first, last])
    expect(await storage.get('a')).toBe('two')
  })
})

describe('the key in IndexedDB', () => {
  it('cannot be exported, and does nothing but encrypt and decrypt', async () => {
    await encrypted(memoryStorage()).set('a', 'text')
    const key = (await keyThere())!
    expect(key).toMatchObject({
      extractable: false,
      algorithm: { name: 'AES-GCM', length: 256 },
      usages: ['encrypt', 'decrypt'],
    })
    await expect(crypto.subtle.exportKey('raw', key)).rejects.toThrow()
  })

  it('is one for all that start at once, and for who starts later', async () => {
    const inner = memoryStorage()
    const storages = Array.from({ length: 8 }, () => encrypted(inner))
    await Promise.all(storages.map((storage, i) => storage.set(`${i}`, `of ${i}`)))
    for (const storage of [...storages, encrypted(inner)])
      for (const i of storages.keys()) expect(await storage.get(`${i}`)).toBe(`of ${i}`)
  })

  it('is made once and then only read', async () => {
    const make = vi.spyOn(crypto.subtle, 'generateKey')
    const inner = memoryStorage()
    for (let start = 0; start < 3; start++) await encrypted(inner).set('a', 'text')
    expect(make).toHaveBeenCalledTimes(1)
    make.mockRestore()
  })

  it('is one for each database that is named', async () => {
    const inner = memoryStorage()
    await encrypted(inner, { database: 'mine' }).set('a', 'text')
    expect(await encrypted(inner, { database: 'mine' }).get('a')).toBe('text')
    expect(await encrypted(inner, { database: 'yours' }).get('a')).toBeUndefined()
  })

  it('lost, costs what was stored, and the next write is kept under a new one', async () => {
    const inner = new Map<string, string>()
    await encrypted(inner).set('a', 'text')
    await removeKey()
    const storage = encrypted(inner)
    expect(await storage.get('a')).toBeUndefined()
    expect([...(await storage.keys())]).toEqual(['a'])
    await storage.set('a', 'anew')
    expect(await storage.get('a')).toBe('anew')
    expect(await encrypted(inner).get('a')).toBe('anew')
  })

  it('can be destroyed while the storage is in use: no connection stays open', async () => {
    const storage = encrypted(memoryStorage())
    await storage.set('a', 'text')
    await removeKey()
    expect(await storage.get('a')).toBe('text')
  })

  it('is made anew where something unreadable has taken its place', async () => {
    // Chromium gives null for a key that it cannot read any more.
    await set('key', null, createStore('guidon-key', 'keys'))
    const inner = memoryStorage()
    await encrypted(inner).set('a', 'text')
    expect(await encrypted(inner).get('a')).toBe('text')
  })
})

describe('a key of one’s own', () => {
  it('opens what it closed, from one start to the next, and leaves IndexedDB alone', async () => {
    vi.stubGlobal('indexedDB', undefined)
    const inner = memoryStorage()
    const key = await newKey()
    await encrypted(inner, { key }).set('a', 'text')
    expect(await encrypted(inner, { key: async () => key }).get('a')).toBe('text')
  })

  it('is fetched once, at the first use, and again only after a failure', async () => {
    const key = await newKey()
    const fetchKey = vi.fn(async () => key)
    fetchKey.mockRejectedValueOnce(new Error('keychain locked'))
    const storage = encrypted(memoryStorage(), { key: fetchKey })
    expect(fetchKey).not.toHaveBeenCalled()
    const attempts = await Promise.allSettled([storage.set('a', 'text'), storage.get('a')])
    expect(attempts).toEqual([
      { status: 'rejected', reason: new Error('keychain locked') },
      { status: 'rejected', reason: new Error('keychain locked') },
    ])
    expect(fetchKey).toHaveBeenCalledTimes(1)
    await storage.set('a', 'text')
    expect(await storage.get('a')).toBe('text')
    expect(fetchKey).toHaveBeenCalledTimes(2)
  })

  it('that cannot encrypt keeps nothing', async () => {
    const key = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['decrypt'])
    const inner = new Map<string, string>()
    await expect(encrypted(inner, { key }).set('a', 'text')).rejects.toThrow()
    expect(inner.size).toBe(0)
  })
})

describe('where encrypting is not possible', () => {
  const without: [what: string, take: () => void][] = [
    ['Web Crypto', () => vi.stubGlobal('crypto', undefined)],
    [
      'crypto.subtle, as in a page without https',
      () => vi.stubGlobal('crypto', { getRandomValues: () => {} }),
    ],
    ['IndexedDB', () => vi.stubGlobal('indexedDB', undefined)],
    [
      'access to IndexedDB',
      () =>
        vi.stubGlobal('indexedDB', {
          open: () => {
            throw new DOMException('denied', 'SecurityError')
          },
        }),
    ],
  ]

  it.each(without)('rejects reads and writes without %s, and stores nothing in clear', async (_, take) => {
    take()
    const inner = new Map<string, string>()
    const storage = encrypted(inner)
    await expect(storage.get('a')).rejects.toThrow()
    await expect(storage.set('a', 'text')).rejects.toThrow()
    expect(inner.size).toBe(0)
  })

  it.each(without)('behind the safe wrapper complains once about %s', async (_, take) => {
    take()
    const errors: GuidonError[] = []
    const safe = safeStorage(encrypted(memoryStorage()), '', (error) => errors.push(error), true)
    expect(await safe.get('a')).toBe(false)
    expect(await safe.set('a', 'text')).toBe(false)
    expect(await safe.delete('a')).toBe(true)
    expect(errors.map(({ code }) => code)).toEqual(['storage'])
  })

  it.each(without)('works again when %s is back', async (_, take) => {
    take()
    const storage = encrypted(memoryStorage())
    await expect(storage.set('a', 'text')).rejects.toThrow()
    vi.unstubAllGlobals()
    await storage.set('a', 'text')
    expect(await storage.get('a')).toBe('text')
  })

  it('says what is missing', async () => {
    vi.stubGlobal('crypto', undefined)
    await expect(encrypted(memoryStorage()).get('a')).rejects.toMatchObject({ code: 'unsupported' })
  })

  it('rejects a read without TextDecoder, and does not call a text absent that is there', async () => {
    const storage = encrypted(memoryStorage())
    await storage.set('a', 'text')
    vi.stubGlobal('TextDecoder', undefined)
    await expect(storage.get('a')).rejects.toThrow()
  })

  it('deletes and lists without a key, even when the key never comes', async () => {
    const inner = new Map([['a', 'old']])
    const storage = encrypted(inner, { key: () => new Promise(() => {}) })
    storage.set('a', 'text')
    expect([...(await storage.keys())]).toEqual(['a'])
    await storage.delete('a')
    expect(inner.size).toBe(0)
  })

  it('lists what is being encrypted too, so that who removes all leaves nothing to come', async () => {
    const inner = new Map<string, string>()
    const storage = encrypted(inner)
    const written = storage.set('a', 'text')
    for (const name of await storage.keys()) await storage.delete(name)
    await written
    expect(inner.size).toBe(0)
    expect([...(await storage.keys())]).toEqual([])
  })

  it('passes on what the storage under it says', async () => {
    const inner = new FakeStorage()
    inner.deny()
    const storage = encrypted(inner)
    await expect(storage.get('a')).rejects.toThrow('denied')
    await expect(storage.set('a', 'text')).rejects.toThrow('denied')
    await expect(storage.delete('a')).rejects.toThrow('denied')
    await expect(storage.keys()).rejects.toThrow('denied')
  })
})

describe('a client with an encrypted storage', () => {
  const world = useWorld()
  const defaults = { flags: { color: { enabled: true, value: 'bundled' } } }
  const dump = (inner: Map<string, string>) => [...inner].map((entry) => entry.join('=')).join('\n')
  const sourceBecomes = (flags: ReturnType<typeof world.client>, source: string) =>
    until(() => flags.flag('color')?.source === source, `flags from ${source}`)

  it('starts with bundled flags, and then shows those of last time, with the server down', async () => {
    const inner = memoryStorage()
    await world.client({ identity: ada, storage: encrypted(inner) }).ready({ from: 'network' })
    await calm()
    world.net.offline()
    const flags = world.client({ identity: ada, storage: encrypted(inner), defaults })
    const { change, error } = world.told(flags)
    expect(flags.value('color', '')).toBe('bundled')
    await sourceBecomes(flags, 'storage')
    expect(flags.value('color', '')).toBe(`of ${ada}`)
    expect(change).toEqual([{ changed: ['color'], source: 'storage' }])
    expect(error.filter(({ code }) => code === 'storage')).toEqual([])
  })

  it('leaves no flag, trait or identifier in clear on the device', async () => {
    const inner = new Map<string, string>()
    world.net.respond = (call) => answerTo(call, { 'secret-launch': `for ${who(call)}` })
    const storage = encrypted(inner)
    const flags = world.client({ identity: ada, storage })
    await flags.ready({ from: 'network' })
    await world.client({ anonymous: true, storage }).ready({ from: 'network' })
    await calm()
    world.net.offline()
    await flags.setTraits({ 'team-colour': 'vermilion' }).catch(() => {})
    await calm()
    expect(flags.pending).toBe(1)
    const names = [...inner.keys()].map((name) => name.split('.').at(-1)!)
    expect(names).toEqual(expect.arrayContaining(['users', 'outbox', 'guid', 'retry']))
    for (const text of inner.values()) expect(text).toMatch(/^g1:[\w+/]+=*$/)
    for (const plain of ['secret-launch', 'team-colour', 'vermilion', ada, '"v"'])
      expect(dump(inner)).not.toContain(plain)
  })

  it('sends a trait that was set offline after a restart', async () => {
    const inner = new Map<string, string>()
    world.net.offline()
    const before = world.client({ identity: ada, storage: encrypted(inner) })
    await before.setTraits({ plan: 'pro' }).catch(() => {})
    await calm()
    before.close()
    world.net.calls.length = 0
    world.net.respond = (call) => answerTo(call, {})
    const flags = world.client({ identity: ada, storage: encrypted(inner) })
    await flags.refresh()
    await calm()
    expect(world.net.calls.flatMap(({ body }) => body?.traits ?? [])).toEqual([
      { trait_key: 'plan', trait_value: 'pro' },
    ])
    expect(flags.pending).toBe(0)
    expect([...inner.keys()].filter((name) => name.endsWith('.outbox'))).toEqual([])
  })

  it('is the same anonymous user after a restart', async () => {
    const inner = memoryStorage()
    const before = world.client({ anonymous: true, storage: encrypted(inner) })
    await before.ready({ from: 'network' })
    await calm()
    const flags = world.client({ anonymous: true, storage: encrypted(inner) })
    await flags.ready({ from: 'network' })
    expect(flags.identity).toBe(before.identity)
  })

  it('goes on from the bundled flags when the key is lost, and keeps what comes next', async () => {
    const inner = memoryStorage()
    /** What is kept under names of flags: not lists, nor the health of the server. */
    const kept = () => [...(inner.keys() as Iterable<string>)].filter((key) => /\.[\da-f]{16}$/.test(key))
    const texts = () => kept().map((key) => inner.get(key))
    const first = world.client({ identity: ada, storage: encrypted(inner) })
    await first.ready({ from: 'network' })
    await until(() => kept().length)
    first.close()
    await calm()
    const before = texts()
    await removeKey()
    const flags = world.client({ identity: ada, storage: encrypted(inner), defaults })
    const { error } = world.told(flags)
    expect(flags.value('color', '')).toBe('bundled')
    await flags.ready({ from: 'network' })
    await until(() => kept().length && `${texts()}` !== `${before}`)
    expect(error).toEqual([])
    world.net.offline()
    const next = world.client({ identity: ada, storage: encrypted(inner), defaults })
    await sourceBecomes(next, 'storage')
  })

  it('forgets a user who logs out, and does not mix up two', async () => {
    const inner = memoryStorage()
    const flags = world.client({ identity: ada, storage: encrypted(inner) })
    await flags.ready({ from: 'network' })
    await flags.identify(bob)
    await flags.reset()
    await calm()
    world.net.offline()
    for (const [identity, source] of [
      [ada, 'storage'],
      [bob, 'defaults'],
    ] as const) {
      const next = world.client({ identity, storage: encrypted(inner), defaults })
      await calm()
      expect(next.flag('color')?.source).toBe(source)
      expect(next.value('color', '')).toBe(source === 'storage' ? `of ${identity}` : 'bundled')
    }
  })

  it('works in memory, with one error, where there is no Web Crypto', async () => {
    vi.stubGlobal('crypto', undefined)
    const inner = new Map<string, string>()
    const flags = world.client({ identity: ada, storage: encrypted(inner), defaults })
    const { error } = world.told(flags)
    await flags.ready({ from: 'network' })
    await calm()
    expect(flags.value('color', '')).toBe(`of ${ada}`)
    expect(error.map(({ code, cause }) => [code, (cause as GuidonError).code])).toEqual([
      ['storage', 'unsupported'],
    ])
    expect(inner.size).toBe(0)
  })
})
