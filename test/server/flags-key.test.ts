import { execFileSync, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import {
  array,
  assert,
  asyncProperty,
  boolean,
  constant,
  integer,
  oneof,
  option,
  string,
  tuple,
} from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createClient } from '../../src/index.ts'
import { flagsKey, type KeyedFlags } from '../../src/server.ts'
import { blocksOf } from '../docs/pages.ts'

interface Vector {
  says: string
  flags: KeyedFlags
  only?: string[]
  text: string
  key: string
}
const vectors: Vector[] = JSON.parse(readFileSync('docs/flags-key.json', 'utf8'))

describe('flagsKey', () => {
  it.each(vectors)('agrees with its test vector: $says', async ({ flags, only, text, key }) => {
    expect(await flagsKey(flags, { only })).toBe(key)
    // What a shell makes of the same text.
    expect(createHash('sha256').update(text).digest('hex').slice(0, 32)).toBe(key.slice(2))
  })

  const python = spawnSync('python3', ['--version']).status === 0
  it.skipIf(!python)(
    `is the same in Python, as the docs have it${python ? '' : ' (NOT TESTED: there is no python3 here)'}`,
    () => {
      const [block] = blocksOf('docs/flag-caching.md').filter(({ language }) => language === 'python')
      const program = `${block?.code}
import sys
for vector in json.load(sys.stdin):
    print(flags_key(vector["flags"], vector.get("only")))`
      const input = readFileSync('docs/flags-key.json')
      const said = execFileSync('python3', ['-c', program], { input, encoding: 'utf8' })
      expect(said.trim().split('\n')).toEqual(vectors.map(({ key }) => key))
    },
  )

  /** Written from the page of the docs, letter by letter, and not with `JSON.stringify`. */
  const other = (flags: KeyedFlags, only = Object.keys(flags)) => {
    const short = new Map([...'"\\\b\f\n\r\t'].map((letter, at) => [letter, `\\${'"\\bfnrt'[at]}`]))
    const quoted = (text: string) =>
      `"${text
        .split('')
        .map(
          (unit) =>
            short.get(unit) ??
            (unit < ' ' ? `\\u00${unit.charCodeAt(0).toString(16).padStart(2, '0')}` : unit),
        )
        .join('')}"`
    const names = only.filter((name, at) => only.indexOf(name) === at)
    names.sort((a, b) => (a < b ? -1 : 1))
    const rows = names.map((name) => {
      const { enabled, value } = Object.hasOwn(flags, name) ? flags[name]! : { enabled: false, value: null }
      return `[${quoted(name)},${enabled},${typeof value === 'string' ? quoted(value) : value}]`
    })
    return `1.${createHash('sha256')
      .update(`[${rows.join(',')}]`, 'utf8')
      .digest('hex')
      .slice(0, 32)}`
  }
  const text = string({ unit: 'grapheme-composite' })
  const value = oneof(text, integer(), boolean(), constant(null))
  const list = array(tuple(text, boolean(), value), { maxLength: 8 })
  const asFlags = (rows: readonly [string, boolean, KeyedFlags[string]['value']][]): KeyedFlags =>
    Object.fromEntries(rows.map(([name, enabled, value]) => [name, { enabled, value }]))

  it('is what a second implementation makes of any flags', () =>
    assert(
      asyncProperty(list, option(array(text), { nil: undefined }), async (rows, only) => {
        const flags = asFlags(rows)
        expect(await flagsKey(flags, { only })).toBe(other(flags, only))
      }),
    ))

  it('does not depend on the order of flags, nor on what else is known of them', () =>
    assert(
      asyncProperty(list, async (rows) => {
        const flags = asFlags(rows)
        const turned = Object.fromEntries(
          Object.entries(flags)
            .reverse()
            .map(([name, flag]) => [name, { ...flag, variant: 'b', source: 'network', stale: true }]),
        )
        expect(await flagsKey(turned)).toBe(await flagsKey(flags))
      }),
    ))

  it('is another one for each combination, here for all 1,024 of ten flags', async () => {
    const combinations = Array.from({ length: 1024 }, (_, bits) =>
      asFlags(Array.from({ length: 10 }, (_, at) => [`f${at}`, Boolean((bits >> at) & 1), null])),
    )
    const keys = await Promise.all(combinations.map((flags) => flagsKey(flags)))
    expect(new Set(keys).size).toBe(1024)
  })

  it('does not change when a flag that pages do not depend on does', async () => {
    const flags = { hero: { enabled: true, value: 'blue' }, footer: { enabled: true, value: 1 } }
    const changed = { ...flags, footer: { enabled: false, value: 2 } }
    expect(await flagsKey(changed, { only: ['hero'] })).toBe(await flagsKey(flags, { only: ['hero'] }))
    expect(await flagsKey(changed)).not.toBe(await flagsKey(flags))
  })

  it('takes the flags of a client', async () => {
    const defaults = {
      flags: { hero: { enabled: true, value: 'blue' }, price: { enabled: false, value: null } },
    }
    const client = createClient({ environmentKey: 'key', defaults, fetch: () => new Promise(() => {}) })
    expect(await flagsKey(client.all())).toBe(await flagsKey(defaults.flags))
    client.close()
  })
})
