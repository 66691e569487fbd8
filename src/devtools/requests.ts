import type { Inside } from '../client/client.ts'
import type { Stop } from '../core/ports.ts'
import { parsed } from './kept.ts'
import { plural } from './words.ts'

/** How the road is. Only requests and streams of this client notice. */
export type Road = 'real' | 'slow' | 'offline'

/** How much later a request leaves on a slow road. */
const SLOW_MS = 3_000
/** So many requests are remembered. */
const MOST = 200

/** One request of the client. Neither identifier nor traits nor anything else that was sent. */
export interface Asked {
  readonly at: number
  /** `'flags'`, `'flags of an identity'`, … */
  readonly what: string
  /** It brings flags. */
  readonly isForFlags: boolean
  /** Why it was made, as far as anybody knows. */
  readonly why: string
  /** Until an answer began, or it was given up. `undefined`: it is out. */
  ms?: number
  /** A status, or what happened instead. */
  outcome?: string
  isBad?: boolean
}

export interface Requests {
  /** Newest first. */
  readonly all: readonly Asked[]
  /** Requests that wait on the slow road leave at once. */
  stop: Stop
}

/** What a request is for, without a word of what it says. */
const whatIs = (path: string, body: unknown): [what: string, isForFlags: boolean] => {
  if (path === 'flags/') return ['flags', true]
  if (path === 'identities/') {
    const { traits } = Object(parsed(`${body}`)) as { traits?: unknown[] }
    return [`flags of an identity, ${plural(traits?.length ?? 0, 'trait')}`, true]
  }
  if (path.startsWith('identities/')) return ['flags of an identity', true]
  return [path === 'analytics/flags/' ? 'counts of reads' : path === 'v1/events' ? 'events' : 'other', false]
}

/**
 * Watches the requests of one client: all go by its `fetch`, whichever that is.
 *
 * @param road how it is at the moment
 * @param why gives the reason for a request, which is used up by it
 * @param tell something is different
 */
export const watchRequests = (
  inside: Inside,
  road: () => Road,
  why: (isForFlags: boolean) => string,
  tell: () => void,
): Requests => {
  const { api, clock, fetch } = inside
  const all: Asked[] = []
  /** Lets those go that wait on the slow road. */
  const waiting = new Set<() => void>()
  let isOver = false

  const slowly = (signal: AbortSignal | null | undefined) =>
    new Promise<void>((resolve) => {
      const go = () => {
        clearTimeout(timer)
        waiting.delete(go)
        resolve()
      }
      const timer = setTimeout(go, SLOW_MS)
      waiting.add(go)
      signal?.addEventListener('abort', go, { once: true })
    })

  const ours: typeof fetch = async (input, init) => {
    if (isOver) return fetch(input, init)
    const url = `${input}`
    const signal = init?.signal
    const [what, isForFlags] = whatIs(
      url.startsWith(api) ? url.slice(api.length) : url.replace(/^.*?\/\/[^/]*\//, ''),
      init?.body,
    )
    const asked: Asked = { at: clock(), what, isForFlags, why: why(isForFlags) }
    const end = (outcome: string, isBad: boolean) => {
      Object.assign(asked, { ms: clock() - asked.at, outcome, isBad })
      tell()
    }
    all.unshift(asked)
    all.length = Math.min(all.length, MOST)
    tell()
    let isOffline = road() === 'offline'
    try {
      if (road() === 'slow') await slowly(signal)
      if (signal?.aborted) throw signal.reason
      isOffline ||= road() === 'offline'
      if (isOffline) throw new TypeError('Failed to fetch')
      const response = await fetch(input, init)
      end(`${response.status}`, !response.ok)
      return response
    } catch (error) {
      end(signal?.aborted ? 'given up' : isOffline ? 'offline' : 'no answer', true)
      throw error
    }
  }
  inside.fetch = ours

  return {
    all,
    stop() {
      isOver = true
      if (inside.fetch === ours) inside.fetch = fetch
      tell = () => {}
      // The app is not to wait for who is gone.
      for (const go of [...waiting]) go()
    },
  }
}
