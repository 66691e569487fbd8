import { beforeEach, describe, expect, it } from 'vitest'
import { createPersistence, type Persistence } from '../../src/core/persist.ts'
import type { FlagTable, Row } from '../../src/model/flag.ts'
import type { Snapshot } from '../../src/model/snapshot.ts'
import { safeStorage } from '../../src/storage/safe.ts'
import { FakeStorage } from '../../src/testing.ts'

const snapshot = (identity: string | undefined, value: unknown, at = 1): Snapshot => ({
  identity,
  source: 'network',
  at,
  flags: new Map([['a', [true, value]]]) as unknown as FlagTable,
})

/** Lets what is queued happen. */
const settle = () => new Promise((resolve) => setTimeout(resolve))

describe('what stays on the device', () => {
  let place: FakeStorage
  const open = (keep = 5, scope = 'a'): Persistence =>
    createPersistence(
      safeStorage(place, `guidon.${scope}.`, () => {}, true),
      scope,
      keep,
    )
  const load = async (identity: string | undefined, from = open()) =>
    (await from.load(identity))?.flags.get('a')?.[1]

  beforeEach(() => {
    place = new FakeStorage()
  })

  it('comes back for the same identity in the same tick, with its time', async () => {
    open().save(snapshot('guid', 'x', 42))
    await settle()
    expect(open().load('guid')).toMatchObject({ source: 'storage', at: 42, identity: 'guid' })
  })

  it('is not there for another identity, for nobody, or in another environment', async () => {
    open().save(snapshot('guid', 'x'))
    await settle()
    expect(await load('other')).toBeUndefined()
    expect(await load(undefined)).toBeUndefined()
    expect(await load('guid', open(5, 'api other-key'))).toBeUndefined()
  })

  it('shows no identifier and no environment key in a dump', async () => {
    open().save(snapshot('3f2b8c1e-8d52-4b3a-9a54-0c9d1d6e7f10', 'x'))
    await settle()
    expect(JSON.stringify(place.dump())).not.toMatch(/3f2b8c1e|api|key/)
  })

  it('is not written again when nothing changed, also after a restart', async () => {
    const first = open()
    const saved = snapshot('guid', 'x')
    first.save(saved)
    await settle()
    const { length } = place.writes
    first.save({ ...saved, at: 2 })
    const second = open()
    const loaded = (await second.load('guid')) as Snapshot
    second.save({ ...loaded, source: 'network', at: 3 })
    await settle()
    expect(place.writes).toHaveLength(length)
  })

  it('makes room for the sixth identity by forgetting the one that was not used for longest', async () => {
    const persistence = open()
    for (const id of ['a', 'b', 'c', 'd', 'e']) persistence.save(snapshot(id, id))
    await settle()
    open().load('a') // used again, so now b is the oldest
    await settle()
    persistence.save(snapshot('f', 'f'))
    await settle()
    expect(await Promise.all(['a', 'b', 'c', 'd', 'e', 'f'].map((id) => load(id)))).toEqual([
      'a',
      undefined,
      'c',
      'd',
      'e',
      'f',
    ])
  })

  it('forgets other identities, oldest first, when the disk is full, and then keeps the new one', async () => {
    place.fill(400)
    const persistence = open()
    for (const id of ['a', 'b', 'c', 'd', 'e']) persistence.save(snapshot(id, 'x'.repeat(80)))
    await settle()
    expect(await load('e')).toBe('x'.repeat(80))
    expect(await load('a')).toBeUndefined()
  })

  it('keeps the old entry when the disk has no room even for one, and tries again with the next answer', async () => {
    place.fill(200)
    const persistence = open()
    persistence.save(snapshot('a', 'small'))
    await settle()
    persistence.save(snapshot('a', 'x'.repeat(300)))
    await settle()
    expect(await load('a')).toBe('small')
    persistence.save(snapshot('a', 'fits'))
    await settle()
    expect(await load('a')).toBe('fits')
  })

  it.each([
    ['half an entry', (text: string) => text.slice(0, 20)],
    ['no JSON', () => '<html>'],
    ['null', () => 'null'],
    ['a number', () => '7'],
    ['another version', (text: string) => text.replace('"v":1', '"v":2')],
    ['an entry without flags', (text: string) => text.replace('"flags"', '"rows"')],
    ['a time that is none', (text: string) => text.replace('"at":1', '"at":"x"')],
    ['an entry that says it is for everybody', (text: string) => text.replace('{', '{"shared":true,')],
    ['no text at all', () => ''],
  ])('is removed, and not shown, when it is %s', async (_, spoil) => {
    open().save(snapshot('guid', 'x'))
    await settle()
    const [key, text] = Object.entries(place.dump()).find(([, text]) => text.startsWith('{')) as [
      string,
      string,
    ]
    place.set(key, spoil(text))
    expect(await load('guid')).toBeUndefined()
    expect(place.get(key)).toBeUndefined()
  })

  it('is not taken from an entry that was copied from another identity', async () => {
    const persistence = open()
    persistence.save(snapshot('a', 'of a'))
    persistence.save(snapshot('b', 'of b'))
    await settle()
    const entries = Object.entries(place.dump()).filter(([, text]) => text.startsWith('{'))
    const [a, b] = entries as [[string, string], [string, string]]
    place.set(b[0], a[1])
    expect(await load('b')).toBeUndefined()
    expect(await load('a')).toBe('of a')
  })

  it.each(['garbage', '7', 'null', '{"length":3}', '["../other app","x"]'])(
    'survives a list of users that is %s, and touches no key of others',
    async (garbage) => {
      const persistence = open(1)
      place.set('../other app', 'theirs')
      place.set('guidon.a.users', garbage)
      persistence.save(snapshot('a', 'of a'))
      persistence.save(snapshot('b', 'of b'))
      await settle()
      expect(await load('b')).toBe('of b')
      expect(place.get('../other app')).toBe('theirs')
    },
  )

  it('forgets an identity, also one whose flags are just being written', async () => {
    const persistence = open()
    persistence.save(snapshot('a', 'of a'))
    persistence.save(snapshot('b', 'of b'))
    await persistence.forget('b')
    expect(await load('b')).toBeUndefined()
    expect(await load('a')).toBe('of a')
    expect(JSON.stringify(place.dump())).not.toContain('of b')
  })

  it('keeps a flag with any name, value, variant and reason', async () => {
    const rows: [string, Row][] = [
      ['__proto__', [true, 1]],
      ['', [false, null]],
      ['🚩 "quoted" <b>', [true, 'x\n']],
      ['v', [true, -0.5, 'variant', null]],
      ['r', [true, false, null, 'SPLIT']],
    ]
    open().save({ ...snapshot('guid', 0), flags: new Map(rows) })
    await settle()
    const loaded = await open().load('guid')
    expect([...(loaded?.flags ?? [])]).toEqual(rows)
  })
})
