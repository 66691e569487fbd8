import { resolve } from 'node:path'
import { Command, CommanderError, InvalidArgumentError } from 'commander'
import { apiBase } from '../client/options.ts'
import { FLAGS_FILE, readConfig } from '../codegen/config.ts'
import { explain } from '../codegen/explain.ts'
import { isAddress } from '../codegen/pull.ts'
import { readIfThere } from '../codegen/write-file.ts'
import { bundledFile } from './bundled-file.ts'
import { painter } from './colours.ts'
import * as examine from './examine.ts'
import { type AskServer, askServer, serverOf } from './from-server.ts'
import { inLines } from './table.ts'
import type { Terminal } from './terminal.ts'

interface DoctorOptions extends AskServer {
  readonly flags?: string
  readonly origin: string
  readonly json?: boolean
}

/** `guidon doctor`: whether apps can work with this key and server, and what to do where they cannot. */
export const doctorCommand = (terminal: Terminal): Command =>
  askServer(
    new Command('doctor')
      .summary('find what keeps apps from their flags')
      .description('look for what keeps apps from their flags, and say what to do')
      .option('--origin <url>', 'the origin of the app’s pages', originOf, 'https://example.com')
      .option('--flags <file>', 'the bundled flags (default: "guidon.flags.json")')
      .option('--json', 'print the results as JSON'),
  ).action((options: DoctorOptions) => look(options, terminal))

async function look(options: DoctorOptions, terminal: Terminal): Promise<void> {
  const config = await readConfig(terminal)
  const { environmentKey: key, api } = serverOf(options, config)
  const name = options.flags ?? config.flags ?? FLAGS_FILE
  const all: (examine.Result & { check: string })[] = []
  /** Looks at one thing, and tells. */
  const see = async <R extends examine.Result>(check: string, get: () => R | Promise<R>): Promise<R> => {
    if (!options.json) terminal.progress?.(`Looking: ${check}`)
    const result = await Promise.resolve()
      .then(get)
      .catch((error): R => ({ state: 'fail', found: explain(error) }) as R)
    const { state, found, todo } = result
    all.push({ check, state, found, ...(todo && { todo }) })
    if (!options.json) print(check, result, terminal)
    return result
  }

  const { state } = await see('key', () => examine.keyResult(key))
  const server = {
    api: apiBase(api),
    origin: options.origin,
    timeoutMs: options.timeout * 1_000,
  }
  if (state === 'ok') {
    const subject = { ...server, key: key as string }
    const { isThere } = await see('server', () => examine.serverResult(subject))
    if (isThere) {
      const samples = await examine.samplesOf(subject).catch(() => [])
      const [fastest, ...others] = samples
      if (fastest) {
        await see('latency', () => examine.latencyResult(samples))
        await see('clock', () => examine.clockResult([fastest, ...others]))
      }
      await see('cors', () => examine.corsResult(server, fastest?.response))
    }
    if (isAddress(server.api)) await see('realtime', () => examine.realtimeResult(subject))
  }
  await see('bundled', async () => {
    const text = await readIfThere(resolve(terminal.cwd, name))
    return text === undefined && !options.flags
      ? { state: 'ok', found: `There is no ${name}: nothing is bundled.` }
      : examine.bundledResult(name, await bundledFile(name, terminal.cwd), text ?? '')
  })

  if (options.json) terminal.out(JSON.stringify(all, null, 2))
  if (all.some(({ state }) => state === 'fail')) throw new CommanderError(1, 'guidon.doctor', 'failed')
}

const MARKS = {
  ok: { style: 'green', mark: '✓', word: 'ok  ' },
  warn: { style: 'yellow', mark: '!', word: 'warn' },
  fail: { style: 'red', mark: '✗', word: 'FAIL' },
} as const

/** A line, and below it what to do. Signs are for terminals; logs get words. */
function print(check: string, { state, found, todo }: examine.Result, terminal: Terminal): void {
  const { style, mark, word } = MARKS[state]
  const start = terminal.colours ? mark : word
  const indent = ' '.repeat(start.length + 10)
  const paint = painter(terminal)
  const lines = [
    ...inLines([found], 80 - indent.length),
    ...(todo ? inLines([`-> ${todo}`], 80 - indent.length) : []),
  ]
  for (const [index, line] of lines.entries())
    terminal.out(index ? indent + line : `${paint(style, start)} ${check.padEnd(9)}${line}`)
}

/** An origin has no path, as browsers send it. */
function originOf(text: string): string {
  const { origin } = URL.canParse(text) ? new URL(text) : { origin: 'null' }
  if (origin === 'null') throw new InvalidArgumentError('It must be like https://shop.example.com.')
  return origin
}
