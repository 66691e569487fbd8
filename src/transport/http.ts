import { GuidonError } from '../model/errors.ts'
import type { WireRequest } from '../wire/request.ts'
import { wait } from './wait.ts'

/** Sends one request and gives the body of a successful answer. */
export type Send = (request: WireRequest, signal: AbortSignal) => Promise<string>

/** An answer longer than this many characters is refused: 5,000 flags are about a million. */
const MAX_CHARACTERS = 5_000_000

/** For browsers: revalidate instead of trusting a cache, and send neither cookies nor the page's address. */
const inBrowser: RequestInit = { cache: 'no-cache', credentials: 'omit', referrerPolicy: 'no-referrer' }

/**
 * One request over `fetch`. Only the environment key goes along, because any header of our own fails the preflight on
 * some server; and a redirect is not followed, because the key and the identifier are not for another host to see.
 * It settles within its time limit (headers and body) and on abort, even where `fetch` does not listen to its signal.
 *
 * @throws GuidonError `network`, `timeout`, `redirect`, `http`, `payload`.
 */
export const httpSend =
  (api: string, environmentKey: string, fetchOption: typeof fetch | undefined, timeoutMs: number): Send =>
  async ({ path, body }, signal) => {
    const controller = new AbortController()
    const abort = () => controller.abort()
    signal.addEventListener('abort', abort)

    const answer = async () => {
      // Looked up at each call, so that a patched or mocked `fetch` is the one that is used.
      const send = fetchOption ?? globalThis.fetch ?? (await import('cross-fetch')).fetch
      const response = await send(api + path, {
        // Elsewhere than in browsers these are not set: some worker runtimes refuse options that they do not know.
        ...(typeof document === 'object' && inBrowser),
        method: body ? 'POST' : 'GET',
        body: body ?? null,
        headers: { 'X-Environment-Key': environmentKey, ...(body && { 'Content-Type': 'application/json' }) },
        redirect: 'manual',
        signal: controller.signal,
      })
      const { status } = response
      // Browsers show a redirect that was not followed as status 0.
      if (status < 200 || (status > 299 && status < 400))
        throw new GuidonError('redirect', 'is the api address right?')
      if (status > 299) {
        // RFC 9110, 10.2.3: seconds or a date.
        const after = response.headers.get('Retry-After') as string
        const retryAfterMs = Number(after) * 1000 || Date.parse(after) - Date.now()
        throw new GuidonError('http', `status ${status}`, {
          status,
          ...(retryAfterMs > 0 && { retryAfterMs }),
        })
      }
      const text = await response.text()
      if (text.length > MAX_CHARACTERS) throw new GuidonError('payload', 'too large')
      return text
    }
    const tooLate = async () => {
      await wait(timeoutMs, controller.signal)
      throw new GuidonError('timeout', `after ${timeoutMs} ms`)
    }

    try {
      return await Promise.race([answer(), tooLate()])
    } catch (cause) {
      throw cause instanceof GuidonError
        ? cause
        : new GuidonError('network', 'the api is out of reach', { cause })
    } finally {
      abort()
      signal.removeEventListener('abort', abort)
    }
  }
