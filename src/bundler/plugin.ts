import { resolve } from 'node:path'
import { createUnplugin, type UnpluginInstance } from 'unplugin'
import { declaration } from '../codegen/declaration.ts'
import { explain } from '../codegen/explain.ts'
import { moduleOf } from '../codegen/module.ts'
import { omit } from '../codegen/omit.ts'
import { personalIn, personalWarning } from '../codegen/personal.ts'
import { writeWhole } from '../codegen/write-file.ts'
import { type BundlerOptions, settingsOf } from './options.ts'
import { createSource } from './source.ts'

/** What an app imports. */
const ID = 'virtual:guidon/defaults'
/** What that is called inside: by convention the mark tells other plugins that it is none of theirs. */
const INSIDE = `\0${ID}`

type Plugin = UnpluginInstance<BundlerOptions | undefined, false>

/** Gives an app the environment's flags as they are when it is built, under the name `virtual:guidon/defaults`. */
const plugin: Plugin = createUnplugin((options = {}) => {
  const find = createSource()
  let root = process.cwd()
  let isServing = false

  return {
    name: 'guidon',
    resolveId: { filter: { id: /^\0?virtual:guidon\/defaults$/ }, handler: () => INSIDE },
    load: {
      filter: { id: /^\0virtual:guidon\/defaults$/ },
      async handler() {
        const settings = await settingsOf(options, root)
        this.addWatchFile(resolve(root, settings.flags))
        const { flags, checkedIn } = await find(settings, { root, isServing }, (line) => this.warn(line))
        if (settings.types) {
          const text = declaration(flags, { json: settings.jsonShapes })
          await writeWhole(resolve(root, settings.types), text).catch((error) => this.warn(explain(error)))
        }
        const bundled = omit(flags, settings.omit)
        for (const name of bundled.unknown) this.warn(`No flag is called ${name}, which is to be left out.`)
        for (const found of personalIn(bundled.flags, checkedIn)) this.warn(personalWarning(found))
        return moduleOf(bundled.flags)
      },
    },
    vite: {
      configResolved(config) {
        root = config.root
        isServing = config.command === 'serve'
      },
    },
    webpack(compiler) {
      root = compiler.context
      // Else it would take `virtual:` for a protocol that it does not know.
      compiler.hooks.normalModuleFactory.tap('guidon', ({ hooks }) =>
        hooks.beforeResolve.tap('guidon', (data) => {
          if (data.request === ID) data.request = INSIDE
        }),
      )
    },
    rspack(compiler) {
      root = compiler.context
    },
    esbuild: {
      onResolveFilter: /^virtual:guidon\/defaults$/,
      onLoadFilter: /virtual:guidon\/defaults$/,
      setup({ initialOptions }) {
        root = initialOptions.absWorkingDir ?? root
      },
    },
  }
})

/**
 * The plugin for Vite, and Vitest: `virtual:guidon/defaults` is the flags of the build.
 *
 * @example export default defineConfig({ plugins: [guidon.vite({ omit: ['secret-project'] })] })
 */
export const vite: Plugin['vite'] = plugin.vite
/** The same for Rollup. */
export const rollup: Plugin['rollup'] = plugin.rollup
/** The same for Rolldown. */
export const rolldown: Plugin['rolldown'] = plugin.rolldown
/** The same for webpack. */
export const webpack: Plugin['webpack'] = plugin.webpack
/** The same for Rspack. */
export const rspack: Plugin['rspack'] = plugin.rspack
/** The same for esbuild. */
export const esbuild: Plugin['esbuild'] = plugin.esbuild
