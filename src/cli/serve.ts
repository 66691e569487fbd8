import { Command, InvalidArgumentError } from 'commander'
import { createEdge } from '../edge/create-edge.ts'
import { listen } from './listen.ts'
import type { Terminal } from './terminal.ts'
import { watchDocument } from './watch-document.ts'
import { oneLine } from './words.ts'

interface ServeOptions {
  readonly document: string
  readonly port: number
  readonly host: string
  readonly serverKey: readonly string[]
  readonly persistTraits: boolean
}

/** `guidon serve`: Flagsmith's SDK API from a file, following the file. Ends when the terminal says stop. */
export const serveCommand = (terminal: Terminal): Command =>
  new Command('serve')
    .description('serve an environment document as a Flagsmith server')
    .requiredOption(
      '--document <file>',
      'the environment document, as JSON; a saved change is served at once',
    )
    .option('--port <number>', 'port to listen on, 0 for any free one', portOf, 8787)
    .option('--host <name>', 'address to listen on', '127.0.0.1')
    .option('--server-key <key>', 'a server-side key; may be given several times', collect, [])
    .option('--no-persist-traits', 'forget traits after each request, as the Edge Proxy does')
    .action((options: ServeOptions) => serve(options, terminal))

async function serve(options: ServeOptions, { out, err, stop }: Terminal): Promise<void> {
  const watched = await watchDocument(options.document, {
    onChange(document) {
      edge.replace(document)
      out(`Serving the change in ${options.document}.`)
    },
    onProblem: (problem) => err(`${oneLine(problem)} The last good document stays.`),
  })
  const { document } = watched
  const edge = createEdge({ document, serverKeys: options.serverKey, persistTraits: options.persistTraits })
  try {
    const server = await listen(edge.answer, {
      port: options.port,
      host: options.host,
      onError: (error) => err(oneLine(error)),
    })
    out(
      `Serving ${document.name ?? options.document} at ${server.url}api/v1/ (client key ${document.api_key}).`,
    )
    await untilAborted(stop)
    edge.close()
    await server.close()
  } finally {
    watched.stop()
  }
}

const untilAborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })

function portOf(text: string): number {
  const port = Number(text)
  if (!/^\d+$/.test(text) || port > 65_535)
    throw new InvalidArgumentError('It must be a number from 0 to 65535.')
  return port
}

const collect = (key: string, others: readonly string[]): string[] => [...others, key]
