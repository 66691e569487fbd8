import { Command, CommanderError } from 'commander'
import { edgeCommand } from './edge/command.ts'
import { explain } from './explain.ts'
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
  const program = new Command('guidon').description('Feature flags from the command line.')
  if (terminal.version) program.version(terminal.version)
  for (const command of [pullCommand, typesCommand, serveCommand, edgeCommand])
    program.addCommand(command(terminal))
  for (const command of [program, ...program.commands]) {
    command.exitOverride().configureOutput({
      writeOut: (text) => terminal.out(text.trimEnd()),
      writeErr: (text) => terminal.err(text.trimEnd()),
    })
  }
  try {
    await program.parseAsync(args, { from: 'user' })
    return 0
  } catch (error) {
    // Commander has said its own already.
    if (error instanceof CommanderError) return error.exitCode
    terminal.err(`guidon: ${explain(error)}`)
    return 1
  }
}
