// The site of the documentation, from the repository's own pages and the doc comments.
//
//   npm run docs                 builds it into dist-docs/
//   npm run docs -- --serve      and serves it on http://127.0.0.1:4173
//
// What it is built with is in docs/site/package.json, and installed here when it is not there yet. `GUIDON_DOCS_BASE` is the
// path that the site will have on its server, `/` by default.

import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'

const { values: options } = parseArgs({ options: { serve: { type: 'boolean' } } })
const here = import.meta.dirname
const out = join(here, '.cache/pages')

/** What is installed is what the lock says, or it is installed anew. */
const isInstalled = () => {
  const installed = join(here, 'node_modules/.package-lock.json')
  if (!existsSync(installed)) return false
  const versions = (file) =>
    Object.fromEntries(
      Object.entries(JSON.parse(readFileSync(file, 'utf8')).packages).map(([path, { version }]) => [
        path,
        version,
      ]),
    )
  const locked = versions(join(here, 'package-lock.json'))
  return Object.entries(versions(installed)).every(([path, version]) => locked[path] === version)
}
if (!isInstalled())
  execFileSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: here, stdio: 'inherit' })

const { writePages } = await import('./pages.js')
const { writeReference } = await import('./reference.js')
const { build, serve } = await import('vitepress')

rmSync(out, { recursive: true, force: true })
writePages(out)
await writeReference(join(out, 'reference'))
await build(here)
process.stdout.write(`The site is in ${resolve(here, '../../dist-docs')}\n`)
if (options.serve) await serve({ root: here, port: 4173, host: '127.0.0.1' })
