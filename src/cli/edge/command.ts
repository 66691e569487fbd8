import { Command, InvalidArgumentError, Option } from 'commander'
import { portOf } from '../option-values.ts'
import type { Terminal } from '../terminal.ts'
import { alone } from './alone.ts'
import { createLog } from './log.ts'
import { type EdgeOptions, readSettings } from './settings.ts'
import { isWorker, withWorkers, worker } from './workers.ts'

const EXAMPLES = `
Examples:
  guidon edge --config config.json --data /var/lib/guidon
  ENVIRONMENT_KEY_PAIRS=client-key:ser.… API_URL=https://flags.example.com/api/v1/ guidon edge --port 8000`

/** `guidon edge`: Flagsmith's SDK API near the users. Ends when the terminal says stop. */
export const edgeCommand = (terminal: Terminal): Command =>
  new Command('edge')
    .description('serve environments near the users, from documents that are kept fresh')
    .option(
      '--config <file>',
      "settings, in the Edge Proxy's shape (default: CONFIG_PATH, or config.json if there is one)",
    )
    .option('--host <name>', 'address to listen on (default: 0.0.0.0)')
    .option('--port <number>', 'port to listen on, 0 for any free one (default: 8000)', portOf)
    .option('--data <folder>', 'keep documents there, for starts without upstream')
    .option('--forward-traits', 'bring persistent traits upstream, over a queue in --data')
    .option('--workers <number>', 'processes that serve', workersOf)
    .addOption(
      new Option('--log-format <format>', 'how events are written (default: text)').choices(['json', 'text']),
    )
    .addHelpText('after', EXAMPLES)
    .action((options: EdgeOptions) => edge(options, terminal))

async function edge(options: EdgeOptions, terminal: Terminal): Promise<void> {
  if (isWorker()) return worker(terminal.out)
  const { settings, notes } = await readSettings(options, terminal)
  const log = createLog({ format: settings.logFormat, level: settings.logLevel, write: terminal.out })
  for (const note of notes) log('warning', 'setting_ignored', { note })
  await (settings.workers > 1 ? withWorkers : alone)(settings, log, terminal.stop)
}

function workersOf(text: string): number {
  const workers = Number(text)
  if (!Number.isInteger(workers) || workers < 1)
    throw new InvalidArgumentError('It must be a whole number from 1.')
  return workers
}
