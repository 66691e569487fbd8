import type { Inside } from '../client/client.ts'
import { type Stop, stopAll } from '../core/ports.ts'
import { parsed } from './kept.ts'

import { watchRoad } from './page-road.ts'
import { plural } from './words.ts'

/** How the road is. Only requests of this client notice. */
export type Road = 'real' | 'slow' | 'offline'

/** How much later a request leaves on a slow road. */
export const SLOW_MS = 3_000
/** So many requests are remembered. */
const MOST = 200

/** One request of the client, as the page's `fetch` saw it. Neither identifier nor traits nor anything else that was sent. */
export interface Asked {
  readonly at: number
  /** `'flags'`, `'flags of an identity'`, … */
  readonly what: string
  /** It brings flags. */
  readonly isForFlags: boolean
  /** Why it was made, as far as anybody knows. */
  readonly why: string
  /** Until the answer was read, or it was given up. `undefined`: it is out. */
  ms?: number
  /** A status, or what happened instead. */
  outcome?: string
  isBad?: boolean
}

/** What happened to the client's event stream. */
export type StreamNews = 'opened' | 'told' | 'closed'

export interface Requests {
  /** Newest first. */
  readonly all: readonly Asked[]
  /** The event stream, if one was made since somebody watches. */
  readonly stream: 'none seen' | 'opening' | 'open' | 'closed'
  road: Road
  stop: Stop
}

/**
 * Watches the requests and the event stream of one client.
 *
 * @param why gives the reason for a request, which is used up by it
 * @param tell something is different
 */
export const watchRequests = (
  { api, environmentKey, clock }: Inside,
  why: (isForFlags: boolean) => string,
  tell: (news?: StreamNews) => void,
): Requests => {
  const all: Asked[] = []
  /** Lets those go that wait on the slow road. */
  const waiting = new Set<() => void>()
  const streams = new Set<() => void>()
  let road: Road = 'real'
  let stream: Requests['stream'] = 'none seen'

  const unavailable = () => new TypeError('Failed to fetch')

  /** What a request is for, without a word of what it says. */
  const whatIs = (url: string, body: unknown): [what: string, isForFlags: boolean] => {
    const path = url.startsWith(api) ? url.slice(api.length) : url.replace(/^.*?\/\/[^/]*\//, '')
    if (path === 'flags/') return ['flags', true]
    if (path === 'identities/') {
      const { traits } = Object(parsed(`${body}`)) as { traits?: unknown[] }
      return [`flags of an identity, ${plural(traits?.length ?? 0, 'trait')}`, true]
    }
    if (path.startsWith('identities/')) return ['flags of an identity', true]
    return [
      path === 'analytics/flags/' ? 'counts of reads' : path === 'v1/events' ? 'events' : 'other',
      false,
    ]
  }

  /** Sends it as the road is, and looks at what becomes of it. */
  const send = async (asked: Asked, signal: AbortSignal | null | undefined, go: () => Promise<Response>) => {
    const end = (outcome: string, isBad: boolean) => {
      Object.assign(asked, { ms: clock() - asked.at, outcome, isBad })
      tell()
    }
    const simulated = road
    try {
      if (road === 'slow') {
        await new Promise<void>((resolve) => {
          const go = () => {
            clearTimeout(timer)
            waiting.delete(go)
            resolve()
          }
          const timer = setTimeout(go, SLOW_MS)
          waiting.add(go)
          signal?.addEventListener('abort', go, { once: true })
        })
      }
      if (signal?.aborted) throw signal.reason
      if (simulated === 'offline' || road === 'offline') throw unavailable()
      const response = await go()
      const outcome = `${response.status}`
      end(outcome, !response.ok)
      // The client ends its signal when it has read the answer.
      signal?.addEventListener('abort', () => end(outcome, !response.ok), { once: true })
      return response
    } catch (error) {
      const why = signal?.aborted
        ? 'given up'
        : simulated === 'offline' || road === 'offline'
          ? 'offline'
          : ''
      end(why || 'no answer', true)
      throw error
    }
  }

  const stopRoad = watchRoad(
    (url, init, go) => {
      const headers = init?.headers as Record<string, string> | undefined
      if (headers?.['X-Environment-Key'] !== environmentKey) return
      const [what, isForFlags] = whatIs(url, init?.body)
      const asked: Asked = { at: clock(), what, isForFlags, why: why(isForFlags) }
      all.unshift(asked)
      all.length = Math.min(all.length, MOST)
      tell()
      return send(asked, init?.signal, go)
    },
    (url, open) => {
      if (!url.endsWith(`/sse/environments/${encodeURIComponent(environmentKey)}/stream`)) return
      const set = (now: Requests['stream'], news?: StreamNews) => {
        stream = now
        tell(news)
      }
      if (road === 'offline') {
        // One that cannot be opened.
        const none = Object.assign(new EventTarget(), { close() {}, readyState: 2, url })
        setTimeout(() => none.dispatchEvent(new Event('error')))
        set('closed')
        return none as unknown as EventSource
      }
      const source = open()
      const { close } = source
      const over = () => {
        streams.delete(cut)
        if (stream !== 'closed') set('closed', 'closed')
      }
      const cut = () => {
        close.call(source)
        source.dispatchEvent(new Event('error'))
      }
      streams.add(cut)
      source.close = () => {
        close.call(source)
        over()
      }
      source.addEventListener('open', () => set('open', 'opened'))
      source.addEventListener('error', over)
      source.addEventListener('environment_updated', () => tell('told'))
      set('opening')
      return source
    },
  )

  return {
    all,
    get stream() {
      return stream
    },
    get road() {
      return road
    },
    set road(next) {
      road = next
      if (next === 'offline') for (const cut of [...streams]) cut()
      tell()
    },
    stop: stopAll(stopRoad, () => {
      road = 'real'
      tell = () => {}
      // The app is not to wait for who is gone.
      for (const go of [...waiting]) go()
    }),
  }
}
