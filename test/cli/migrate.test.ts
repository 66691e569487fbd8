import { chmodSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { folderWith } from './folder.ts'
import { asNobody } from './nobody.ts'
import { ran } from './run.ts'

const inFolder = (files: Record<string, unknown>) => {
  const cwd = folderWith(files)
  return { cwd, read: (name: string) => readFileSync(join(cwd, name), 'utf8') }
}

const SHOP = {
  'src/start.ts': `import flagsmith from '@flagsmith/flagsmith'\nflagsmith.init({ environmentID: 'k', enableLogs: true })\n`,
  'src/pages/cart.tsx': `import flagsmith from "@flagsmith/flagsmith";
export const Cart = () => <p>{flagsmith.getValue('title', { fallback: 'Cart' })}</p>;
`,
  'src/other.ts': `export const flagsmith = 'a word'\n`,
}

test('shows what it would do, and writes nothing', async () => {
  const { cwd, read } = inFolder(SHOP)
  const { code, out, err } = await ran(['migrate', 'src'], { cwd })
  expect({ code, err }).toEqual({ code: 0, err: [] })
  expect(`\n${out.join('\n')}\n`).toBe(`
src/pages/cart.tsx
  1: - "@flagsmith/flagsmith"
  1: + "guidon/migrate"

src/start.ts
  1: - '@flagsmith/flagsmith'
  1: + 'guidon/migrate'
  by hand  enableLogs  src/start.ts:2:38
                       It does nothing. What goes wrong is told by onError.

2 changes in 2 files; 1 to look at by hand. Nothing is written yet: --write does that.
`)
  for (const [name, text] of Object.entries(SHOP)) expect(read(name)).toBe(text)
})

test('writes with --write, and has nothing to do the next time', async () => {
  const { cwd, read } = inFolder(SHOP)
  const { code, out } = await ran(['migrate', 'src', '--write'], { cwd })
  expect(code).toBe(0)
  expect(out.at(-1)).toBe('2 changes in 2 files; 1 to look at by hand.')
  expect(read('src/pages/cart.tsx')).toBe(
    SHOP['src/pages/cart.tsx'].replace('@flagsmith/flagsmith', 'guidon/migrate'),
  )
  expect(read('src/other.ts')).toBe(SHOP['src/other.ts'])
  expect((await ran(['migrate', 'src', '--write'], { cwd })).out).toEqual(['Nothing to move in 3 files.'])
})

test('moves calls to the client that a module exports, as each file calls it', async () => {
  const { cwd, read } = inFolder(SHOP)
  const args = ['migrate', 'src', '--to', 'native', '--client', 'src/flags.ts', '--write']
  const { code, out } = await ran(args, { cwd })
  expect(code).toBe(0)
  expect(out.join('\n')).toContain('by hand  init')
  expect(read('src/pages/cart.tsx')).toBe(`import { flags } from "../flags";
export const Cart = () => <p>{flags.value('title', 'Cart')}</p>;
`)
  expect(read('src/start.ts')).toBe(SHOP['src/start.ts'])
})

test('takes a package or an alias as it is', async () => {
  const { cwd, read } = inFolder(SHOP)
  await ran(['migrate', 'src', '--to', 'native', '--client', '@/flags', '--write'], { cwd })
  expect(read('src/pages/cart.tsx')).toContain(`from "@/flags";`)
})

test('gives it all as JSON', async () => {
  const { cwd } = inFolder(SHOP)
  const { out } = await ran(['migrate', 'src', '--json'], { cwd })
  expect(JSON.parse(out.join('\n'))).toEqual([
    {
      kind: 'change',
      file: 'src/pages/cart.tsx',
      line: 1,
      column: 23,
      from: '"@flagsmith/flagsmith"',
      to: '"guidon/migrate"',
    },
    {
      kind: 'change',
      file: 'src/start.ts',
      line: 1,
      column: 23,
      from: `'@flagsmith/flagsmith'`,
      to: `'guidon/migrate'`,
    },
    {
      kind: 'by-hand',
      file: 'src/start.ts',
      line: 2,
      column: 38,
      what: 'enableLogs',
      message: 'It does nothing. What goes wrong is told by onError.',
    },
  ])
})

test('goes on after a file that cannot be parsed', async () => {
  const { cwd } = inFolder({ ...SHOP, 'src/broken.ts': `import flagsmith from 'flagsmith'\nconst = {` })
  const { code, out, err } = await ran(['migrate', 'src'], { cwd })
  expect(code).toBe(0)
  expect(err[0]).toContain('src/broken.ts cannot be parsed, so it stays as it is')
  expect(out.at(-1)).toContain('2 changes in 2 files')
})

test('leaves a file alone whose letters it would lose', async () => {
  const latin = Buffer.from(`import flagsmith from 'flagsmith' // caf\xe9\n`, 'latin1')
  const { cwd } = inFolder({ 'src/a.ts': latin })
  const { code, out, err } = await ran(['migrate', 'src', '--write'], { cwd })
  expect({ code, out, err }).toEqual({
    code: 0,
    out: ['Nothing to move in 1 file.'],
    err: ['guidon: src/a.ts is not written in UTF-8, so it stays as it is.'],
  })
  expect(readFileSync(join(cwd, 'src/a.ts'))).toEqual(latin)
})

test('goes on after a file that may not be written, and ends with code 1', async () => {
  const { cwd, read } = inFolder(SHOP)
  for (const folder of ['', 'src', 'src/pages']) chmodSync(join(cwd, folder), 0o777)
  chmodSync(join(cwd, 'src/start.ts'), 0o666)
  chmodSync(join(cwd, 'src/pages/cart.tsx'), 0o444)
  const { code, out, err } = await asNobody(() => ran(['migrate', 'src', '--write'], { cwd }))
  expect({ code, err }).toEqual({
    code: 1,
    err: ['guidon: src/pages/cart.tsx stays as it is: It is not open to you. Look at its permissions.'],
  })
  expect(out[0]).toBe('src/start.ts')
  expect(out.at(-1)).toBe('1 change in 1 file; 1 to look at by hand.')
  expect(read('src/start.ts')).toContain('guidon/migrate')
  expect(read('src/pages/cart.tsx')).toBe(SHOP['src/pages/cart.tsx'])
})

test('moves what is declared, too', async () => {
  const { cwd, read } = inFolder({ 'a.d.ts': `import type { IFlagsmith } from 'flagsmith/types'\n` })
  await ran(['migrate', '.', '--write'], { cwd })
  expect(read('a.d.ts')).toBe(`import type { IFlagsmith } from 'guidon/migrate'\n`)
})

test.each([
  ['src/flags.ts', `import a from './a'`, './flags'],
  ['src/flags.ts', `import a from './a.js'`, './flags.js'],
  ['src/flags.ts', `import a from '../a.ts'`, './flags.ts'],
  ['src/flags.ts', `import './page.css'`, './flags'],
  ['src/flags.mts', `import a from './a'`, './flags.mjs'],
  ['src/flags.cjs', `import a from './a'`, './flags.cjs'],
  ['lib/flags/index.tsx', `import a from '../b.mjs'`, '../lib/flags/index'],
])('%s is called as the file calls its neighbours: %s', async (client, neighbour, name) => {
  const code = `${neighbour}\nimport flagsmith from 'flagsmith'\nflagsmith.hasFeature('x')\n`
  const { cwd, read } = inFolder({ 'src/a.ts': code })
  for (const given of [client, join(cwd, client)]) {
    writeFileSync(join(cwd, 'src/a.ts'), code)
    await ran(['migrate', 'src', '--to', 'native', '--client', given, '--write'], { cwd })
    expect(read('src/a.ts')).toContain(`import { flags } from '${name}'`)
  }
})

test.each([
  [['migrate', 'nowhere'], 'guidon: There is no folder nowhere.'],
  [['migrate', 'src', '--to', 'native'], 'Say with --client'],
  [['migrate', 'src', '--to', 'somewhere'], 'Allowed choices are shim, native'],
  [['migrate'], "missing required argument 'folder'"],
])('%j is refused in a line', async (args, message) => {
  const { code, out, err } = await ran(args, { cwd: inFolder(SHOP).cwd })
  expect({ code, out }).toEqual({ code: 1, out: [] })
  expect(err.join('\n')).toContain(message)
})
