import { type Command, InvalidArgumentError } from 'commander'
import type { GuidonConfig } from '../codegen/config.ts'
import { explain } from '../codegen/explain.ts'
import type { FlagsFile } from '../codegen/flags-file.ts'
import { type PullOptions, pull } from '../codegen/pull.ts'
import { secondsOf } from './option-values.ts'

/** What `askServer` adds to a command. */
export interface AskServer {
  readonly environment?: string
  readonly api?: string
  readonly timeout: number
}

/** Adds the options of commands that ask a server. */
export const askServer = (command: Command): Command =>
  command
    .optionsGroup('Server:')
    .option('--environment <key>', 'the client-side key (default: GUIDON_ENVIRONMENT_KEY)')
    .option('--api <url>', 'the base of the SDK API (default: GUIDON_API)')
    .option('--timeout <seconds>', 'how long the server may take', secondsOf, 10)

/** What `fromServer` adds to a command. */
export interface FromServer extends AskServer {
  readonly identity?: string
  readonly trait?: PullOptions['traits']
}

/** Adds the options of commands that ask a server for flags. */
export const fromServer = (command: Command): Command =>
  askServer(command)
    .option('--identity <guid>', 'evaluate for this identity')
    .option('--trait <key=value>', 'and with this trait; may be given several times', traitOf)

/** The server and the environment that options and config name. */
export const serverOf = ({ environment, api }: AskServer, config: GuidonConfig) => ({
  environmentKey: environment?.trim() ?? config.environmentKey,
  api: api ?? config.api,
})

/** Asks the server that options and config name. */
export const pullFrom = (options: FromServer, config: GuidonConfig): Promise<FlagsFile> => {
  const { environmentKey, api } = serverOf(options, config)
  if (!environmentKey)
    throw new Error(
      'Which environment? Give --environment, GUIDON_ENVIRONMENT_KEY, or environmentKey in guidon.config.json.',
    )
  return pull({
    environmentKey,
    api,
    identity: options.identity,
    traits: options.trait,
    timeoutMs: options.timeout * 1_000,
  }).catch((error) => {
    throw new Error(explain(error, api), { cause: error })
  })
}

/** `plan=pro`, `seats=12`, `beta=true`: what looks like a number or a boolean is one. */
function traitOf(text: string, others: PullOptions['traits']): PullOptions['traits'] {
  const [, key, value] = /^([^=]+)=(.*)$/s.exec(text) ?? []
  if (key === undefined || value === undefined) throw new InvalidArgumentError('It must be key=value.')
  const isNumber = value.trim() !== '' && Number.isFinite(Number(value)) && `${Number(value)}` === value
  return {
    ...others,
    [key]: value === 'true' ? true : value === 'false' ? false : isNumber ? Number(value) : value,
  }
}
