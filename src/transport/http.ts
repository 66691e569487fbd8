import { within } from '../core/within.ts'
import { GuidonError } from '../model/errors.ts'
import type { WireRequest } from '../wire/request.ts'
import type { Abort, Fetch } from './platform.ts'

/** Sends one request and gives the body of a successful answer. `stop` ends it. */
export type Send = (request: WireRequest, stop: Abort) => Promise<string>

/**
 * One request over `fetch`. Only the environment key goes along, because any header of our own fails the preflight on
 * some server; and a redirect is not followed, because the key and the identifier are not for another host to see.
 * It settles within its time limit (headers and body) and on abort, even where `fetch` does not listen to its signal.
 *
 * @throws GuidonError `network`, `timeout`, `redirect`, `http`.
 */
export const httpSend =
  (api: string, environmentKey: string, fetcher: () => Fetch, timeoutMs: number): Send =>
  async ({ path, body }, stop) => {
    const answer = async () => {
      const response = await fetcher()(api + path, {
        method: body ? 'POST' : 'GET',
        body: body as string,
        headers: { 'X-Environment-Key': environmentKey, ...(body && { 'Content-Type': 'application/json' }) },
        redirect: 'manual',
        // What says something arrives though its page goes. More than 64 KiB on its way would be refused.
        keepalive: (body as string)?.length < 20_000,
        signal: stop.signal,
        // No cookies. Browsers and React Native have some, and a `product`; some worker runtimes refuse to hear of them.
        ...(globalThis.navigator?.product && { credentials: 'omit', referrerPolicy: 'no-referrer' }),
      })
      const { status, ok } = response
      if (ok) return response.text()
      // RFC 9110, 10.2.3: seconds or a date.
      const after = response.headers.get('Retry-After') as never
      const retryAfterMs = after * 1000 || Date.parse(after) - Date.now()
      // Browsers show a redirect that was not followed as status 0.
      throw new GuidonError(status > 399 ? 'http' : 'redirect', `status ${status}`, {
        status,
        retryAfterMs: retryAfterMs > 0 ? retryAfterMs : undefined,
      })
    }

    try {
      return await within(timeoutMs, answer(), stop.signal)
    } catch (cause) {
      // Nobody reads on, though more may come.
      stop.abort()
      throw cause instanceof GuidonError ? cause : new GuidonError('network', 'no answer', { cause })
    }
  }
