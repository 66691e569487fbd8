import { beforeEach, describe, expect, it } from 'vitest'
import { Store } from '../../src/core/store.ts'
import { type FlagTable, type Source, toTable } from '../../src/model/flag.ts'
import type { Snapshot } from '../../src/model/snapshot.ts'

const snapshot = (
  source: Source,
  at: number,
  rows: unknown[][] = [['a', true, `${source} ${at}`]],
  identity: string | undefined = 'guid',
): Snapshot => ({ identity, source, at, table: toTable(rows) as FlagTable })

describe('the store', () => {
  let told: (readonly string[])[]
  let store: Store
  const value = (name = 'a') => store.shown.table.get(name)?.[2]

  beforeEach(() => {
    told = []
    store = new Store(
      (name) => name.startsWith('later'),
      (changed) => told.push(changed),
    )
    store.begin(snapshot('defaults', 0))
    told.length = 0
  })

  it('takes what the network brought and names what changed', () => {
    expect(store.replace(snapshot('network', 10), store.generation)).toBe(true)
    expect(value()).toBe('network 10')
    expect(told).toEqual([['a']])
  })

  it('refuses an answer that was asked for under an older generation', () => {
    const asked = store.generation
    store.generation++
    expect(store.replace(snapshot('network', 10), asked)).toBe(false)
    expect(value()).toBe('defaults 0')
  })

  it('refuses the flags of another identity, and of nobody', () => {
    expect(store.replace(snapshot('network', 10, [], 'other'), store.generation)).toBe(false)
    expect(store.replace({ ...snapshot('network', 10), identity: undefined }, store.generation)).toBe(false)
    expect(value()).toBe('defaults 0')
  })

  it('moves the generation when another user begins, so that late answers find it closed', () => {
    const asked = store.generation
    store.begin(snapshot('defaults', 0))
    expect(store.replace(snapshot('network', 10), asked)).toBe(false)
  })

  it('refuses storage that answers after the network did, however young its clock says it is', () => {
    store.replace(snapshot('network', 10), store.generation)
    expect(store.replace(snapshot('storage', 99), store.generation)).toBe(false)
    expect(value()).toBe('network 10')
  })

  it('prefers a snapshot that came with the page to older stored flags, and younger stored flags to it', () => {
    store.begin(snapshot('network', 50))
    expect(store.replace(snapshot('storage', 40), store.generation)).toBe(false)
    expect(store.replace(snapshot('storage', 60), store.generation)).toBe(true)
  })

  it('takes an answer of the network although the page came from a server whose clock is ahead', () => {
    store.begin(snapshot('network', 1_000_000))
    expect(store.replace(snapshot('network', 10), store.generation)).toBe(true)
  })

  it('keeps the very table when nothing changed, with the new time and source', () => {
    store.replace(snapshot('network', 10, [['a', true, 1]]), store.generation)
    const { table } = store.shown
    store.replace(snapshot('network', 20, [['a', true, 1]]), store.generation)
    expect(store.shown.table).toBe(table)
    expect(store.latest.table).toBe(table)
    expect(store.shown.at).toBe(20)
    expect(told.at(-1)).toEqual([])
  })

  it('keeps the value of a flag that waits for the next start, and remembers what came', () => {
    store.begin(
      snapshot('storage', 5, [
        ['a', true, 1],
        ['later', true, 1],
      ]),
    )
    told.length = 0
    store.replace(
      snapshot('network', 10, [
        ['a', true, 2],
        ['later', false, 2],
      ]),
      store.generation,
    )
    expect([value('a'), value('later')]).toEqual([2, 1])
    expect(store.latest.table.get('later')).toEqual(['later', false, 2])
    expect(told).toEqual([['a']])
  })

  it('shows a waiting flag at once when nothing was shown for it, and keeps one that went away', () => {
    store.begin(snapshot('storage', 5, [['later-gone', true, 1]]))
    store.replace(snapshot('network', 10, [['later-new', true, 2]]), store.generation)
    expect([value('later-gone'), value('later-new')]).toEqual([1, 2])
  })

  it('lets late storage set a waiting flag: it is still the start', () => {
    store.begin(snapshot('defaults', 0, [['later', true, 'bundled']]))
    store.replace(snapshot('storage', 5, [['later', true, 'stored']]), store.generation)
    expect(value('later')).toBe('stored')
  })
})
