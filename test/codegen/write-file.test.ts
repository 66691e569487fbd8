import {
  chmodSync,
  lstatSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { explain } from '../../src/codegen/explain.ts'
import { writeWhole } from '../../src/codegen/write-file.ts'
import { emptyFolder } from '../cli/folder.ts'
import { asNobody } from '../cli/nobody.ts'

test('writes a file with its folder, and leaves nothing beside it', async () => {
  const folder = emptyFolder()
  const file = join(folder, 'a/b/c.txt')
  expect(await writeWhole(file, 'one')).toBe(true)
  expect(await writeWhole(file, 'two')).toBe(true)
  expect(readFileSync(file, 'utf8')).toBe('two')
  expect(readdirSync(join(folder, 'a/b'))).toEqual(['c.txt'])
})

test.each([
  ['as it is', 'a\nb\n', 'a\nb\n'],
  ['with line ends of Windows, as git may check it out', 'a\r\nb\r\n', 'a\nb\n'],
])('leaves a file alone that says the same, %s', async (_, there, text) => {
  const file = join(emptyFolder(), 'a.txt')
  writeFileSync(file, there)
  const { ino } = statSync(file)
  expect(await writeWhole(file, text)).toBe(false)
  expect(readFileSync(file, 'utf8')).toBe(there)
  expect(statSync(file).ino).toBe(ino)
})

test('a file keeps its permissions: a script goes on being one', async () => {
  const file = join(emptyFolder(), 'a.js')
  writeFileSync(file, 'one')
  chmodSync(file, 0o775)
  await writeWhole(file, 'two')
  expect(statSync(file).mode & 0o777).toBe(0o775)
})

test('writes what a link leads to, and keeps the link', async () => {
  const folder = emptyFolder()
  const [file, link] = [join(folder, 'shared/flags.json'), join(folder, 'flags.json')]
  await writeWhole(file, 'one')
  symlinkSync('shared/flags.json', link)
  expect(await writeWhole(link, 'two')).toBe(true)
  expect(lstatSync(link).isSymbolicLink()).toBe(true)
  expect(readFileSync(file, 'utf8')).toBe('two')
})

test('does not get round a file that is read-only, and names it', async () => {
  const folder = emptyFolder()
  const file = join(folder, 'a.txt')
  writeFileSync(file, 'one')
  chmodSync(file, 0o444)
  chmodSync(folder, 0o777)
  const error = await asNobody(() => writeWhole(file, 'two').catch((error) => error))
  expect(explain(error)).toBe(`${file} is not open to you. Look at its permissions.`)
  expect(readFileSync(file, 'utf8')).toBe('one')
})

test('names the file that was to be written, not the one beside it', async () => {
  const folder = emptyFolder()
  const file = join(folder, 'a.txt')
  chmodSync(folder, 0o555)
  const error = await asNobody(() => writeWhole(file, 'one').catch((error) => error))
  expect(explain(error)).toBe(`${file} is not open to you. Look at its permissions.`)
})
