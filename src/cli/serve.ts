import { Command } from 'commander'
import { oneLine } from '../codegen/words.ts'
import { createEdge } from '../edge/create-edge.ts'
import { badNetwork } from './bad-network.ts'
import { openSource, type SourceOptions } from './document-source.ts'
import { listen } from './listen.ts'
import { collect, portOf, type Range, rangeOf, rateOf, secondsOf, seedOf } from './option-values.ts'
import { seeded } from './seeded.ts'
import type { Terminal } from './terminal.ts'
import { untilAborted } from './until-aborted.ts'

interface ServeOptions extends SourceOptions {
  readonly watch: boolean
  readonly port: number
  readonly host: string
  readonly serverKey?: readonly string[]
  readonly persistTraits: boolean
  readonly latency?: Range
  readonly failRate?: number
  readonly seed?: number
  readonly offline?: boolean
  readonly json?: boolean
}

const EXAMPLES = `
Examples:
  guidon serve --document environment.json
  guidon serve --flags --latency 100-800 --fail-rate 10%
  GUIDON_SERVER_KEY=ser.… guidon serve --from-server https://flags.example.com/api/v1/ --document environment.json`

/** `guidon serve`: Flagsmith's SDK API of a file or of a server, following it. Ends when the terminal says stop. */
export const serveCommand = (terminal: Terminal): Command =>
  new Command('serve')
    .description('serve an environment as a Flagsmith server does, over a network as bad as you like')
    .option('--document <file>', 'the environment document, as JSON')
    .option('--flags [file]', 'a file of flags, for everybody the same (default: "guidon.flags.json")')
    .option('--from-server <url>', "this server's document; --document is then the file to keep it in")
    .option('--poll <seconds>', 'how often that server is asked', secondsOf, 10)
    .option('--watch', 'serve what changes there, at once', true)
    .option('--no-watch', 'serve what was there at the start')
    .option('--port <number>', 'port to listen on, 0 for any free one', portOf, 8787)
    .option('--host <name>', 'address to listen on', '127.0.0.1')
    .option(
      '--server-key <key>',
      'a server-side key; may be given several times. Who lists processes sees it: rather set GUIDON_SERVER_KEY',
      collect,
    )
    .option('--no-persist-traits', 'forget traits after each request, as the Edge Proxy does')
    .option('--latency <ms>', 'how long a request takes, there and back: 300, or 100-800', rangeOf)
    .option('--fail-rate <rate>', 'how many fail, 0.1 or 10%: a 503, no answer, or half of one', rateOf)
    .option('--seed <number>', 'waits and failures as in another run with this seed', seedOf)
    .option('--offline', 'drop every connection')
    .option('--json', 'print address and key as JSON')
    .addHelpText('after', EXAMPLES)
    .action((options: ServeOptions) => serve(options, terminal))

async function serve(options: ServeOptions, terminal: Terminal): Promise<void> {
  const { err, stop, env } = terminal
  const { port, host, persistTraits, latency = [0, 0], failRate = 0 } = options
  const seed = options.seed ?? Math.floor(Math.random() * 100_000)
  // The program that reads the JSON wants nothing else.
  const say = options.json ? err : terminal.out
  const end = new AbortController()
  stop.addEventListener('abort', () => end.abort())

  const serverKeys = options.serverKey ?? [env.GUIDON_SERVER_KEY?.trim() ?? ''].filter(Boolean)
  const source = await openSource(options, terminal, {
    serverKey: serverKeys[0],
    signal: end.signal,
    onChange(document) {
      edge.replace(document)
      say(`Serving the change in ${source?.from}.`)
    },
  }).catch((error) => {
    // Who was told to stop has nothing more to say.
    if (!end.signal.aborted) throw error
  })
  if (!source) return
  if (!options.watch) source.stop()

  const { document, what } = source
  const edge = createEdge({ document, serverKeys, persistTraits })
  const network = badNetwork(edge.answer, {
    latencyMs: latency,
    failRate,
    isOffline: options.offline ?? false,
    random: seeded(seed),
  })
  try {
    const server = await listen(network.answer, { port, host, onError: (error) => err(oneLine(error)) })
    const url = `${server.url}api/v1/`
    if (options.json) terminal.out(JSON.stringify({ url, environmentKey: document.api_key }))
    else say(`Serving ${what} at ${url} (client key ${document.api_key}).`)
    for (const line of weather(latency, failRate, seed)) say(line)
    const sayWhere = () => say(network.isOffline ? 'Offline: every connection is dropped.' : 'Online again.')
    if (network.isOffline) sayWhere()

    const leave = terminal.onLine?.((line) => {
      if (line.trim() === 'q') end.abort()
      if (line.trim() !== 'o') return
      network.isOffline = !network.isOffline
      if (network.isOffline) server.cut()
      sayWhere()
    })
    if (leave) say('Type o and Enter to go offline or online, q to stop.')
    await untilAborted(end.signal)
    leave?.()
    edge.close()
    await server.close()
  } finally {
    source.stop()
  }
}

/** What the network is like, in a line if it needs one. */
function weather([from, to]: Range, failRate: number, seed: number): string[] {
  const parts: string[] = []
  if (to > 0) parts.push(`waits ${from === to ? to : `${from}-${to}`} ms`)
  if (failRate > 0) parts.push(`fails ${Number((failRate * 100).toFixed(2))}% of the time`)
  const again = from < to || failRate > 0 ? ` --seed ${seed} does it again.` : ''
  return parts.length ? [`Every request ${parts.join(' and ')}.${again}`] : []
}
