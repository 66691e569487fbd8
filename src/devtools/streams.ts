import type { Inside } from '../client/client.ts'
import type { Stop } from '../core/ports.ts'
import type { Road } from './requests.ts'

/** What happened to the client's event stream. */
export type StreamNews = 'opened' | 'told' | 'closed'

export interface Streams {
  /** The event stream, if one was made since somebody watches. */
  readonly state: 'none seen' | 'opening' | 'open' | 'closed'
  /** Ends those that are open, as a network that is gone does. */
  cut(): void
  stop: Stop
}

/**
 * Watches the event streams of one client: those that are made with the page's `EventSource`.
 *
 * @param road how it is at the moment
 * @param tell something is different
 */
export const watchStreams = (
  { environmentKey }: Inside,
  road: () => Road,
  tell: (news?: StreamNews) => void,
): Streams => {
  const { EventSource } = globalThis
  const ending = `/sse/environments/${encodeURIComponent(environmentKey)}/stream`
  const cuts = new Set<() => void>()
  let state: Streams['state'] = 'none seen'
  /** Whoever replaced it after us goes on calling ours, which then only passes on. */
  let isOver = false

  const set = (now: Streams['state'], news?: StreamNews) => {
    state = now
    if (!isOver) tell(news)
  }
  /** One that cannot be opened. */
  const none = (url: string) => {
    const source = Object.assign(new EventTarget(), { close() {}, readyState: 2, url })
    setTimeout(() => source.dispatchEvent(new Event('error')))
    set('closed')
    return source
  }
  const watched = (source: EventSource) => {
    const { close } = source
    const over = () => {
      cuts.delete(cut)
      if (state !== 'closed') set('closed', 'closed')
    }
    const cut = () => {
      close.call(source)
      source.dispatchEvent(new Event('error'))
    }
    cuts.add(cut)
    source.close = () => {
      close.call(source)
      over()
    }
    source.addEventListener('open', () => set('open', 'opened'))
    source.addEventListener('error', over)
    source.addEventListener('environment_updated', () => set('open', 'told'))
    set('opening')
    return source
  }

  const ours =
    EventSource &&
    new Proxy(EventSource, {
      construct(target, args, newTarget) {
        const url = `${args[0]}`
        const isMine = !isOver && url.endsWith(ending)
        if (isMine && road() === 'offline') return none(url)
        const source = Reflect.construct(target, args, newTarget)
        return isMine ? watched(source) : source
      },
    })
  /** Some pages let nobody replace it. Then no stream is seen. */
  const put = (value: typeof EventSource) => {
    try {
      if (EventSource) globalThis.EventSource = value
    } catch {}
  }
  put(ours)

  return {
    get state() {
      return state
    },
    cut() {
      for (const cut of [...cuts]) cut()
    },
    stop() {
      isOver = true
      if (globalThis.EventSource === ours) put(EventSource)
    },
  }
}
