import { createHash } from 'node:crypto'
import { chmodSync, copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'

/** The hash for a script tag's `integrity` attribute (Subresource Integrity, W3C), beside the file it is of. */
const digest = createHash('sha384').update(readFileSync('dist/guidon.global.js')).digest('base64')
writeFileSync('dist/guidon.global.js.sri', `sha384-${digest}\n`)
process.stdout.write(`<script src="guidon.global.js" integrity="sha384-${digest}" crossorigin="anonymous"></script>
Content-Security-Policy: script-src 'self'; connect-src https://edge.api.flagsmith.com
`)

chmodSync('dist/cli.js', 0o755)
copyFileSync('src/bundler/virtual.d.ts', 'dist/virtual.d.ts')

/**
 * A folder for each door that an app may import: for Metro before 0.82, TypeScript's `node10` and whoever else does not read
 * `exports`. Metro goes by `react-native`, for it does not know the ending `.cjs`.
 */
const { exports } = JSON.parse(readFileSync('package.json', 'utf8'))
for (const [path, target] of Object.entries(exports)) {
  if (path === '.' || path.endsWith('.json') || target['react-native'] === null) continue
  const file = join(relative(path, 'dist'), path.slice(2).replace('/', '-'))
  const manifest = {
    main: `${file}.cjs`,
    module: `${file}.js`,
    'react-native': `${file}.js`,
    types: `${file}.d.ts`,
    sideEffects: false,
  }
  mkdirSync(path, { recursive: true })
  writeFileSync(`${path}/package.json`, `${JSON.stringify(manifest, null, 2)}\n`)
}
