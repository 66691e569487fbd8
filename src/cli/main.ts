import { Command, CommanderError } from 'commander'
import { explain } from '../codegen/explain.ts'
import { checkCommand } from './check.ts'
import { type Paint, painter } from './colours.ts'
import { doctorCommand } from './doctor.ts'
import { edgeCommand } from './edge/command.ts'
import { migrateCommand } from './migrate.ts'
import { pullCommand } from './pull.ts'
import { serveCommand } from './serve.ts'
import type { Terminal } from './terminal.ts'
import { typesCommand } from './types.ts'

/**
 * The program `guidon`: one file a command. Resolves to the exit code and never rejects; what goes wrong is said in one
 * line.
 *
 * @example process.exitCode = await main(['serve', '--document', 'environment.json'], terminal)
 */
export async function main(args: readonly string[], terminal: Terminal): Promise<number> {
  const paint = painter(terminal)
  const program = new Command('guidon')
    .usage('<command> [options]')
    .description('Feature flags from the command line: bundle, type, check and serve them.')
    .helpCommand(false)
    .addHelpText('after', () => `\n${more(paint)}`)
  if (terminal.version) program.version(terminal.version, '-V, --version', 'print the version')
  const commands = [
    pullCommand,
    typesCommand,
    checkCommand,
    doctorCommand,
    serveCommand,
    edgeCommand,
    migrateCommand,
  ]
  for (const command of commands) program.addCommand(command(terminal))
  for (const command of [program, ...program.commands]) {
    command
      .optionsGroup('Options:')
      .helpOption('-h, --help', 'print this')
      .exitOverride()
      .configureOutput({
        writeOut: (text) => terminal.out(text.trimEnd()),
        writeErr: (text) => terminal.err(text.trimEnd()),
        getOutHelpWidth: () => 80,
        getErrHelpWidth: () => 80,
        getOutHasColors: () => terminal.colours ?? false,
        getErrHasColors: () => terminal.colours ?? false,
      })
      .configureHelp({
        styleTitle: (text) => paint('bold', text),
        subcommandTerm: (command) => command.name(),
        styleSubcommandTerm: (text) => paint('cyan', text),
        styleOptionTerm: (text) => paint('cyan', text),
      })
    const example = EXAMPLES[command.name()]
    if (example) command.addHelpText('after', () => `\n${paint('bold', 'Example:')}\n  ${example}`)
  }
  try {
    await program.parseAsync(args, { from: 'user' })
    return 0
  } catch (error) {
    // Commander, or the command, has said its own already.
    if (error instanceof CommanderError) return error.exitCode
    terminal.err(`${paint('red', 'guidon:')} ${explain(error)}`)
    return 1
  }
}

/** For commands that have none of their own. */
const EXAMPLES: Readonly<Record<string, string>> = {
  pull: 'guidon pull --out src/flags.json --fallback-on-error',
  types: 'guidon types --from src/flags.json --out src/guidon.d.ts',
  check: 'guidon check --src src --fail-on missing,drift',
  doctor: 'guidon doctor --origin https://shop.example.com',
  migrate: 'guidon migrate src/ --write',
}

/** What comes after the lists of `guidon --help`. */
const more = (paint: Paint): string => {
  const part = (title: string, lines: readonly (readonly [string, string])[]) =>
    [
      paint('bold', `${title}:`),
      ...lines.map(([term, text]) => `  ${paint('cyan', term.padEnd(24))}${text}`),
    ].join('\n')
  return [
    [
      paint('bold', 'Examples:'),
      ...[...Object.values(EXAMPLES), 'guidon serve --document environment.json'].map((line) => `  ${line}`),
    ].join('\n'),
    part('Environment', [
      ['GUIDON_ENVIRONMENT_KEY', 'the client-side key of your environment'],
      ['GUIDON_API', 'the base of the SDK API, if it is not Flagsmith’s own'],
      ['GUIDON_SERVER_KEY', 'a server-side key, for serve alone'],
      ['NO_COLOR, FORCE_COLOR', 'no colours, colours'],
    ]),
    'What is always the same goes into guidon.config.json (or .js, .mjs, .ts).',
    '`guidon <command> --help` tells more. Codes: 0 all is well, 1 it is not.',
  ].join('\n\n')
}
