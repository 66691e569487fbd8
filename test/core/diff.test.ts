import { describe, expect, it } from 'vitest'
import { diff } from '../../src/core/diff.ts'
import type { FlagTable } from '../../src/model/flag.ts'

const table = (...rows: unknown[][]) =>
  new Map(rows.map(([name, ...row]) => [name, row])) as unknown as FlagTable

describe('the difference between two tables', () => {
  const before = table(['a', true, 1], ['b', false, 'x'], ['c', true, null])

  it('is empty for the same table and for an equal one', () => {
    expect(diff(before, before)).toEqual([])
    expect(diff(before, table(['c', true, null], ['b', false, 'x'], ['a', true, 1]))).toEqual([])
  })

  it('names flags that were switched, changed their value, came or went', () => {
    const after = table(['a', false, 1], ['b', false, 'y'], ['d', true, 0])
    expect(diff(before, after)).toEqual(['a', 'b', 'd', 'c'])
  })

  it('tells values of different types apart', () => {
    expect(diff(table(['a', true, 1]), table(['a', true, '1']))).toEqual(['a'])
    expect(diff(table(['a', true, false]), table(['a', true, null]))).toEqual(['a'])
  })

  it('sees another variant or reason behind an equal value', () => {
    expect(diff(table(['a', true, 1, 'x', null]), table(['a', true, 1, 'y', null]))).toEqual(['a'])
    expect(diff(table(['a', true, 1, null, 'SPLIT']), table(['a', true, 1, null, 'OTHER']))).toEqual(['a'])
  })

  it('copes with flags named like the parts of an object', () => {
    const odd = table(['__proto__', true, 1], ['constructor', true, 1], ['', true, 1])
    expect(diff(table(), odd)).toEqual(['__proto__', 'constructor', ''])
    expect(diff(odd, odd)).toEqual([])
  })
})
