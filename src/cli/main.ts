import { Command, CommanderError } from 'commander'
import { oneLine } from './one-line.ts'
import { serveCommand } from './serve.ts'
import type { Terminal } from './terminal.ts'

/**
 * The program `guidon`: one file a command. Resolves to the exit code and never rejects; what goes wrong is said in one
 * line.
 *
 * @example process.exitCode = await main(['serve', '--document', 'environment.json'], terminal)
 */
export async function main(args: readonly string[], terminal: Terminal): Promise<number> {
  const program = new Command('guidon').description('Feature flags from the command line.')
  if (terminal.version) program.version(terminal.version)
  program.addCommand(serveCommand(terminal))
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
    terminal.err(`guidon: ${explained(error)}`)
    return 1
  }
}

function explained(error: unknown): string {
  const { code, address, port } = error as NodeJS.ErrnoException & { address?: string; port?: number }
  switch (code) {
    case 'EADDRINUSE':
      return `Port ${port} of ${address} is in use. Choose another with --port.`
    case 'EACCES':
      return `Port ${port} may not be used by you. Choose one above 1023 with --port.`
    default:
      return oneLine(error)
  }
}
