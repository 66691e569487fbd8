import { GuidonError } from '../model/errors.ts'
import { type EnvironmentDocument, environmentDocument } from './document.ts'
import { wait as waitFor } from './wait.ts'

/** What `followServer()` takes. */
export interface FollowOptions {
  /** The base of the SDK API of a Flagsmith server or an Edge Proxy, such as `https://flags.example.com/api/v1/`. */
  readonly api: string
  /** A server-side key. It goes to that server only. */
  readonly serverKey: string
  /** Gets every new document. The next is not asked for before it is done. */
  readonly onChange: (document: EnvironmentDocument) => void | Promise<void>
  /** Hears why there is no document, or no new one: `network`, `timeout`, `http`, `redirect`, `payload`. Told once of each. */
  readonly onProblem: (problem: GuidonError) => void
  /** Hears that the server answers again. */
  readonly onRecovery?: (() => void) | undefined
  /** Hears of every good answer, also that nothing is new. */
  readonly onAnswer?: (() => void) | undefined
  /** Throws a `GuidonError` of code `payload` for a document that is not to be taken, though it is one. */
  readonly check?: ((document: EnvironmentDocument) => void) | undefined
  /** Taken for the start when the server cannot be reached. */
  readonly known?: EnvironmentDocument | undefined
  /** From one answer to the next question. @default 10,000 */
  readonly pollMs?: number | undefined
  /** The same, after so many failures in a row. @default always `pollMs` */
  readonly pauseMs?: ((failures: number) => number) | undefined
  /** @default 10,000 */
  readonly timeoutMs?: number | undefined
  /** Ends it, also while the first document is on its way. */
  readonly signal?: AbortSignal | undefined
  /** @default the global one */
  readonly fetch?: typeof fetch | undefined
  /** @default by the clock */
  readonly wait?: ((ms: number, signal: AbortSignal) => Promise<void>) | undefined
}

/** A server whose document is followed. */
export interface FollowedServer {
  /** What the server said at the start. */
  readonly document: EnvironmentDocument
  stop(): void
}

/** A server that is just starting is given two more chances. */
const TRIES = 3
const BETWEEN_TRIES_MS = 1_000

/**
 * Reads the environment document of a server, and asks for it again and again. Later, when the server is away, the last good
 * document stands.
 *
 * @throws GuidonError when there is no document at the start, and none is known.
 * @example
 * const source = await followServer({ api, serverKey, onChange: (document) => edge.replace(document), onProblem })
 * const edge = createEdge({ document: source.document, serverKeys: [serverKey] })
 */
export async function followServer({
  onChange,
  onProblem,
  onRecovery,
  onAnswer,
  known,
  pollMs = 10_000,
  pauseMs = () => pollMs,
  signal,
  wait = waitFor,
  ...server
}: FollowOptions): Promise<FollowedServer> {
  const end = new AbortController()
  const stop = () => end.abort()
  signal?.addEventListener('abort', stop)
  if (signal?.aborted) stop()
  const ask = asking(server, end.signal)

  /** The kind of trouble that was told last. */
  let trouble: string | undefined
  function tell(problem: GuidonError): void {
    if (problem.message !== trouble) onProblem(problem)
    trouble = problem.message
  }

  async function first(): Promise<EnvironmentDocument> {
    for (let tries = 1; ; tries++) {
      try {
        // Nothing was heard before, so whatever it says is news.
        const news = (await ask())!
        trouble = undefined
        onAnswer?.()
        return news
      } catch (error) {
        const problem = error as GuidonError
        if (end.signal.aborted || isRefusal(problem) || (!known && tries === TRIES)) throw problem
        tell(problem)
        if (known) return known
        await wait(BETWEEN_TRIES_MS, end.signal)
      }
    }
  }

  async function follow(text: string): Promise<void> {
    for (let failures = 0; ; ) {
      await wait(pauseMs(failures), end.signal)
      if (end.signal.aborted) return
      failures++
      try {
        const news = await ask()
        if (end.signal.aborted) return
        failures = 0
        onAnswer?.()
        if (trouble) onRecovery?.()
        trouble = undefined
        // Not every server knows 304.
        const next = news ? JSON.stringify(news) : text
        if (next === text) continue
        text = next
        await onChange(news!)
      } catch (error) {
        if (!end.signal.aborted) tell(error as GuidonError)
      }
    }
  }

  const document = await first()
  void follow(JSON.stringify(document))
  return { document, stop }
}

/** An answer that asking again does not change: the key, above all. */
const isRefusal = ({ code, status = 0 }: GuidonError): boolean =>
  code === 'http' && status < 500 && status !== 429

type Server = Pick<FollowOptions, 'api' | 'serverKey' | 'check' | 'timeoutMs' | 'fetch'>

/** Gives a function that asks for the document, and gets nothing when it is the one it gave last. */
function asking(
  { api, serverKey, check, timeoutMs = 10_000, fetch = globalThis.fetch }: Server,
  end: AbortSignal,
): () => Promise<EnvironmentDocument | undefined> {
  const base = api.replace(/\/?$/, '/')
  let path = 'environment-document/'
  let since: string | undefined

  /** One request: a response with its body, as text. */
  async function get(path: string) {
    const leave = new AbortController()
    const giveUp = () => leave.abort()
    let isLate = false
    const timer = setTimeout(() => {
      isLate = true
      giveUp()
    }, timeoutMs)
    end.addEventListener('abort', giveUp)
    if (end.aborted) giveUp()
    try {
      const response = await fetch(base + path, {
        headers: { 'X-Environment-Key': serverKey, ...(since && { 'If-Modified-Since': since }) },
        redirect: 'manual',
        signal: leave.signal,
      })
      return { response, text: await response.text() }
    } catch (cause) {
      throw new GuidonError(isLate ? 'timeout' : 'network', 'no answer', { cause })
    } finally {
      clearTimeout(timer)
      end.removeEventListener('abort', giveUp)
    }
  }

  /**
   * The API has a slash at the end, the Edge Proxy has none, and each redirects to its own. The other form is tried and no
   * redirect followed: the key is for the address it was given for.
   */
  async function find() {
    const found = await get(path)
    if (!isRedirect(found.response)) return found
    const other = path.endsWith('/') ? path.slice(0, -1) : `${path}/`
    const second = await get(other)
    if (isRedirect(second.response) || second.response.status === 404) return found
    path = other
    return second
  }

  return async () => {
    const { response, text } = await find()
    const { status, ok, headers } = response
    if (status === 304) return undefined
    if (!ok) throw new GuidonError(isRedirect(response) ? 'redirect' : 'http', `status ${status}`, { status })
    let document: EnvironmentDocument
    try {
      document = environmentDocument(JSON.parse(text))
    } catch (cause) {
      throw new GuidonError('payload', 'no environment document', { cause })
    }
    check?.(document)
    // Dates count in seconds: what was changed in this very second may change once more in it.
    const modified = headers.get('Last-Modified') ?? undefined
    const ageMs = Date.parse(headers.get('Date') ?? '') - Date.parse(modified ?? '')
    since = ageMs < 1000 ? undefined : modified
    return document
  }
}

const isRedirect = ({ status }: Response): boolean => status >= 300 && status < 400 && status !== 304
