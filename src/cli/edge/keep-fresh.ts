import { updatedAtOf } from '../../edge/create-edge.ts'
import type { EnvironmentDocument } from '../../edge/document.ts'
import { followServer } from '../../edge/follow-server.ts'
import { wait } from '../../edge/wait.ts'
import { GuidonError } from '../../model/errors.ts'
import type { DocumentCopies } from './document-copies.ts'
import type { Log } from './log.ts'
import type { KeyPair } from './setting-values.ts'

export interface KeepFreshOptions extends KeyPair {
  readonly api: string
  readonly pollMs: number
  readonly timeoutMs: number
  readonly copies: DocumentCopies | undefined
  readonly fetch: typeof fetch
  readonly signal: AbortSignal
  readonly log: Log
  /** Gets the document on disk, if there is one, and then every new one of upstream. */
  readonly serve: (document: EnvironmentDocument) => void
  /** Hears of every good answer of upstream. */
  readonly onAnswer: () => void
}

/** No pause between two questions is longer, however long upstream is away. */
const LONGEST_PAUSE_MS = 60_000

/**
 * Keeps the document of an environment fresh: first what is on disk, which is served when this resolves, then what upstream says,
 * for as long as nobody stops it. Never rejects: whatever happens, the last good document stays, and what is wrong is said once.
 */
export async function keepFresh({
  clientKey,
  serverKey,
  api,
  pollMs,
  timeoutMs,
  copies,
  fetch,
  signal,
  log,
  serve,
  onAnswer,
}: KeepFreshOptions): Promise<{ readonly following: Promise<void> }> {
  let current: EnvironmentDocument | undefined
  let trouble: string | undefined

  function tell(problem: GuidonError): void {
    if (signal.aborted || problem.message === trouble) return
    trouble = problem.message
    // In our own words: an answer that could not be read may hold identifiers.
    const what =
      problem instanceof GuidonError ? problem.message.replace('[guidon] ', '') : 'it cannot be served'
    log('warning', 'upstream_problem', {
      environment: clientKey,
      problem: what,
      serving: current !== undefined,
    })
  }

  /** Upstream may be several servers, one of which lags; or somebody may have mixed up keys. */
  function check(document: EnvironmentDocument): void {
    if (document.api_key !== clientKey)
      throw new GuidonError('payload', 'the document of another environment')
    const [served, offered] = [current && updatedAtOf(current), updatedAtOf(document)]
    if (served !== undefined && offered !== undefined && offered < served)
      throw new GuidonError('payload', 'a document that is older than the one served')
  }

  async function take(document: EnvironmentDocument): Promise<void> {
    serve(document)
    current = document
    log('info', 'document_taken', { environment: clientKey, updated_at: document.updated_at ?? null })
    await copies?.write(document).catch((error) => {
      log('error', 'disk_problem', { environment: clientKey, problem: error.code })
    })
  }

  function hear(): void {
    onAnswer()
    if (trouble) log('info', 'upstream_recovered', { environment: clientKey })
    trouble = undefined
  }

  /** A tenth more or less, so that many edges do not ask all at once; twice as long after each failure. */
  const pauseMs = (failures: number): number =>
    Math.min(pollMs * 2 ** failures, Math.max(pollMs, LONGEST_PAUSE_MS)) * (0.9 + Math.random() / 5)

  try {
    const known = await copies?.read(clientKey)
    if (known) {
      serve(known)
      current = known
      log('info', 'copy_served', { environment: clientKey, updated_at: known.updated_at ?? null })
    }
  } catch {
    log('error', 'copy_unreadable', { environment: clientKey })
  }

  async function follow(): Promise<void> {
    while (!signal.aborted) {
      try {
        const { document } = await followServer({
          api,
          serverKey,
          timeoutMs,
          pauseMs,
          fetch,
          signal,
          check,
          onChange: take,
          onProblem: tell,
          onAnswer: hear,
        })
        if (JSON.stringify(document) !== JSON.stringify(current)) await take(document)
        return
      } catch (problem) {
        tell(problem as GuidonError)
        await wait(pauseMs(0), signal)
      }
    }
  }
  return { following: follow() }
}
