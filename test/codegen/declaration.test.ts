import { readFileSync } from 'node:fs'
import { parse } from '@babel/parser'
import { expect, test } from 'vitest'
import { declaration } from '../../src/codegen/declaration.ts'
import { readFlags, writeFlags } from '../../src/codegen/flags-file.ts'
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

const HOSTILE = ['__proto__', `"'\`\\`, '*/ }', '\u2028\u2029', 'a\nb', '</script>', 'constructor', '']

test('any name is a name, and any value is typed', () => {
  const rows = HOSTILE.map((name): [string, Row] => [name, [true, JSON.stringify({ [`${name}!`]: name })]])
  const text = declaration(new Map(rows), { json: true })
  // Older compilers take both for the end of a line.
  expect(text).not.toMatch(/[\u2028\u2029]/)
  const names = [...text.matchAll(/^ {4}("(?:[^"\\]|\\.)*"): (?:string|\{.*\})$/gm)].map(([, name]) =>
    JSON.parse(name!),
  )
  expect(names.sort()).toEqual([...HOSTILE, ...HOSTILE].sort())
  const { errors } = parse(text, {
    sourceType: 'module',
    plugins: [['typescript', { dts: true }]],
    errorRecovery: true,
  })
  expect(errors).toEqual([])
})

test('any name comes through the file', () => {
  const { flags } = readFlags(writeFlags({ flags: new Map(HOSTILE.map((name) => [name, [true, name]])) }))
  expect([...flags].map(([name, [, value]]) => [name, value])).toEqual(
    [...HOSTILE].sort().map((name) => [name, name]),
  )
})

test('five thousand flags are no trouble', () => {
  const flags = new Map(Array.from({ length: 5_000 }, (_, i): [string, Row] => [`flag-${i}`, [true, i]]))
  expect(declaration(flags, { json: true }).match(/: number$/gm)).toHaveLength(5_000)
  expect(readFlags(writeFlags({ flags })).flags.size).toBe(5_000)
})

test('no flags are no names', () => {
  expect(declaration(new Map(), { json: true })).toContain('interface FlagTypes {\n  }')
})
