import { Command, InvalidArgumentError, Option } from 'commander'
import { portOf } from '../option-values.ts'
import type { Terminal } from '../terminal.ts'
import { openBackOffice } from './back-office.ts'
import { createFrontDesk } from './front-desk.ts'
import { createLog, type Log } from './log.ts'
import { createMetrics, prometheus } from './metrics.ts'
import { type EdgeOptions, type EdgeSettings, readSettings } from './settings.ts'

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
  const { settings, notes } = await readSettings(options, terminal)
  const log = createLog({ format: settings.logFormat, level: settings.logLevel, write: terminal.out })
  for (const note of notes) log('warning', 'setting_ignored', { note })
  await alone(settings, log, terminal.stop)
}

/** Everything in one process. */
async function alone(settings: EdgeSettings, log: Log, stop: AbortSignal): Promise<void> {
  const metrics = createMetrics()
  const answered = new Map<string, number>()
  const office = await openBackOffice({ settings, log, metrics })
  const scrape = () => prometheus(metrics.numbers(), ages(answered))
  const desk = createFrontDesk({ settings, log, metrics, office, answered, scrape })
  try {
    await office.follow({
      serve: desk.replace,
      onAnswer: (clientKey) => answered.set(clientKey, Date.now()),
    })
    const url = await desk.open()
    log('info', 'started', { url: `${url}api/v1/`, environments: settings.environments.length })
    await untilAborted(stop)
    log('info', 'stopping')
    await desk.close()
  } finally {
    await office.close()
  }
  log('info', 'stopped')
}

const ages = (answered: ReadonlyMap<string, number>) => {
  const ages = createMetrics()
  for (const [environment, at] of answered)
    ages.set('document_age_seconds', { environment }, (Date.now() - at) / 1_000)
  return ages.numbers()
}

function workersOf(text: string): number {
  const workers = Number(text)
  if (!Number.isInteger(workers) || workers < 1)
    throw new InvalidArgumentError('It must be a whole number from 1.')
  return workers
}

const untilAborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
