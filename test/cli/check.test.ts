import { chmodSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { listen } from '../../src/cli/listen.ts'
import { json } from '../../src/edge/answer.ts'
import { folderWith } from './folder.ts'
import { asNobody } from './nobody.ts'
import { afterwards, ran } from './run.ts'

type Files = Record<string, unknown>

/** Runs `guidon check` over these files. */
const checked = (files: Files, ...args: string[]) => ran(['check', ...args], { cwd: folderWith(files) })

const flag = (value: unknown = null, enabled = true) => ({ enabled, value })
const FLAGS = { flags: { 'new-checkout': flag(), 'font-size': flag(16), title: flag('Hi') } }
const CODE = `import { createClient } from 'guidon'
export const flags = createClient({ environmentKey: 'k' })
flags.isEnabled('new-checkout')
flags.value('font-size', 12) + flags.value('title', '')
`

/** A server with these flags, and how to ask it. */
async function serving(flags: Record<string, { enabled: boolean; value: unknown }>) {
  const answer = Object.entries(flags).map(([name, { enabled, value }], id) => ({
    feature: { id, name, type: 'STANDARD' },
    enabled,
    feature_state_value: value,
  }))
  const server = await listen(() => json(answer), { port: 0 })
  afterwards(() => server.close())
  return { api: server.url, args: ['--environment', 'key', '--api', server.url] }
}

test('has nothing to report where code, file, types and server say the same', async () => {
  const { args } = await serving(FLAGS.flags)
  const cwd = folderWith({ 'guidon.flags.json': FLAGS, 'src/flags.ts': CODE })
  expect(await ran(['types'], { cwd })).toMatchObject({ code: 0 })
  expect(await ran(['check', ...args], { cwd })).toEqual({
    code: 0,
    out: ['Nothing to report in 3 flags and 1 file.'],
    err: [],
  })
  expect(await ran(['check', '--json', ...args], { cwd })).toEqual({ code: 0, out: ['[]'], err: [] })
  await ran(['types', '--json-shapes'], { cwd })
  expect(await ran(['check', ...args], { cwd })).toMatchObject({ code: 0 })
})

const WRONG = {
  'guidon.flags.json': { flags: { ...FLAGS.flags, 'old-banner': flag(), gone: flag() } },
  'guidon.d.ts': '// of last year',
  'src/flags.ts': CODE,
  'src/pages/checkout.tsx': `import { flags } from '../flags'
export const Checkout = ({ kind }: { kind: string }) =>
  flags.isEnabled('newCheckout') && flags.isEnabled('something-else-entirely') ? (
    <p style={{ fontSize: flags.value('font-size', '12') }}>{flags.value(\`banner-\${kind}\`, '')}</p>
  ) : null
`,
}
const SERVER = {
  'new-checkout': flag(null, false),
  'font-size': flag(18),
  title: flag(3),
  'old-banner': flag(),
  fresh: flag('a text that is much too long for the table it is in'),
}

test('prints a table of what does not fit, for 80 columns, and ends with code 1', async () => {
  const { args } = await serving(SERVER)
  const { code, out, err } = await checked(WRONG, ...args)
  expect({ code, err }).toEqual({ code: 1, err: [] })
  expect(`\n${out.join('\n')}\n`).toBe(`
missing     newCheckout              src/pages/checkout.tsx:3:19
                                     Did you mean new-checkout?
missing     something-else-entirely  src/pages/checkout.tsx:3:53
                                     There is no such flag.
wrong-type  font-size                src/pages/checkout.tsx:4:39
                                     It is a number, the fallback a string.
wrong-type  title                    src/flags.ts:4:44
                                     It is a number, the fallback a string.
types       guidon.d.ts              Not what \`guidon types\` would write now.
drift       font-size                16 in the file, 18 on the server
drift       fresh                    The server has it, the file has not.
drift       gone                     The file has it, the server has not.
drift       new-checkout             on in the file, off on the server
drift       title                    "Hi" in the file, 3 on the server
dynamic                              src/pages/checkout.tsx:4:74
                                     The name cannot be read here.
unused      fresh                    No code uses it.
unused      old-banner               No code uses it.

13 findings in 5 flags and 2 files; 5 to mend (missing, wrong-type, types).
`)
})

test('puts a name that is too long for its column on a line of its own, and colours what fails', async () => {
  const long = 'a-flag-with-a-name-that-says-it-all'
  const files = {
    'guidon.flags.json': { flags: { b: flag() } },
    'src/a.ts': `${CODE.split('\n').slice(0, 2).join('\n')}
flags.isEnabled('${long}')`,
  }
  const { out } = await ran(['check'], { cwd: folderWith(files), colours: true })
  expect(out.slice(0, 3)).toEqual([
    `\x1b[31mmissing  \x1b[39m${long}`,
    '            src/a.ts:3:17  There is no such flag.',
    '\x1b[33munused   \x1b[39mb  No code uses it.',
  ])
})

test('gives the findings as JSON', async () => {
  const { args } = await serving(SERVER)
  const { code, out, err } = await checked(WRONG, '--json', ...args)
  expect({ code, err }).toEqual({ code: 1, err: [] })
  const findings = JSON.parse(out.join('\n'))
  expect(findings).toContainEqual({
    kind: 'missing',
    flag: 'newCheckout',
    file: 'src/pages/checkout.tsx',
    line: 3,
    column: 19,
    message: 'Did you mean new-checkout?',
    fails: true,
  })
  expect(findings).toContainEqual({
    kind: 'drift',
    flag: 'font-size',
    change: 'value',
    bundled: 16,
    server: 18,
    message: '16 in the file, 18 on the server',
    fails: false,
  })
  const drift = findings.filter(({ kind }: { kind: string }) => kind === 'drift')
  expect(drift.map(({ flag, change }: Record<string, string>) => `${flag} ${change}`)).toEqual([
    'font-size value',
    'fresh added',
    'gone removed',
    'new-checkout enabled',
    'title type',
  ])
})

test.each([
  ['nothing', 'none', 0],
  ['everything', 'all', 1],
  ['what is found', 'unused,drift', 1],
  ['something else', 'types', 0],
])('fails on %s when told to', async (_, kinds, code) => {
  const files = { 'guidon.flags.json': FLAGS, 'src/a.ts': '' }
  expect(await checked(files, '--fail-on', kinds)).toMatchObject({ code, err: [] })
  const config = { failOn: kinds }
  expect(await checked({ ...files, 'guidon.config.json': config })).toMatchObject({ code, err: [] })
})

test('does not fail by itself on what somebody did on the server', async () => {
  const { args } = await serving({ ...FLAGS.flags, title: flag('Hello'), more: flag() })
  const { code, out } = await checked({ 'guidon.flags.json': FLAGS, 'src/flags.ts': CODE }, ...args)
  expect(code).toBe(0)
  expect(out.at(-1)).toBe('3 findings in 4 flags and 1 file; none to mend.')
})

test('needs no server: the file says which flags there are', async () => {
  const files = { 'guidon.flags.json': FLAGS, 'src/flags.ts': `${CODE}flags.flag('fresh')` }
  const config = { environmentKey: 'key', api: 'http://127.0.0.1:9/' }
  expect(await checked(files)).toMatchObject({ code: 1, err: [] })
  expect(await checked({ ...files, 'guidon.config.json': config }, '--no-server')).toMatchObject({
    code: 1,
    err: [],
  })
  expect(await checked({ ...files, 'guidon.config.json': config })).toEqual({
    code: 1,
    out: [],
    err: ['guidon: http://127.0.0.1:9/ does not answer.'],
  })
})

test('needs no file: the server says which flags there are', async () => {
  const { args } = await serving({ 'new-checkout': flag() })
  const { code, out } = await checked({ 'src/flags.ts': CODE }, '--json', ...args)
  expect(code).toBe(1)
  expect(JSON.parse(out[0]!).map(({ flag }: { flag: string }) => flag)).toEqual(['font-size', 'title'])
})

test('reads all source code that is one’s own', async () => {
  const use = (name: string) => `flags.isEnabled('${name}')`
  const files = {
    'guidon.flags.json': { flags: {} },
    'src/a.ts': CODE.split('\n').slice(0, 2).join('\n'),
    'src/b.vue': `<template>{{ ${use('vue')} }}</template>`,
    'src/deep/er/c.mjs': use('mjs'),
    'src/types.d.ts': use('declared'),
    'src/notes.md': use('note'),
    'src/node_modules/x/d.js': use('module'),
    'src/dist/d.js': use('built'),
    'src/build/d.js': use('built'),
    'src/.cache/d.js': use('hidden'),
    'lib/e.jsx': use('lib'),
    'tool.cts': use('tool'),
  }
  const found = async (...args: string[]) =>
    JSON.parse((await checked(files, '--json', ...args)).out[0]!)
      .map(({ flag }: { flag: string }) => flag)
      .join()
  expect(await found()).toBe('mjs,vue')
  expect(await found('--src', 'src', 'lib', 'tool.cts')).toBe('lib,mjs,tool,vue')
  expect(await found('--src', '.')).toBe('lib,mjs,tool,vue')
  expect(await found('--src', '.', '--ignore', 'm*', 'tool')).toBe('lib,vue')
})

test('names a file that it cannot parse, and goes on', async () => {
  const files = { 'guidon.flags.json': FLAGS, 'src/a.ts': 'const = ;', 'src/b.ts': CODE }
  const { code, out, err } = await checked(files)
  expect(code).toBe(0)
  expect(err).toEqual([
    expect.stringMatching(/^guidon: src\/a\.ts cannot be parsed, so what it uses is not known: .+\(1:6\)/),
  ])
  expect(out).toEqual(['Nothing to report in 3 flags and 2 files.'])
})

test('names what it may not read, and goes on', async () => {
  const cwd = folderWith({
    'guidon.flags.json': FLAGS,
    'src/a.ts': CODE,
    'src/mine/b.ts': CODE,
    'src/c.ts': CODE,
  })
  chmodSync(cwd, 0o755)
  chmodSync(join(cwd, 'src/mine'), 0)
  chmodSync(join(cwd, 'src/c.ts'), 0)
  const { code, out, err } = await asNobody(() => ran(['check'], { cwd }))
  expect({ code, out }).toEqual({ code: 0, out: ['Nothing to report in 3 flags and 2 files.'] })
  expect(err).toEqual([
    'guidon: src/mine is not open to you. Look at its permissions. What is in it is not known.',
    'guidon: src/c.ts cannot be read, so what it uses is not known: It is not open to you. Look at its permissions.',
  ])
})

test('a link that leads back into the folder is not followed', async () => {
  const cwd = folderWith({ 'guidon.flags.json': FLAGS, 'src/a.ts': CODE })
  symlinkSync('..', join(cwd, 'src/loop'))
  expect(await ran(['check'], { cwd })).toMatchObject({ out: ['Nothing to report in 3 flags and 1 file.'] })
})

test('the types may have line ends of Windows', async () => {
  const cwd = folderWith({ 'guidon.flags.json': FLAGS, 'src/a.ts': CODE })
  await ran(['types'], { cwd })
  const file = join(cwd, 'guidon.d.ts')
  writeFileSync(file, readFileSync(file, 'utf8').replaceAll('\n', '\r\n'))
  expect(await ran(['check'], { cwd })).toMatchObject({ code: 0, err: [] })
})

test('shows what a terminal would obey, and does not say it', async () => {
  const name = '\x1b]0;mine\x07\n\u202e'
  const cwd = folderWith({
    'guidon.flags.json': { flags: { [name]: flag('jane@example.com') } },
    'src/a.ts': '',
  })
  const [line] = (await ran(['check'], { cwd })).out
  expect(line).toBe('unused  \\u001b]0;mine\\u0007\\u000a\\u202e')
  const { out } = await ran(['doctor'], { cwd })
  expect(out.join('\n')).toContain('\\u001b]0;mine\\u0007')
  expect(out.join()).not.toMatch(/\p{Cc}|\u202e/u)
})

test('shows on a terminal how far it is, when there is much to read', async () => {
  const many = Object.fromEntries(Array.from({ length: 120 }, (_, i) => [`src/${i}.ts`, '']))
  const shown: string[] = []
  const cwd = folderWith({ 'guidon.flags.json': { flags: {} }, ...many })
  await ran(['check'], { cwd, progress: (text) => shown.push(text) })
  expect(shown).toEqual(['Reading 49 of 120 files', 'Reading 99 of 120 files'])
})

test('learns names of clients from the config and from the line', async () => {
  const files = {
    'guidon.flags.json': { flags: {} },
    'src/a.ts': `features.flag('a'); isOn('b')`,
    'guidon.config.json': { clients: ['features'] },
  }
  const { out } = await checked(files, '--json', '--client', 'isOn')
  expect(JSON.parse(out[0]!)).toMatchObject([{ flag: 'a' }, { flag: 'b' }])
})

test('warns when the file is of another environment', async () => {
  const { args } = await serving(FLAGS.flags)
  const files = { 'guidon.flags.json': { environment: 'other', ...FLAGS }, 'src/a.ts': CODE }
  expect(await checked(files, ...args)).toMatchObject({
    code: 0,
    err: ['guidon: guidon.flags.json is of another environment than the server was asked for.'],
  })
})

test.each([
  [[], {}, /^guidon: There is nothing to compare the code with\. `guidon pull` writes a file/],
  [['--flags', 'x.json'], {}, /^guidon: There is no file x\.json\./],
  [[], { 'guidon.flags.json': '{' }, /^guidon: guidon\.flags\.json is no file of flags/],
  [['--src', 'app'], { 'guidon.flags.json': FLAGS }, /^guidon: There is no folder app\. Say with --src/],
  [
    ['--fail-on', 'mising'],
    { 'guidon.flags.json': FLAGS },
    /some of missing, wrong-type, types, drift, dynamic, unused/,
  ],
  [[], { 'guidon.config.json': { failOn: 'x' } }, /some of missing/],
])('ends %j with one line and code 1', async (args, files, line) => {
  expect(await checked(files, ...args)).toEqual({ code: 1, out: [], err: [expect.stringMatching(line)] })
})
