import { execFile, execFileSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { promisify, stripVTControlCharacters } from 'node:util'

const require = createRequire(import.meta.url)

/** The engine itself: version 0.12, the oldest that React Native apps of today's majors may meet, and the strictest. */
const BIN = join(
  dirname(require.resolve('hermes-engine-cli/package.json')),
  { linux: 'linux64-bin', darwin: 'osx-bin', win32: 'win64-bin' }[process.platform as 'linux'] ?? '',
)
const hermes = (...args: string[]) =>
  execFileSync(join(BIN, 'hermes'), args, { encoding: 'utf8', stdio: 'pipe', timeout: 30_000 })

/** A folder with an app in it that has installed guidon as it is published, and is gone afterwards. */
export const createApp = () => {
  const root = mkdtempSync(join(tmpdir(), 'guidon-hermes-'))
  const files: string[] = JSON.parse(readFileSync('package.json', 'utf8')).files
  const doors = ['analytics', 'live', 'react-native'].map((door) => `${door}/package.json`)
  if (!files.includes('*/package.json')) throw new Error('doors are not published as folders')
  for (const file of ['package.json', 'dist', ...doors]) {
    cpSync(file, join(root, 'node_modules/guidon', file), { recursive: true })
  }
  for (const file of ['app.js', 'platform.js', 'server.js'])
    cpSync(join('test/hermes', file), join(root, file))
  cpSync('test/react-native/device.ts', join(root, 'device.ts'))
  writeFileSync(join(root, 'package.json'), '{}')
  writeFileSync(
    join(root, 'babel.config.js'),
    `module.exports = (api) => {
      const unstable_transformProfile = api.cache.using(() => process.env.TRANSFORM_PROFILE)
      return { presets: [[${JSON.stringify(require.resolve('@react-native/babel-preset'))}, { unstable_transformProfile }]] }
    }`,
  )
  return { root, remove: () => rmSync(root, { recursive: true }) }
}

/** What an app does before Metro: `guidon pull --fallback-on-error`. Resolves to what the command says. */
export const pull = async (root: string, api: string): Promise<string> => {
  const args = ['node_modules/guidon/dist/cli.js', 'pull', '--fallback-on-error']
  const env = { ...process.env, GUIDON_API: api, GUIDON_ENVIRONMENT_KEY: 'client-key' }
  const { stdout, stderr } = await promisify(execFile)(process.execPath, args, { cwd: root, env })
  return stripVTControlCharacters(stdout + stderr)
}

/** How Metro builds: it differs from version to version, and from framework to framework. */
export interface Build {
  /** Whether it goes by `exports`, as it does since 0.82. */
  readonly readsExports: boolean
  /** What the Babel preset compiles away: `hermes-stable` with Expo, more by default. */
  readonly profile: 'default' | 'hermes-stable'
}

/**
 * What a release build of the app runs, before it is made bytecode: React Native's own Metro configuration with its Babel
 * preset, in which only the modules are named that stand for `react-native`.
 */
export const bundle = async (root: string, { readsExports, profile }: Build): Promise<string> => {
  const metro = require('metro') as typeof import('metro')
  const { getDefaultConfig } =
    require('@react-native/metro-config') as typeof import('@react-native/metro-config')
  const tools = ['@babel/runtime', '@react-native/js-polyfills', 'metro-runtime']
  const platform = ['abort-controller', 'event-target-shim']
  const config = metro.mergeConfig(getDefaultConfig(root), {
    cacheStores: [],
    maxWorkers: 1,
    reporter: { update() {} },
    resolver: {
      nodeModulesPaths: [resolve('node_modules')],
      unstable_enablePackageExports: readsExports,
      useWatchman: false,
    },
    serializer: { getModulesRunBeforeMainModule: () => [join(root, 'platform.js')] },
    watchFolders: [root, ...[...tools, ...platform].map((name) => resolve('node_modules', name))],
  })
  process.env.TRANSFORM_PROFILE = profile
  const out = join(root, 'bundle.js')
  await metro.runBuild(config, { entry: 'app.js', dev: false, minify: false, platform: 'android', out })
  return readFileSync(out, 'utf8')
}

/** How an app is launched, and what its device has. */
export interface Launch {
  readonly life: string
  readonly storage: string
  readonly online?: boolean
  readonly device?: unknown
  readonly kept?: unknown
}

/** What a life said, by what it was about. */
export type Said = Record<string, Record<string, unknown>>

/** One life of the app: a process of its own, from optimised bytecode as in a release. Time goes on from life to life. */
export const createLives = (root: string, code: string) => {
  let at = Date.UTC(2025, 0, 1)
  return (launch: Launch): Said => {
    at += 3_600_000
    const source = join(root, 'life.js')
    const bytecode = join(root, 'life.hbc')
    writeFileSync(source, `globalThis.launch=${JSON.stringify({ ...launch, at })};\n${code}`)
    hermes('-O', '-w', '-emit-binary', '-out', bytecode, source)
    const lines = hermes('-b', '-Xmicrotask-queue', bytecode).trim().split('\n')
    const said = Object.fromEntries(
      lines.map((line) => {
        const { what, ...facts } = JSON.parse(line)
        return [what, facts]
      }),
    )
    if (!said.killed) throw new Error(`the app crashed: ${lines.join('\n')}`)
    return said
  }
}
