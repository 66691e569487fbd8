import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { oneLine } from './words.ts'
import { readIfThere } from './write-file.ts'

/** What `guidon.config.{json,js,ts}` may say. What is said on the command line, or by a variable, counts more. */
export interface GuidonConfig {
  /** The client-side key of the environment. Variable: `GUIDON_ENVIRONMENT_KEY`. */
  readonly environmentKey?: string
  /** The base of the SDK API. Variable: `GUIDON_API`. Default: Flagsmith's hosted edge. */
  readonly api?: string
  /** The file of bundled flags. Default: `guidon.flags.json`. */
  readonly flags?: string
  /** The declaration file. Default: `guidon.d.ts`. */
  readonly types?: string
  /** Also type values that are JSON, by what they hold now. */
  readonly jsonShapes?: boolean
  /** Where `check` looks for source code. Default: `src`, or else the folder itself. */
  readonly src?: string | readonly string[]
  /** More names of clients, and of functions that take the name of a flag first, for `check`. */
  readonly clients?: string | readonly string[]
  /** Flags that `check` says nothing about; `*` stands for any characters. */
  readonly ignore?: string | readonly string[]
  /** What makes `check` fail: kinds with commas between them, `none` or `all`. */
  readonly failOn?: string
}

/** What files are called that nobody gave another name. */
export const FLAGS_FILE = 'guidon.flags.json'
export const TYPES_FILE = 'guidon.d.ts'

/** Where something runs. */
export interface Surroundings {
  /** The folder that file names are relative to. */
  readonly cwd: string
  /** The environment's variables. */
  readonly env: Readonly<Record<string, string | undefined>>
}

const NAMES = ['guidon.config.json', 'guidon.config.js', 'guidon.config.mjs', 'guidon.config.ts']

/** Reads the config of the folder, if it has one, with the environment's variables on top. */
export async function readConfig({ cwd, env }: Surroundings): Promise<GuidonConfig> {
  const { environmentKey: inFile, ...config } = await fromFile(cwd)
  const { GUIDON_ENVIRONMENT_KEY, GUIDON_API } = env
  // What keeps keys often ends them with a line.
  const environmentKey = (GUIDON_ENVIRONMENT_KEY || inFile)?.trim()
  return { ...config, ...(environmentKey && { environmentKey }), ...(GUIDON_API && { api: GUIDON_API }) }
}

async function fromFile(cwd: string): Promise<GuidonConfig> {
  for (const name of NAMES) {
    const file = join(cwd, name)
    const text = await readIfThere(file)
    if (text === undefined) continue
    try {
      const found: unknown = name.endsWith('.json') ? JSON.parse(text) : await run(file)
      if (found && typeof found === 'object' && !Array.isArray(found)) return settingsIn(found)
    } catch (cause) {
      throw new Error(`${name}: ${oneLine(cause)}`, { cause })
    }
    throw new Error(`${name} holds no object. Export one by default.`)
  }
  return {}
}

interface Setting {
  readonly what: string
  fits(value: unknown): boolean
}
const TEXT: Setting = { what: 'a text', fits: (value) => typeof value === 'string' }
const TEXTS: Setting = {
  what: 'a text, or a list of them',
  fits: (value) => [value].flat().every(TEXT.fits),
}
const SWITCH: Setting = { what: 'true or false', fits: (value) => typeof value === 'boolean' }
const SETTINGS: Readonly<Record<keyof GuidonConfig, Setting>> = {
  environmentKey: TEXT,
  api: TEXT,
  flags: TEXT,
  types: TEXT,
  jsonShapes: SWITCH,
  src: TEXTS,
  clients: TEXTS,
  ignore: TEXTS,
  failOn: TEXT,
}

/** The settings that were said. One that is misspelt would count for nothing, and nobody would know. */
function settingsIn(found: object): GuidonConfig {
  // `$schema` is for editors.
  const said = Object.entries(found).filter(([name, value]) => value !== undefined && name !== '$schema')
  for (const [name, value] of said) {
    if (!Object.hasOwn(SETTINGS, name))
      throw new Error(`There is no setting ${name}. There are ${Object.keys(SETTINGS).join(', ')}.`)
    const { fits, what } = SETTINGS[name as keyof GuidonConfig]
    if (!fits(value)) throw new Error(`${name} has to be ${what}.`)
  }
  return Object.fromEntries(said)
}

/** What a module exports by default. */
async function run(file: string): Promise<unknown> {
  try {
    return (await import(pathToFileURL(file).href)).default
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_UNKNOWN_FILE_EXTENSION') throw error
  }
  // A Node that does not read TypeScript. (jiti does, and is in many projects already.)
  try {
    const { createJiti } = await import(pathToFileURL(createRequire(resolve(file)).resolve('jiti')).href)
    return await createJiti(file).import(file, { default: true })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'MODULE_NOT_FOUND') throw error
    throw new Error('TypeScript needs Node 22.18 or newer, or `npm install --save-dev jiti`.')
  }
}
