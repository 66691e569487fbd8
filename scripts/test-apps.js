// The package as it is published, in fresh apps: packed, installed from the tarball, built and run, each in a folder of its own.
//
//   npm run build && npm run test:apps           all of test/apps; exit 1 when one fails
//   node scripts/test-apps.js node-esm webpack   some of them
//
// It installs each app's tools from the registry, so it takes minutes and is no part of `npm test`.

import { execFileSync } from 'node:child_process'
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

const APPS = resolve('test/apps')
/** What several apps are made of: each gets it, and its own files beside it. */
const SHARED = 'shared'
const wanted = process.argv.slice(2)
const folder = mkdtempSync(join(tmpdir(), 'guidon-apps-'))
const npm = (cwd, ...args) =>
  execFileSync('npm', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })

let failed = 0
try {
  const [{ filename }] = JSON.parse(
    npm('.', 'pack', '--json', '--ignore-scripts', '--pack-destination', folder),
  )
  for (const app of wanted.length ? wanted : readdirSync(APPS).filter((name) => name !== SHARED)) {
    const place = join(folder, app)
    for (const files of [SHARED, app]) cpSync(join(APPS, files), place, { recursive: true })
    try {
      npm(place, 'install', '--no-audit', '--no-fund', '--no-package-lock', join(folder, filename))
      const { scripts } = JSON.parse(readFileSync(join(place, 'package.json'), 'utf8'))
      if (scripts.build) npm(place, 'run', '--silent', 'build')
      // Every app says what its flag is.
      const said = npm(place, 'run', '--silent', 'start').trim()
      if (said !== 'red') throw new Error(`it said ${JSON.stringify(said)}`)
      process.stdout.write(`${app}: builds and runs\n`)
    } catch (error) {
      failed++
      const words = `${error.stdout ?? ''}${error.stderr ?? ''}${error.message}`
      process.stdout.write(`${app}: FAILED\n${words.slice(-2_000)}\n`)
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}
process.exitCode = failed ? 1 : 0
