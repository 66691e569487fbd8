import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { listen } from '../../src/cli/listen.ts'
import { json } from '../../src/edge/answer.ts'
import { emptyFolder } from './folder.ts'
import { afterwards, ran } from './run.ts'

const FLAGS = {
  flags: {
    title: { enabled: true, value: 'Hi' },
    'font-size': { enabled: false, value: 16 },
    theme: { enabled: true, value: '{"dark":true}' },
    on: { enabled: true, value: null },
  },
}
const TYPES = `// Written by \`guidon types\`, which writes it anew: what you change here will not stay.
import 'guidon'

declare module 'guidon' {
  interface FlagTypes {
    "font-size": number
    "on": string | number | boolean
    "theme": string
    "title": string
  }
}
`

const folderWith = (flags: unknown) => {
  const cwd = emptyFolder()
  writeFileSync(join(cwd, 'guidon.flags.json'), typeof flags === 'string' ? flags : JSON.stringify(flags))
  return { cwd, text: (name = 'guidon.d.ts') => readFileSync(join(cwd, name), 'utf8') }
}

test('writes the types of the flags in a file, the same bytes each time', async () => {
  const { cwd, text } = folderWith(FLAGS)
  expect(await ran(['types'], { cwd })).toEqual({
    code: 0,
    out: ['Wrote the types of 4 flags to guidon.d.ts.'],
    err: [],
  })
  expect(text()).toBe(TYPES)
  expect(await ran(['types'], { cwd })).toMatchObject({
    out: ['The types of 4 flags, as guidon.d.ts has them already.'],
  })
  expect(await ran(['types', '--out', 'src/types/flags.d.ts', '--json'], { cwd })).toMatchObject({
    out: ['{"file":"src/types/flags.d.ts","flags":4,"changed":true}'],
  })
  expect(text('src/types/flags.d.ts')).toBe(TYPES)
})

test('types what JSON values hold, on request', async () => {
  const { cwd, text } = folderWith(FLAGS)
  await ran(['types', '--json-shapes'], { cwd })
  expect(text()).toContain('  interface FlagShapes {\n    "theme": { "dark": boolean }\n  }\n')
})

test('asks a server instead, and then no file is needed', async () => {
  const feature = { id: 1, name: 'size', type: 'STANDARD' }
  const flags = [{ feature, enabled: true, feature_state_value: 3 }]
  const server = await listen(() => json(flags), { port: 0 })
  afterwards(() => server.close())
  const cwd = emptyFolder()
  const args = ['types', '--from', 'server', '--api', server.url, '--environment', 'key']
  expect(await ran(args, { cwd })).toMatchObject({ code: 0, err: [] })
  expect(readFileSync(join(cwd, 'guidon.d.ts'), 'utf8')).toContain('"size": number')
})

test.each([
  ['no file', undefined, 'guidon: There is no file guidon.flags.json. `guidon pull` writes it.'],
  [
    'half a file',
    '{"flags":',
    /^guidon: guidon\.flags\.json is no file of flags \(.+\)\. `guidon pull` writes one\.$/,
  ],
  [
    'another file',
    '{"flags":{"a":1}}',
    'guidon: guidon.flags.json is no file of flags. `guidon pull` writes one.',
  ],
])('%s: one line and code 1', async (_, content, line) => {
  const { cwd } = content === undefined ? { cwd: emptyFolder() } : folderWith(content)
  const { code, err } = await ran(['types'], { cwd })
  expect(code).toBe(1)
  expect(err).toEqual([typeof line === 'string' ? line : expect.stringMatching(line)])
})

test('a folder where the file should be is one line as well', async () => {
  const { cwd } = folderWith(FLAGS)
  mkdirSync(join(cwd, 'guidon.d.ts'))
  const { code, err } = await ran(['types'], { cwd })
  expect({ code, err }).toEqual({ code: 1, err: [`guidon: ${join(cwd, 'guidon.d.ts')} is a folder.`] })
})

test('reads a file that an editor of Windows has saved', async () => {
  const { cwd, text } = folderWith(`\uFEFF${JSON.stringify(FLAGS, null, 2).replaceAll('\n', '\r\n')}`)
  expect(await ran(['types'], { cwd })).toMatchObject({ code: 0, err: [] })
  expect(text()).toBe(TYPES)
})
