import { resolve } from 'node:path'
import { Command, Option } from 'commander'
import { FLAGS_FILE, readConfig } from '../codegen/config.ts'
import { isOfTheServer } from '../codegen/explain.ts'
import { type FlagsFormat, readFlags, writeFlags } from '../codegen/flags-file.ts'
import { omit } from '../codegen/omit.ts'
import { personalIn, personalWarning } from '../codegen/personal.ts'
import { counted } from '../codegen/words.ts'
import { readIfThere, saysTheSame, writeWhole } from '../codegen/write-file.ts'
import { painter } from './colours.ts'
import { type FromServer, fromServer, pullFrom, serverOf } from './from-server.ts'
import { collect } from './option-values.ts'
import type { Terminal } from './terminal.ts'

interface PullCommandOptions extends FromServer {
  readonly out?: string
  readonly format: FlagsFormat
  readonly omit: readonly string[]
  readonly fallbackOnError?: boolean
  readonly json?: boolean
}

/** `guidon pull`: the flags of an environment, in a file to bundle. */
export const pullCommand = (terminal: Terminal): Command =>
  fromServer(
    new Command('pull')
      .summary('write the flags of an environment into a file')
      .description('write the flags of an environment into a file, to bundle with an app')
      .option('--out <file>', 'the file to write (default: "guidon.flags.json")')
      .addOption(
        new Option('--format <name>', "guidon's form, or that of Flagsmith's own command")
          .choices(['guidon', 'flagsmith'])
          .default('guidon'),
      )
      .option('--omit <name>', 'leave this flag out; may be given several times', collect, [])
      .option('--fallback-on-error', 'when the server cannot be asked, keep the file there is, and succeed')
      .option('--json', 'print what was done as JSON'),
  ).action((options: PullCommandOptions) => write(options, terminal))

async function write(options: PullCommandOptions, terminal: Terminal): Promise<void> {
  const { format, json, fallbackOnError } = options
  const config = await readConfig(terminal)
  const out = options.out ?? config.flags ?? FLAGS_FILE
  const file = resolve(terminal.cwd, out)
  const say = (what: { flags: number; changed: boolean; problem?: string }, line: string) =>
    terminal.out(json ? JSON.stringify({ file: out, ...what }) : line)

  const before = await flagsIn(file)
  const pulled = await pullFrom(options, config).catch((error: Error) => {
    if (!fallbackOnError || !before || !isOfTheServer(error.cause)) throw error
    terminal.err(`guidon: ${error.message} ${out} stays as it is.`)
    say(
      { flags: before.flags.size, changed: false, problem: error.message },
      `Kept ${counted(before.flags.size)} in ${out}.`,
    )
  })
  if (!pulled) return

  const { flags, unknown } = omit(pulled.flags, options.omit)
  for (const name of unknown) terminal.err(`guidon: No flag is called ${name}, which is to be left out.`)
  for (const found of personalIn(flags)) terminal.err(`guidon: ${personalWarning(found)}`)
  const { api } = serverOf(options, config)
  const print = (date = pulled.date) =>
    writeFlags({ ...pulled, flags, date }, { format, ...(api && { api }) })
  // The same flags are the same file, whatever day it is.
  const changed = await writeWhole(
    file,
    print(saysTheSame(before?.text, print(before?.date)) ? before?.date : undefined),
  )
  say(
    { flags: flags.size, changed },
    changed
      ? `${painter(terminal)('green', 'Wrote')} ${counted(flags.size)} to ${out}.`
      : `${counted(flags.size)}, as ${out} has them already.`,
  )
}

/** The flags of a file that is there, if it is one. */
async function flagsIn(file: string) {
  const text = await readIfThere(file)
  if (text === undefined) return
  try {
    return { text, ...readFlags(text) }
  } catch {
    // Not ours to judge: it is about to be replaced.
    return
  }
}
