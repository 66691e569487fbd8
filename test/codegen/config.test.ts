import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readConfig } from '../../src/codegen/config.ts'
import { explain } from '../../src/codegen/explain.ts'
import { emptyFolder, folderWith } from '../cli/folder.ts'

test.each([
  ['guidon.config.json', '{ "environmentKey": "key" }'],
  ['guidon.config.json', '\uFEFF{ "$schema": "./schema.json", "environmentKey": " key\\n" }'],
  ['guidon.config.mjs', 'export default { environmentKey: ["k", "ey"].join("") }'],
  ['guidon.config.js', 'module.exports = { environmentKey: "key" }'],
  [
    'guidon.config.ts',
    'interface C { environmentKey: string }\nexport default { environmentKey: "key" } as C',
  ],
])('%s', async (name, text) => {
  expect(await readConfig({ cwd: folderWith({ [name]: text }), env: {} })).toEqual({ environmentKey: 'key' })
})

test('without a file it is empty, but for the variables', async () => {
  expect(await readConfig({ cwd: emptyFolder(), env: {} })).toEqual({})
  const env = { GUIDON_ENVIRONMENT_KEY: 'key\n', GUIDON_API: 'http://127.0.0.1/', GUIDON_OTHER: 'x' }
  expect(await readConfig({ cwd: emptyFolder(), env })).toEqual({
    environmentKey: 'key',
    api: 'http://127.0.0.1/',
  })
})

test.each([
  ['guidon.config.json', '{', /^guidon\.config\.json: /],
  ['guidon.config.json', '[]', 'guidon.config.json holds no object. Export one by default.'],
  ['guidon.config.mjs', 'throw new Error("oh")', 'guidon.config.mjs: oh'],
  ['guidon.config.mjs', 'export const a = 1', 'guidon.config.mjs holds no object. Export one by default.'],
  ['guidon.config.json', '{ "environmentKey": 5 }', 'guidon.config.json: environmentKey has to be a text.'],
  ['guidon.config.json', '{ "jsonShapes": "no" }', 'guidon.config.json: jsonShapes has to be true or false.'],
  [
    'guidon.config.json',
    '{ "src": ["a", 1] }',
    'guidon.config.json: src has to be a text, or a list of them.',
  ],
  ['guidon.config.mjs', 'export default { failOn: ["x"] }', 'guidon.config.mjs: failOn has to be a text.'],
  [
    'guidon.config.json',
    '{ "ignroe": "a" }',
    /^guidon\.config\.json: There is no setting ignroe\. There are .*ignore/,
  ],
  ['guidon.config.json', '{ "toString": "a" }', /^guidon\.config\.json: There is no setting toString\./],
])('%s that says %j is refused, and named', async (name, text, message) => {
  await expect(readConfig({ cwd: folderWith({ [name]: text }), env: {} })).rejects.toThrow(message)
})

test('does not say what is in a file that is no JSON: it may be a key', async () => {
  for (const text of ['{ "environmentKey": "ser.AbC" oh', 'environmentKey: ser.AbC', '{ "a": ser.AbC }']) {
    const error = await readConfig({ cwd: folderWith({ 'guidon.config.json': text }), env: {} }).catch(String)
    expect(error).toMatch(/^Error: guidon\.config\.json: \S/)
    expect(error).not.toContain('ser')
  }
})

test('a setting that is not said is none', async () => {
  const cwd = folderWith({
    'guidon.config.mjs': 'export default { environmentKey: process.env.NO_SUCH, api: "x" }',
  })
  expect(await readConfig({ cwd, env: {} })).toEqual({ api: 'x' })
})

test('a folder of that name is said to be one', async () => {
  const cwd = folderWith({ 'guidon.config.json/a': '' })
  const error = await readConfig({ cwd, env: {} }).catch((error) => error)
  expect(explain(error)).toBe(`${join(cwd, 'guidon.config.json')} is a folder.`)
})
