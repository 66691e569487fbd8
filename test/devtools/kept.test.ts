import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fromText, toList } from '../../src/devtools/kept.ts'
import { readAddress, writeAddress } from '../../src/devtools/link.ts'
import { type FlagTable, isRow, type Row } from '../../src/model/flag.ts'

const value = fc.oneof(
  fc.string(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.boolean(),
  fc.constant(null),
)
const overrides: fc.Arbitrary<FlagTable> = fc
  .array(fc.tuple(fc.oneof(fc.string(), fc.constant('__proto__')), fc.tuple(fc.boolean(), value)))
  .map((rows) => new Map(rows as [string, Row][]))
/** JSON has one zero. */
const same = (flags: FlagTable) => JSON.stringify([...flags])

describe('what is kept', () => {
  it('comes back as it was, whatever names and values there are', () => {
    fc.assert(
      fc.property(overrides, (flags) => {
        const text = JSON.stringify({
          overrides: toList(flags),
          panel: { dock: 'right', isOpen: true },
        })
        const kept = fromText(text)
        expect(same(kept.flags)).toBe(same(flags))
        expect(kept.panel).toMatchObject({ dock: 'right', isOpen: true })
      }),
    )
  })

  it('is nothing worse than nothing when it is damaged, anywhere', () => {
    const anything = fc.oneof(
      fc.string(),
      fc.json(),
      fc.jsonValue().map((overrides) => JSON.stringify({ overrides, panel: overrides })),
    )
    fc.assert(
      fc.property(anything, (text) => {
        const { flags, panel } = fromText(text)
        for (const [name, row] of flags) expect([typeof name, isRow(row)]).toEqual(['string', true])
        expect([undefined, 'bottom', 'right']).toContain(panel.dock)
      }),
    )
    const whole = JSON.stringify({ overrides: [['a', true, 'x']], panel: { dock: 'right' } })
    for (let end = 0; end < whole.length; end++) expect(fromText(whole.slice(0, end)).flags.size).toBe(0)
    expect(fromText(whole).flags.size).toBe(1)
  })
})

describe('a link', () => {
  it('brings the overrides through an address, and leaves what else is in it', () => {
    fc.assert(
      fc.property(overrides, (flags) => {
        const address = writeAddress('https://shop.example/a?b=c%20d&guidon=1#e', flags)
        if (address === undefined) return
        expect(same(readAddress(address).flags)).toBe(same(flags))
        const { searchParams, hash } = new URL(address)
        expect([searchParams.get('b'), hash]).toEqual(['c d', '#e'])
      }),
    )
  })

  it('is none when it would be too long, and one that is too long brings nothing', () => {
    const flags: FlagTable = new Map([['a', [true, 'x'.repeat(8_000)]]])
    expect(writeAddress('https://shop.example/', flags)).toBeUndefined()
    const url = new URL('https://shop.example/')
    url.searchParams.set('guidon', JSON.stringify(toList(flags)))
    expect(readAddress(url.href)).toEqual({ asks: true, flags: new Map() })
  })

  it('asks for the inspector with ?guidon alone', () => {
    expect(readAddress('https://shop.example/?guidon').asks).toBe(true)
    expect(readAddress('https://shop.example/?guidon=').asks).toBe(true)
    expect(readAddress('https://shop.example/?guidons#guidon').asks).toBe(false)
  })
})
