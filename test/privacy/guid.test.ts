import { createHash } from 'node:crypto'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { newGuid } from '../../src/privacy/guid.ts'
import { classifyIdentifier } from '../../src/privacy/identifier.ts'
import { opaqueId } from '../../src/privacy/opaque-id.ts'

afterEach(() => vi.unstubAllGlobals())

describe('newGuid', () => {
  it('makes version 4 GUIDs that are all different, and opaque to the guard', () => {
    const guids = Array.from({ length: 10_000 }, () => newGuid())
    expect(new Set(guids).size).toBe(10_000)
    for (const guid of guids) {
      expect(guid).toMatch(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/)
      expect(classifyIdentifier(guid)).toBe('opaque')
    }
  })

  it('works without crypto.randomUUID, as on insecure pages', () => {
    const { getRandomValues } = crypto
    vi.stubGlobal('crypto', { getRandomValues: getRandomValues.bind(crypto) })
    expect(newGuid()).toMatch(/^[\da-f-]{36}$/)
  })

  it('works with a source that is handed in, as on Hermes', () => {
    vi.stubGlobal('crypto', undefined)
    const version4 = /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/
    const [ones, zeros] = [newGuid((bytes) => bytes.fill(255)), newGuid((bytes) => bytes.fill(0))]
    expect([ones, zeros]).toEqual([expect.stringMatching(version4), expect.stringMatching(version4)])
    expect(ones).not.toBe(zeros)
  })

  it('says so where there is no source, and never asks Math.random', () => {
    vi.stubGlobal('crypto', undefined)
    const random = vi.spyOn(Math, 'random')
    expect(() => newGuid()).toThrow(/unsupported/)
    expect(random).not.toHaveBeenCalled()
    random.mockRestore()
  })
})

describe('opaqueId', () => {
  it('is a version 8 GUID of SHA-256 over salt, NUL and id', async () => {
    const digest = createHash('sha256').update('shop.example\0jane@example.com', 'utf8').digest()
    const guid = await opaqueId('jane@example.com', { salt: 'shop.example' })
    expect(guid).toMatch(/^[\da-f]{8}-[\da-f]{4}-8[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/)
    expect(guid.slice(0, 8)).toBe(digest.subarray(0, 4).toString('hex'))
    expect(guid.slice(-12)).toBe(digest.subarray(10, 16).toString('hex'))
  })

  it('is the same each time, and another for another id or salt', async () => {
    const ids = await Promise.all([
      opaqueId('a', { salt: 's' }),
      opaqueId('a', { salt: 's' }),
      opaqueId('b', { salt: 's' }),
      opaqueId('a', { salt: 't' }),
      opaqueId('žluť 🚩', { salt: 's' }),
    ])
    expect(ids[0]).toBe(ids[1])
    expect(new Set(ids).size).toBe(4)
    expect(ids.map(classifyIdentifier)).toEqual(Array(5).fill('opaque'))
  })

  it('stays what it is from one version to the next, or every user would be another', async () => {
    expect(await opaqueId('42', { salt: 'guidon' })).toMatchInlineSnapshot(
      `"416fe67a-a5e7-8176-abcc-22cf210d441a"`,
    )
  })

  it('needs a salt and an id, and Web Crypto', async () => {
    await expect(opaqueId('a', { salt: 'a\0b' })).rejects.toMatchObject({ code: 'invalid-option' })
    await expect(opaqueId('a', { salt: '' })).rejects.toMatchObject({ code: 'invalid-option' })
    await expect(opaqueId('', { salt: 's' })).rejects.toMatchObject({ code: 'invalid-identifier' })
    vi.stubGlobal('crypto', {})
    await expect(opaqueId('a', { salt: 's' })).rejects.toMatchObject({ code: 'unsupported' })
  })
})
