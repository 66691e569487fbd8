// The command: what `guidon pull` and `guidon types` cost the processor, with the start of Node that both need.

import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { ENVIRONMENT_KEY } from './flags.js'

/** Tells at the end, on a pipe of its own, how long the process had the processor. */
const USAGE = `import { writeSync } from 'node:fs'
process.on('exit', () => writeSync(3, JSON.stringify(process.cpuUsage())))`

/** By hand: fetch, see that it is JSON, write. It starts Node twice, as two commands do. */
const BY_HAND = `import { readFileSync, writeFileSync } from 'node:fs'
const [api, key, file] = process.argv.slice(1)
const flags = api
  ? await (await fetch(api + '/flags/', { headers: { 'X-Environment-Key': key } })).json()
  : JSON.parse(readFileSync('guidon.flags.json', 'utf8'))
writeFileSync(file, JSON.stringify(flags, null, 2))`

const cpuMs = (args, cwd) =>
  new Promise((done, fail) => {
    const child = spawn(
      process.execPath,
      ['--import', `data:text/javascript,${encodeURIComponent(USAGE)}`, ...args],
      {
        cwd,
        stdio: ['ignore', 'ignore', 'inherit', 'pipe'],
      },
    )
    let usage = ''
    child.stdio[3].on('data', (text) => {
      usage += text
    })
    child.on('close', (code) => {
      if (code) return fail(new Error(`${args} ended with ${code}`))
      const { user, system } = JSON.parse(usage)
      done((user + system) / 1000)
    })
  })

export const command = ({ api, dist, size }) => ({
  id: `cli-${size}`,
  title: `guidon pull and guidon types, ${size} flags, processor time`,
  unit: 'ms',
  target: 1000,
  absolute: true,
  contestants: ['floor', 'guidon'],
  async measure(name) {
    const address = api.visit(`${name}-cli`, { size })
    const cli = resolve(dist, 'cli.js')
    const calls = {
      floor: [
        ['--input-type=module', '-e', BY_HAND, address, ENVIRONMENT_KEY, 'guidon.flags.json'],
        ['--input-type=module', '-e', BY_HAND, '', '', 'guidon.d.ts'],
      ],
      guidon: [
        [cli, 'pull', '--api', address, '--environment', ENVIRONMENT_KEY],
        [cli, 'types'],
      ],
    }
    const folder = mkdtempSync(join(tmpdir(), 'guidon-'))
    try {
      let sum = 0
      for (const args of calls[name]) sum += await cpuMs(args, folder)
      return sum
    } finally {
      rmSync(folder, { recursive: true })
    }
  },
})
