import { beforeEach, describe, expect, it } from 'vitest'
import { createStore, type Store } from '../../src/core/store.ts'
import type { FlagTable, Source } from '../../src/model/flag.ts'
import type { Snapshot } from '../../src/model/snapshot.ts'

const table = (rows: unknown[][]) =>
  new Map(rows.map(([name, ...row]) => [name, row])) as unknown as FlagTable

const snapshot = (
  source: Source,
  at: number,
  rows: unknown[][] = [['a', true, `${source} ${at}`]],
  identity: string | undefined = 'guid',
): Snapshot => ({ identity, source, at, flags: table(rows) })

describe('the store', () => {
  let store: Store
  const value = (name = 'a') => store.shown.flags.get(name)?.[1]

  const later = { later: 'next-start', 'later-gone': 'next-start', 'later-new': 'next-start' } as const
  const bundled = (rows: unknown[][]) => createStore(table(rows), later)

  beforeEach(() => {
    store = bundled([['a', true, 'bundled']])
    store.begin('guid')
  })

  it('takes what the network brought', () => {
    store.replace(snapshot('network', 10), store.generation)
    expect(value()).toBe('network 10')
    expect(store.shown).toMatchObject({ identity: 'guid', source: 'network', at: 10 })
  })

  it('refuses an answer that was asked for under an older generation', () => {
    const asked = store.generation
    store.generation++
    store.replace(snapshot('network', 10), asked)
    expect(value()).toBe('bundled')
  })

  it('refuses the flags of another identity, and of nobody', () => {
    store.replace(snapshot('network', 10, [], 'other'), store.generation)
    store.replace({ ...snapshot('network', 10), identity: undefined }, store.generation)
    expect(value()).toBe('bundled')
  })

  it('moves the generation when another user begins, so that late answers find it closed', () => {
    const asked = store.generation
    store.begin('guid')
    store.replace(snapshot('network', 10), asked)
    expect(value()).toBe('bundled')
  })

  it('refuses storage that answers after the network did, however young its clock says it is', () => {
    store.replace(snapshot('network', 10), store.generation)
    store.replace(snapshot('storage', 99), store.generation)
    expect(value()).toBe('network 10')
  })

  it('prefers a snapshot that came with the page to older stored flags, and younger stored flags to it', () => {
    store.begin('guid', snapshot('network', 50))
    store.replace(snapshot('storage', 40), store.generation)
    expect(value()).toBe('network 50')
    store.replace(snapshot('storage', 60), store.generation)
    expect(value()).toBe('storage 60')
  })

  it('takes an answer of the network although the page came from a server whose clock is ahead', () => {
    store.begin('guid', snapshot('network', 1_000_000))
    store.replace(snapshot('network', 10), store.generation)
    expect(value()).toBe('network 10')
  })

  it('keeps the very table when nothing changed, with the new time and source', () => {
    store = createStore(table([['a', true, 'bundled']]))
    store.begin('guid')
    store.replace(snapshot('network', 10, [['a', true, 1]]), store.generation)
    const { flags } = store.shown
    store.replace(snapshot('network', 20, [['a', true, 1]]), store.generation)
    expect(store.shown.flags).toBe(flags)
    expect(store.latest.flags).toBe(flags)
    expect(store.shown.at).toBe(20)
  })

  it('keeps the value of a flag that waits for the next start, and remembers what came', () => {
    const stored = [
      ['a', true, 1],
      ['later', true, 1],
    ]
    store.replace(snapshot('storage', 5, stored), store.generation)
    store.replace(
      snapshot('network', 10, [
        ['a', true, 2],
        ['later', false, 2],
      ]),
      store.generation,
    )
    expect([value('a'), value('later')]).toEqual([2, 1])
    expect(store.latest.flags.get('later')).toEqual([false, 2])
  })

  it('shows a waiting flag at once when nothing was shown for it, and keeps one that went away', () => {
    store.replace(snapshot('storage', 5, [['later-gone', true, 1]]), store.generation)
    store.replace(snapshot('network', 10, [['later-new', true, 2]]), store.generation)
    expect([value('later-gone'), value('later-new')]).toEqual([1, 2])
  })

  it('names what looks different from what was told last, and tells it once', () => {
    store.replace(snapshot('storage', 5, [['a', true, 1]]), store.generation)
    expect(store.news()).toEqual(['a'])
    expect(store.news()).toEqual([])
    const more = [
      ['a', true, 1],
      ['b', true, 1],
    ]
    store.replace(snapshot('network', 10, more), store.generation)
    expect(store.news()).toEqual(['b'])
    expect(store.news()).toEqual([])
  })

  it('has no news of what is again as it was told', () => {
    store.replace(snapshot('network', 10, [['a', true, 1]]), store.generation)
    store.news()
    store.replace(snapshot('network', 20, [['a', true, 2]]), store.generation)
    store.replace(snapshot('network', 30, [['a', true, 1]]), store.generation)
    expect(store.news()).toEqual([])
    store.replace(snapshot('network', 40, [['a', true, 2]]), store.generation)
    store.begin('guid', snapshot('network', 30, [['a', true, 1]]))
    expect(store.news()).toEqual([])
  })

  it('has no news of a flag that waits', () => {
    store.replace(snapshot('storage', 5, [['later', true, 1]]), store.generation)
    store.news()
    store.replace(snapshot('network', 10, [['later', true, 2]]), store.generation)
    expect(store.news()).toEqual([])
  })

  it('lets late storage set a waiting flag: it is still the start', () => {
    store = bundled([['later', true, 'bundled']])
    store.begin('guid')
    store.replace(snapshot('storage', 5, [['later', true, 'stored']]), store.generation)
    expect(value('later')).toBe('stored')
  })
})
