import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { readSettings } from '../../src/cli/edge/settings.ts'

it('goes through an outage, and all of what it says is true', async () => {
  const { stdout, stderr } = await promisify(execFile)(process.execPath, ['examples/edge/run.js'])
  expect(stdout).toMatch(/^All of it was true\.$/m)
  expect(stdout.match(/^- /gm)).toHaveLength(6)
  expect(stderr).toBe('')
}, 120_000)

it('has a config with nothing in it that has no effect', async () => {
  const { settings, notes } = await readSettings(
    { config: 'examples/edge/edge.json', data: 'data' },
    { cwd: process.cwd(), env: {} },
  )
  expect(notes).toEqual([])
  const { api_key } = JSON.parse(readFileSync('examples/environment.json', 'utf8'))
  expect(settings.environments.map(({ clientKey }) => clientKey)).toEqual([api_key])
})
