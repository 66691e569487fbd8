export type { BundlerOptions } from './bundler/options.ts'
export { esbuild, rolldown, rollup, rspack, vite, webpack } from './bundler/plugin.ts'
export type { GuidonConfig } from './codegen/config.ts'
