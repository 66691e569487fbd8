import { expect, test } from 'vitest'
import { readConfig } from '../../src/codegen/config.ts'
import { emptyFolder, folderWith } from '../cli/folder.ts'

test.each([
  ['guidon.config.json', '{ "environmentKey": "key" }'],
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
  const env = { GUIDON_ENVIRONMENT_KEY: 'key', GUIDON_API: 'http://127.0.0.1/', GUIDON_OTHER: 'x' }
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
])('%s that says %j is refused, and named', async (name, text, message) => {
  await expect(readConfig({ cwd: folderWith({ [name]: text }), env: {} })).rejects.toThrow(message)
})
