import { execFileSync, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { build } from 'esbuild'
import { describe, expect, it } from 'vitest'

const { exports, bin, version, files, dependencies, peerDependencies } = JSON.parse(
  readFileSync('package.json', 'utf8'),
)
const doors = Object.keys(exports).filter((path) => path !== './package.json')
/** The file of a door, with no ending: `./migrate/react` is `migrate-react`. */
const fileOf = (path: string) => (path === '.' ? 'index' : path.slice(2).replace('/', '-'))
const specifier = (path: string) => `guidon${path.slice(1)}`
/** Doors for servers and for builds. */
const SERVER = ['./edge', './server', './bundler']

describe('the package as built', () => {
  it('has a file in src/ for each door, and a door for each file', () => {
    const files = readdirSync('src').filter((file) => file.endsWith('.ts'))
    expect(doors.map((path) => `${fileOf(path)}.ts`).sort()).toEqual(files.sort())
  })

  it.each(doors)('%s has its types first, and every file it names', (path) => {
    for (const kind of ['import', 'require']) {
      const forBrowsers = path === '.' && kind === 'import' ? ['browser'] : []
      expect(Object.keys(exports[path][kind])).toEqual(['types', ...forBrowsers, 'default'])
      for (const file of Object.values(exports[path][kind]))
        expect(existsSync(file as string), `${file}`).toBe(true)
    }
  })

  it.each(SERVER)('%s cannot be imported in a browser or in React Native', (path) => {
    const { worker: _, ...others } = exports[path]
    expect(Object.entries(others).slice(0, 2)).toEqual([
      ['browser', null],
      ['react-native', null],
    ])
  })

  // The plugin for bundlers runs where they do.
  it.each(SERVER.filter((path) => path !== './bundler'))(
    '%s can be bundled for a worker, and not for a page',
    async (path) => {
      // Bundlers call a worker a browser too. These are the conditions of wrangler.
      const bundle = (conditions: string[]) =>
        build({
          stdin: { contents: `import '${specifier(path)}'`, resolveDir: '.' },
          bundle: true,
          write: false,
          logLevel: 'silent',
          conditions,
        })
      await expect(bundle(['workerd', 'worker', 'browser'])).resolves.toMatchObject({ errors: [] })
      await expect(bundle(['browser'])).rejects.toThrow(`Could not resolve "${specifier(path)}"`)
    },
  )

  it.each(doors.filter((path) => path !== '.' && !SERVER.includes(path)))(
    '%s is a folder too, for those who do not read exports: its files are those of the door',
    (path) => {
      const folder = JSON.parse(readFileSync(`${path}/package.json`, 'utf8'))
      const file = (name: string) => `./${join(path, folder[name])}`
      expect({ default: file('module'), types: file('types') }).toEqual({ ...exports[path].import })
      expect(file('main')).toBe(exports[path].require.default)
      // Metro does not know the ending `.cjs`.
      expect(file('react-native')).toBe(exports[path].import.default)
      expect(files).toContain(path.replace(/[^/]+$/, '*/package.json').slice(2))
    },
  )

  it.each(doors)('%s gives the same names to import and to require', async (path) => {
    const imported = await import(/* @vite-ignore */ `../dist/${fileOf(path)}.js`)
    const required = createRequire(import.meta.url)(specifier(path))
    expect(Object.keys(required).sort()).toEqual(Object.keys(imported).sort())
    expect(Object.keys(imported).length).toBeGreaterThan(0)
  })

  it.each(doors)('%s is loaded by plain Node, as module and as CommonJS, without a word', (path) => {
    const run = (...args: string[]) =>
      execFileSync(process.execPath, args, { encoding: 'utf8', stdio: 'pipe' })
    expect(run('--input-type=module', '-e', `import '${specifier(path)}'`)).toBe('')
    expect(run('-e', `require('${specifier(path)}')`)).toBe('')
  })

  it('imports nothing but its dependencies and itself', () => {
    const known = [...doors.map(specifier), ...Object.keys({ ...dependencies, ...peerDependencies })]
    for (const file of readdirSync('dist').filter((name) => /\.c?js$/.test(name) && name !== 'cli.js')) {
      const code = readFileSync(`dist/${file}`, 'utf8')
      const found = [
        ...code.matchAll(/^(?:import|export) .*from ['"]([^'"]+)['"]|require\(['"]([^'"]+)['"]\)/gm),
      ]
      const inside = found.map(([, a, b]) => a ?? b!).filter((one) => !known.includes(one))
      // What builds runs in Node.
      const ofNode = file.startsWith('bundler.') ? inside.filter((one) => one.startsWith('node:')) : []
      expect(inside, file).toEqual(ofNode)
    }
  })

  it('loads nothing for the inspector, which pages without a bundler load by its address', () => {
    expect(readFileSync('dist/devtools.js', 'utf8')).not.toMatch(/^import /m)
  })

  it('loads nothing at all for OpenFeature: the client and the SDK are the app’s', () => {
    expect(readFileSync('dist/openfeature.js', 'utf8')).not.toMatch(/\bimport\b|GuidonError/)
    expect(readFileSync('dist/openfeature.cjs', 'utf8')).not.toMatch(/\brequire\(/)
  })

  it('gives bundlers for browsers a front door that loads nothing, with the same exports', async () => {
    const { outputFiles } = await build({
      stdin: { contents: `export * from 'guidon'`, resolveDir: '.' },
      bundle: true,
      write: false,
      format: 'esm',
      // Not ours, which leads to the source.
      tsconfigRaw: '{}',
    })
    const code = outputFiles[0]?.text
    expect(code).toContain('X-Environment-Key')
    expect(code).not.toMatch(/\bimport\(|require|cross.fetch/)
    const exported = (file: string) => import(join(process.cwd(), 'dist', file)).then(Object.keys)
    expect(await exported('index.browser.js')).toEqual(await exported('index.js'))
  })

  it('has a door for React that is for the browser, and that has no second client in it', () => {
    for (const file of ['dist/react.js', 'dist/react.cjs']) {
      const code = readFileSync(file, 'utf8')
      // Frameworks with server components look at the first statement.
      expect(code).toMatch(/^'use client';\n/)
      expect(code).toMatch(/(?:from |require\()'guidon'/)
      expect(code).not.toContain('X-Environment-Key')
    }
    expect(readFileSync('dist/react.d.ts', 'utf8')).toMatch(/import .*KnownFlags.* from 'guidon'/)
  })

  it.each(['import', 'require'])(
    'throws errors of one class, whichever door they come through: by %s',
    (by) => {
      const script = `
      const { GuidonError } = await ${by}('guidon')
      const { environmentDocument } = await ${by}('guidon/edge')
      const { webhook } = await ${by}('guidon/server')
      const { encrypted } = await ${by}('guidon/storage')
      delete globalThis.crypto
      const faults = [
        () => environmentDocument({}),
        () => webhook({ secret: '' }),
        () => encrypted(new Map()).set('key', 'text'),
      ]
      for (const fault of faults) {
        const error = await (async () => fault())().catch((error) => error)
        console.log(error instanceof GuidonError, error.code)
      }`
      const wrapped = by === 'require' ? `(async () => {${script}})()` : script
      const kind = by === 'require' ? 'commonjs' : 'module'
      const args = [`--input-type=${kind}`, '-e', wrapped]
      expect(execFileSync(process.execPath, args, { encoding: 'utf8' })).toBe(
        'true invalid-option\ntrue invalid-option\ntrue unsupported\n',
      )
    },
  )

  it('has a way over from the official client that loads at first nothing but the client', () => {
    const first = (file: string) =>
      [...readFileSync(file, 'utf8').matchAll(/^import .*from '([^']+)'/gm)].map(([, from]) => from)
    expect(first('dist/migrate.js')).toEqual(['guidon'])
    expect(first('dist/migrate-react.js')).toEqual(['react'])
    // Later, when it is asked for.
    const later = (file: string) =>
      new Set([...readFileSync(file, 'utf8').matchAll(/\bimport\('([^']+)'\)/g)].map(([, door]) => door))
    expect(later('dist/migrate.js')).toEqual(new Set(['guidon/migrate/more']))
    expect(first('dist/migrate-more.js')).toEqual([])
    expect(later('dist/migrate-more.js')).toEqual(
      new Set(['guidon/storage', 'guidon/live', 'guidon/analytics']),
    )
  })

  it('keeps the word of sideEffects: importing a door does nothing', () => {
    const load = (names: readonly string[]) => names.map((name) => `await import('${name}')`).join('\n')
    // In a process of its own, where nobody has imported them before. What frameworks do is not ours.
    const script = `
      ${load(Object.keys(peerDependencies))}
      const before = Object.getOwnPropertyNames(globalThis)
      ${load(doors.map(specifier))}
      console.log(...Object.getOwnPropertyNames(globalThis).filter((name) => !before.includes(name)))`
    const found = execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' })
    expect(found.trim()).toBe('')
  })

  it('has a script-tag build that makes one global, needs no eval, and has its hash beside it', () => {
    const code = readFileSync('dist/guidon.global.js', 'utf8')
    expect(code).toMatch(/^var guidon=/)
    expect(code).not.toMatch(/\beval\(|new Function|cross-fetch|\bimport\(/)
    const digest = createHash('sha384').update(code).digest('base64')
    expect(readFileSync('dist/guidon.global.js.sri', 'utf8').trim()).toBe(`sha384-${digest}`)
  })

  it('has a command that starts with its interpreter and knows its version', () => {
    for (const file of Object.values(bin)) {
      expect(readFileSync(file as string, 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/)
      const said = execFileSync(process.execPath, [file as string, '--version'], { encoding: 'utf8' })
      expect(said).toBe(`${version}\n`)
    }
  })
})

describe('the types as built', () => {
  const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc')
  /** What the compiler has to say about an app. */
  const said = (app: string, ...options: string[]) =>
    spawnSync(process.execPath, [tsc, '-p', `test/types/${app}`, ...options], { encoding: 'utf8' }).stdout

  it('know the flags that an app declares once, without a type argument', () => {
    expect(said('augmented')).toBe('')
  }, 60_000)

  it('can be read where there is no DOM: with no platform’s types at all, and with Node’s', () => {
    expect(said('bare')).toBe('')
    expect(said('bare', '--types', 'node')).toBe('')
  }, 60_000)

  it('have one place where flags are declared', () => {
    const places = readdirSync('dist').filter(
      (file) =>
        /\.d\.c?ts$/.test(file) &&
        /interface Flag(?:Types|Shapes)\b/.test(readFileSync(`dist/${file}`, 'utf8')),
    )
    expect(places.sort()).toEqual(['index.d.cts', 'index.d.ts'])
  })

  it.each(['bundler', 'node16'])(
    'know what the build makes of virtual:guidon/defaults, with %s',
    (how) => {
      const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc')
      const args = ['-p', 'test/bundler/types', '--moduleResolution', how]
      if (how === 'node16') args.push('--module', 'node16')
      const compile = () =>
        execFileSync(process.execPath, [tsc, ...args], { encoding: 'utf8', stdio: 'pipe' })
      expect(compile()).toBe('')
    },
    60_000,
  )
})

describe('the checks of the field', () => {
  it('publint has nothing to say', async () => {
    const { publint } = await import('publint')
    // Its one suggestion is left: `imports` instead of `"browser": { "cross-fetch": false }`, which older Metro and webpack
    // cannot follow.
    const { messages } = await publint({ strict: true, level: 'warning' })
    expect(messages).toEqual([])
  }, 60_000)

  it('are the types wrong? has nothing to say', () => {
    const manifest = createRequire(import.meta.url).resolve('@arethetypeswrong/cli/package.json')
    const attw = join(dirname(manifest), JSON.parse(readFileSync(manifest, 'utf8')).bin.attw)
    const run = () =>
      execFileSync(process.execPath, [attw, '--pack', '.', '--profile', 'node16', '--no-color'], {
        encoding: 'utf8',
        stdio: 'pipe',
      })
    expect(run).not.toThrow()
  }, 120_000)
})
