import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { declaration } from '../../src/codegen/declaration.ts'
import { readFlags } from '../../src/codegen/flags-file.ts'
import type { Row } from '../../src/model/flag.ts'

// `test/doors.test.ts` compiles an app with this file.
test('the declaration file of the app that is compiled is what is written today', () => {
  const folder = new URL('../types/augmented/', import.meta.url)
  const { flags } = readFlags(readFileSync(new URL('guidon.flags.json', folder), 'utf8'))
  expect(declaration(flags, { json: true })).toBe(readFileSync(new URL('guidon.d.ts', folder), 'utf8'))
})

test('the order in which flags come does not matter', () => {
  const rows: [string, Row][] = [
    ['b', [true, 1]],
    ['a', [true, 'x']],
    ['B', [true, null]],
  ]
  expect(declaration(new Map(rows))).toBe(declaration(new Map([...rows].reverse())))
})

test('no flags are no names', () => {
  expect(declaration(new Map(), { json: true })).toContain('interface FlagTypes {\n  }')
})
