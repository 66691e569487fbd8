import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import esbuild from 'esbuild'
import { rolldown } from 'rolldown'
import { rollup } from 'rollup'
import * as vite from 'vite'
import webpack from 'webpack'
import * as guidon from '../../src/bundler.ts'

/** What came of a build. */
export interface Built {
  readonly code: string
  /** What it complained about, in the bundler's own way. */
  readonly warnings: string[]
}

/** Builds `app.js` of a folder. Rejects with whatever the bundler says when it fails. */
export type Bundler = (root: string, options?: guidon.BundlerOptions) => Promise<Built>

/** Silent, but for the ear that it is given. */
export const loggerOf = (warnings: string[]): vite.Logger => ({
  ...vite.createLogger('silent'),
  warn: (line) => void warnings.push(line),
})

const messages = (problems: readonly { message?: string; text?: string }[]) =>
  problems.map(({ message, text }) => message ?? text ?? '')

export const BUNDLERS: Record<string, Bundler> = {
  async Vite(root, options) {
    const warnings: string[] = []
    const built = await vite.build({
      root,
      configFile: false,
      logLevel: 'warn',
      customLogger: loggerOf(warnings),
      plugins: [guidon.vite(options)],
      build: { write: false, rolldownOptions: { input: join(root, 'app.js') } },
    })
    return { code: (built as { output: { code: string }[] }).output[0]!.code, warnings }
  },

  async Rollup(cwd, options) {
    const warnings: string[] = []
    const bundle = await inFolder(cwd, () =>
      rollup({
        input: join(cwd, 'app.js'),
        plugins: [guidon.rollup(options)],
        onLog: (_, { message }) => void warnings.push(message),
      }),
    )
    const { output } = await bundle.generate({ format: 'iife' })
    return { code: output[0].code, warnings }
  },

  async Rolldown(cwd, options) {
    const warnings: string[] = []
    const { output } = await inFolder(cwd, async () => {
      const bundle = await rolldown({
        input: join(cwd, 'app.js'),
        plugins: [guidon.rolldown(options)],
        onLog: (_, { message }) => void warnings.push(message),
      })
      return bundle.generate({ format: 'iife', minify: true })
    })
    return { code: output[0].code, warnings }
  },

  async webpack(root, options) {
    const compiler = webpack(webpackConfig(root, options))!
    const stats = await new Promise<webpack.Stats>((resolve, reject) =>
      compiler.run((error, result) =>
        compiler.close(() => (result ? resolve(result) : reject(error ?? new Error('no result')))),
      ),
    )
    const { errors, warnings } = stats.compilation
    if (errors.length) throw new Error(messages(errors).join('\n'))
    return { code: builtByWebpack(root), warnings: messages(warnings) }
  },

  async esbuild(root, options) {
    const { outputFiles, warnings } = await esbuild.build({
      absWorkingDir: root,
      entryPoints: ['app.js'],
      bundle: true,
      minify: true,
      write: false,
      logLevel: 'silent',
      plugins: [guidon.esbuild(options)],
    })
    return { code: outputFiles[0]!.text, warnings: messages(warnings) }
  },
}

export const webpackConfig = (
  root: string,
  options?: guidon.BundlerOptions,
  more: webpack.Configuration = {},
): webpack.Configuration => ({
  context: root,
  mode: 'production',
  entry: './app.js',
  output: { path: join(root, 'out'), filename: 'out.js' },
  plugins: [guidon.webpack(options)],
  ...more,
})

export const builtByWebpack = (root: string): string => readFileSync(join(root, 'out/out.js'), 'utf8')

/** Rollup and Rolldown build the folder that they are called in. */
const inFolder = async <T>(folder: string, build: () => Promise<T>): Promise<T> => {
  const before = process.cwd
  process.cwd = () => folder
  try {
    return await build()
  } finally {
    process.cwd = before
  }
}
