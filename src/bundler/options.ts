import { FLAGS_FILE, type GuidonConfig, readConfig, TYPES_FILE } from '../codegen/config.ts'
import type { PullOptions } from '../codegen/pull.ts'
import type { TraitValue } from '../model/trait.ts'

/** What the plugin may be told. What is left out is asked of the variables and of `guidon.config.*`, as the command does. */
export interface BundlerOptions extends Omit<GuidonConfig, 'types'> {
  /** The declaration file that is kept up to date; `false` for none. Default: `guidon.d.ts`. */
  readonly types?: string | false
  /** An opaque identifier to evaluate for. Default: nobody, which gives the environment's flags. */
  readonly identity?: string
  /** Traits to evaluate with. They are sent as transient, and are not in the bundle. */
  readonly traits?: Readonly<Record<string, TraitValue>>
  /** Names of flags that are not to be in the bundle: those of unreleased work. */
  readonly omit?: readonly string[]
  /** Build from the checked-in file, and ask nobody. */
  readonly offline?: boolean
  /** How long the server may take. Default: 10,000. */
  readonly timeoutMs?: number
}

/** Options with everything that has a default. */
export interface Settings extends Omit<PullOptions, 'environmentKey' | 'fetch'> {
  /** Without one there is nobody to ask. */
  readonly environmentKey?: string | undefined
  readonly flags: string
  readonly types: string | false
  readonly jsonShapes: boolean
  readonly omit: readonly string[]
  readonly offline: boolean
}

/** What counts in this folder: what the plugin was told, else a variable, else the config, else the default. */
export const settingsOf = async (options: BundlerOptions, cwd: string): Promise<Settings> => {
  const config = await readConfig({ cwd, env: process.env })
  const { identity, traits, timeoutMs, omit = [], offline = false } = options
  return {
    environmentKey: options.environmentKey ?? config.environmentKey,
    api: options.api ?? config.api,
    flags: options.flags ?? config.flags ?? FLAGS_FILE,
    types: options.types ?? config.types ?? TYPES_FILE,
    jsonShapes: options.jsonShapes ?? config.jsonShapes ?? false,
    identity,
    traits,
    timeoutMs,
    omit,
    offline,
  }
}
