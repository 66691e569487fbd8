/** What the compiler must accept and refuse of `guidon/bundler`. */
import type { Plugin as RollupPlugin } from 'rollup'
import type { Plugin as VitePlugin } from 'vite'
import {
  type BundlerOptions,
  esbuild,
  type GuidonConfig,
  rolldown,
  rollup,
  rspack,
  vite,
  webpack,
} from '../../src/bundler.ts'

const options: BundlerOptions = {
  environmentKey: 'key',
  api: 'https://flags.example.com/api/v1/',
  flags: 'src/flags.json',
  types: false,
  omit: ['secret-project'],
}

// Each is the plugin of its bundler, and needs no options.
export const ofVite: VitePlugin | VitePlugin[] = vite(options)
export const ofRollup: RollupPlugin | RollupPlugin[] = rollup()
rolldown()
rspack(options)
webpack(options)
esbuild({})
// @ts-expect-error: a list of names
vite({ omit: 'secret-project' })
// @ts-expect-error: no such option
rollup({ environment: 'key' })

// The config of the command.
export const config: GuidonConfig = {
  environmentKey: 'key',
  flags: 'src/flags.json',
  types: 'src/guidon.d.ts',
}
// @ts-expect-error: a text
export const wrong: GuidonConfig = { environmentKey: 1 }
