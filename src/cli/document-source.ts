import { resolve } from 'node:path'
import { FLAGS_FILE, readConfig } from '../codegen/config.ts'
import { counted, oneLine } from '../codegen/words.ts'
import type { EnvironmentDocument } from '../edge/document.ts'
import { flagsDocument } from './flags-document.ts'
import { mirror } from './mirror.ts'
import type { Terminal } from './terminal.ts'
import { watchDocument } from './watch-document.ts'

/** Where a document is to come from: exactly one of these, but a server's may be kept in `document`. */
export interface SourceOptions {
  readonly document?: string
  /** True takes the file that the config names. */
  readonly flags?: string | true
  readonly fromServer?: string
  /** In seconds. */
  readonly poll: number
}

interface Listeners {
  /** For the server's document. */
  readonly serverKey: string | undefined
  /** Ends it, also before there is a document. */
  readonly signal: AbortSignal
  onChange(document: EnvironmentDocument): void
}

export interface DocumentSource {
  /** What it was at the start. */
  readonly document: EnvironmentDocument
  /** What is served, in words. */
  readonly what: string
  /** The file or the address, as it was given. */
  readonly from: string
  stop(): void
}

/** Opens the source that options name, and follows it. Rejects with a line. */
export async function openSource(
  { document: file, flags, fromServer: api, poll }: SourceOptions,
  terminal: Terminal,
  { serverKey, signal, onChange }: Listeners,
): Promise<DocumentSource> {
  const { cwd, err } = terminal
  const isOfEnvironment = file !== undefined || api !== undefined
  if (isOfEnvironment === (flags !== undefined))
    throw new Error('What is to be served? Give --document, --flags or --from-server.')

  if (api !== undefined) {
    if (!URL.canParse(api))
      throw new Error(`${api} is no address. One looks like https://flags.example.com/api/v1/.`)
    if (!serverKey)
      throw new Error('A server gives its document for a server-side key only. Set GUIDON_SERVER_KEY.')
    const mirrored = await mirror({
      api,
      serverKey,
      file: file && resolve(cwd, file),
      pollMs: poll * 1_000,
      signal,
      onChange,
      say: err,
    })
    return { ...mirrored, what: `${mirrored.document.name ?? 'the environment'} of ${api}`, from: api }
  }

  const onProblem = (problem: unknown) => err(`${oneLine(problem)} The last good document stays.`)
  if (file !== undefined) {
    const watched = await watchDocument(resolve(cwd, file), { onChange, onProblem })
    return { ...watched, what: watched.document.name ?? file, from: file }
  }

  const config = await readConfig(terminal)
  const from = typeof flags === 'string' ? flags : (config.flags ?? FLAGS_FILE)
  const read = (text: string) => flagsDocument(text, config.environmentKey ?? 'local')
  const watched = await watchDocument(resolve(cwd, from), { onChange, onProblem, read })
  return { ...watched, what: `${counted(watched.document.feature_states.length)} of ${from}`, from }
}
