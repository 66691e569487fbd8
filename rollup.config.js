import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import commonjs from '@rollup/plugin-commonjs'
import resolve from '@rollup/plugin-node-resolve'
import { transform } from 'esbuild'
import { dts } from 'rollup-plugin-dts'
import esbuild from 'rollup-plugin-esbuild'
import { minify } from 'terser'

const { name, dependencies, peerDependencies, exports, bin, version } = JSON.parse(
  readFileSync('package.json', 'utf8'),
)
/** Guests import the package by its name, as an app does, and so the very client that the app has. */
const external = [
  name,
  new RegExp(`^${name}/`),
  ...Object.keys({ ...dependencies, ...peerDependencies }),
  /^node:/,
]

/** A file directly in `src/` is a door, `a-b.ts` for `./a/b` too. Doors, inputs and `exports` are one list, or the build stops. */
const doors = readdirSync('src')
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.replace('.ts', ''))
const exported = Object.keys(exports)
  .filter((path) => path !== './package.json')
  .map((path) => (path === '.' ? 'index' : path.slice(2).replace('/', '-')))
const unmatched = [...doors, ...exported].filter((door) => !doors.includes(door) || !exported.includes(door))
if (unmatched.length) throw new Error(`doors in src/ and "exports" differ: ${unmatched.join(', ')}`)

/** Warnings are errors: above all circular imports and names that cannot be resolved. */
const onwarn = (warning) => {
  throw new Error(warning.message)
}

/** Doors that frameworks with server components are to load in the browser. Rollup drops directives, so it is put in front. */
const banner = (name) => (/\breact$/.test(name) ? "'use client';" : '')

/**
 * What there is to be one of in an app, the other doors find in the front door: the class of errors, for `instanceof`, and
 * the place where the app declares its flags.
 */
const oneOfEach = (door) => ({
  name: 'one-of-each',
  resolveId: (id) =>
    door !== 'index' && /\/(?:errors|known-flags)\.ts$/.test(id) ? { id: name, external: true } : null,
})

/** Who knows guidon knows the type of `virtual:guidon/defaults`, with nothing to configure. */
const typesBanner = (name) => (name === 'index' ? '/// <reference path="./virtual.d.ts" />' : '')

/** The inspector's style sheet is a text, which no minifier of scripts makes smaller. */
const styles = {
  name: 'styles',
  async transform(code, id) {
    if (!id.endsWith('/devtools/panel/style.ts')) return null
    const [, sheet] = /`([\s\S]*)`/.exec(code)
    const { code: small } = await transform(sheet, { loader: 'css', minify: true, target: 'chrome123' })
    return { code: `export const STYLE = ${JSON.stringify(small.trim())}`, map: null }
  },
}

/** One file a door and format: what an app loads is what it imports, with no shared chunks to chase. */
const door = (name) => [
  {
    input: `src/${name}.ts`,
    external,
    onwarn,
    // Pages without a bundler load the inspector by its address: it finds nothing by a name.
    plugins: [name !== 'devtools' && oneOfEach(name), styles, esbuild({ target: 'es2022' })],
    output: [
      { file: `dist/${name}.js`, format: 'es', banner: banner(name) },
      { file: `dist/${name}.cjs`, format: 'cjs', exports: 'named', banner: banner(name) },
    ],
  },
  {
    input: `src/${name}.ts`,
    external,
    onwarn,
    plugins: [oneOfEach(name), dts()],
    output: ['ts', 'cts'].map((ending) => ({ file: `dist/${name}.d.${ending}`, banner: typesBanner(name) })),
  },
]

/** Every browser has `fetch`, and is given no other to load. */
export const withFetch = {
  name: 'with-fetch',
  load: (id) =>
    id.endsWith('/transport/current-fetch.ts')
      ? 'export const currentFetch = (...args) => fetch(...args)'
      : null,
}

/** The minifier of an app finds more in what was compressed once. It stays readable, for who debugs. */
const compressed = {
  name: 'compressed',
  renderChunk: (code) =>
    minify(code, {
      module: true,
      ecma: 2022,
      compress: { passes: 3, hoist_funs: true },
      mangle: false,
      format: { beautify: true },
    }),
}

/** The front door for who bundles for browsers: the condition `browser` in package.json leads there. */
const frontDoorOfBrowsers = {
  input: 'src/index.ts',
  external,
  onwarn,
  plugins: [withFetch, esbuild({ target: 'es2022' }), compressed],
  output: { file: 'dist/index.browser.js', format: 'es' },
}

/** What every browser has needs no question and no stand-in. What only servers call stays out. */
const IN_BROWSERS = [
  [/globalThis\.(document|navigator)\?/g, '$1'],
  [/globalThis\.(addEventListener)\?\./g, '$1'],
  [/globalThis\.(EventSource)/g, '$1'],
  ['Constructor ?', 'true ?'],
  [`typeof document === 'object'`, 'true'],
  [', snapshotScript }', ' }'],
]
const inBrowsers = {
  name: 'in-browsers',
  load: (id) => (id.endsWith('/live/fetch-stream.ts') ? 'export const overFetch = undefined' : null),
  transform: (code) => ({
    code: IN_BROWSERS.reduce((text, rule) => text.replaceAll(...rule), code),
    map: null,
  }),
}

/** Terser, for its result is smaller than esbuild's. */
const smallest = {
  name: 'smallest',
  renderChunk: (code) =>
    minify(code, {
      ecma: 2020,
      sourceMap: true,
      compress: { passes: 3, unsafe_arrows: true, hoist_funs: true, inline: 1 },
    }),
}

/** Several files as one. */
const asOne = (...names) => ({
  name: 'as-one',
  resolveId: (id) => (id === 'all' ? id : null),
  load: (id) =>
    id === 'all'
      ? names.map((name) => `export * from ${JSON.stringify(path.resolve('src', `${name}.ts`))}`).join('\n')
      : null,
})

/** The script tag: everything a page needs under one global name. */
const script = {
  input: 'all',
  onwarn,
  plugins: [
    asOne('index', 'live', 'analytics', 'script-tag/start'),
    withFetch,
    inBrowsers,
    esbuild({ target: 'es2020' }),
    smallest,
  ],
  output: {
    file: 'dist/guidon.global.js',
    format: 'iife',
    name: 'guidon',
    inlineDynamicImports: true,
    // Beside the file, and not named in it: who looks for a fault gives it to the debugger.
    sourcemap: 'hidden',
  },
}

/** The command, with its libraries inside, so that who installs the client installs none of them. */
const command = Object.values(bin).map((file) => ({
  input: 'src/cli/run.ts',
  external: [name, /^node:/],
  onwarn,
  plugins: [
    oneOfEach('command'),
    resolve({ exportConditions: ['node'], preferBuiltins: true }),
    commonjs(),
    esbuild({ target: 'node20', define: { VERSION: JSON.stringify(version) } }),
  ],
  output: { file, format: 'es', inlineDynamicImports: true },
}))

export default [...doors.flatMap(door), frontDoorOfBrowsers, script, ...command]
