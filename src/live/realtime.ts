import type { Extension } from '../client/client.ts'
import { backoffMs } from '../transport/backoff.ts'
import { type AwakeOptions, createAwake } from './awake.ts'
import { type EventSourceConstructor, overEventSource } from './event-stream.ts'
import { overFetch } from './fetch-stream.ts'
import { createPoller } from './poller.ts'

/** So many attempts in a row that brought no lasting stream, and streams count as blocked. */
const BLOCKED = 3
/** A stream opens within this time or counts as failed, and one that lasted as long has worked. */
const SOON_MS = 10_000

/** What `realtime()` takes. */
export interface RealtimeOptions extends AwakeOptions {
  /**
   * The base of the event streams: `sse/environments/<key>/stream` comes after it. Default: `https://realtime.flagsmith.com/`
   * for Flagsmith's own api, else the origin of the client's `api`.
   */
  readonly url?: string | undefined
  /** For React Native: what makes an EventSource. Default: the global one, else streaming with the client's `fetch`. */
  readonly eventSource?: EventSourceConstructor | undefined
  /** From poll to poll while streams are blocked, as `polling` does it. At least 1,000. Default: 60,000. */
  readonly fallbackIntervalMs?: number | undefined
}

/**
 * Refreshes when the server says that something changed, over Server-Sent Events, while the app is visible and online.
 *
 * A stream that ends is opened again after a random wait (uniform from 0, up to 1 s, then 2 s, 4 s … 60 s; `full jitter`),
 * and at once when the app comes back. What was missed meanwhile is brought by one refresh when it is open. After three
 * attempts in a row without a stream that lasted ten seconds it polls while no stream is open, and goes on trying.
 *
 * @example
 * createClient({ environmentKey, use: [realtime()] })
 */
export const realtime =
  ({ url, eventSource, fallbackIntervalMs = 60_000, ...sources }: RealtimeOptions = {}): Extension =>
  (inside) => {
    const { clock } = inside
    const base = (url ?? streamsOf(inside.api)).replace(/\/$/, '')
    const address = `${base}/sse/environments/${encodeURIComponent(inside.environmentKey)}/stream`
    const Constructor = eventSource ?? globalThis.EventSource
    const openStream = Constructor ? overEventSource(Constructor) : overFetch(inside.fetch)

    /** The stream that is open, or opening. */
    let stream: AbortController | undefined
    let openedAt: number | undefined
    let timer: ReturnType<typeof setTimeout> | undefined
    let failures = 0
    /** Something may have happened that no stream told: from the start, when no answer is on its way. */
    let hasMissed = /fresh|stale/.test(inside.client.status.state)
    /** The newest update that was told, in the server's time. */
    let newest = 0

    const awake = createAwake(sources)
    const rests = () => !!openedAt || failures < BLOCKED
    const poller = createPoller(inside, awake, () => fallbackIntervalMs, rests)

    const pause = () => {
      clearTimeout(timer)
      stream?.abort()
      stream = openedAt = undefined
      hasMissed = true
    }

    const updated = (data: string) => {
      try {
        const { updated_at } = JSON.parse(data)
        if (updated_at > newest) {
          newest = updated_at
          poller.now()
        }
      } catch {} // Not a word of any server we know.
    }

    const open = () => {
      const mine = new AbortController()
      const lost = () => {
        if (stream !== mine) return
        failures = openedAt && clock() - openedAt >= SOON_MS ? 1 : failures + 1
        pause()
        timer = setTimeout(open, backoffMs(failures))
        poller.plan()
      }
      const opened = () => {
        if (stream !== mine) return
        clearTimeout(timer)
        openedAt = clock()
        if (hasMissed) poller.now()
        hasMissed = false
      }
      stream = mine
      timer = setTimeout(lost, SOON_MS)
      openStream(address, mine.signal, opened, updated).then(lost, lost)
    }

    const look = () => {
      if (!awake.current()) return pause()
      if (stream) return
      clearTimeout(timer)
      open()
    }
    const deaf = awake.subscribe(look)
    look()
    return () => {
      deaf()
      pause()
      poller.stop()
    }
  }

/** Flagsmith's streams come from a host of their own; any other server's from where its api is. */
export const streamsOf = (api: string): string =>
  /^https:\/\/[\w.]*\bflagsmith\.com\//.test(api)
    ? 'https://realtime.flagsmith.com'
    : api.replace(/([^/]|^)\/\w.*/, '$1')
