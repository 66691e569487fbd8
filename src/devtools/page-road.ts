import type { Stop } from '../core/ports.ts'

/**
 * Looks at what goes over the page's `fetch`. What it is not about it leaves alone, and gives nothing.
 *
 * @param go sends the request
 */
export type Watcher = (
  url: string,
  init: RequestInit | undefined,
  go: () => Promise<Response>,
) => Promise<Response> | undefined

/** Looks at streams of events. One that is not about this it leaves alone, and gives nothing. */
export type StreamWatcher = (url: string, open: () => EventSource) => EventSource | undefined

const watchers = new Set<Watcher>()
const streamWatchers = new Set<StreamWatcher>()
let restore: Stop | undefined

/** Replaces `fetch` and `EventSource` of the page while somebody watches. The client looks `fetch` up at each request. */
export const watchRoad = (watcher: Watcher, streamWatcher: StreamWatcher): Stop => {
  watchers.add(watcher)
  streamWatchers.add(streamWatcher)
  restore ??= replace()
  return () => {
    watchers.delete(watcher)
    streamWatchers.delete(streamWatcher)
    if (watchers.size) return
    restore?.()
    restore = undefined
  }
}

/** Some pages let nobody replace their `fetch`. Then nothing is seen of it. */
const put = <K extends 'fetch' | 'EventSource'>(name: K, value: (typeof globalThis)[K]) => {
  try {
    globalThis[name] = value
  } catch {}
}

const replace = (): Stop => {
  const { fetch, EventSource } = globalThis
  /** Whoever replaced them after us goes on calling ours, which then only pass on. */
  let isOver = false

  const ourFetch: typeof fetch = (input, init) => {
    const go = () => fetch.call(globalThis, input, init)
    if (!isOver && typeof input === 'string') {
      for (const watcher of watchers) {
        const answer = watcher(input, init, go)
        if (answer) return answer
      }
    }
    return go()
  }
  put('fetch', ourFetch)

  const ourStreams =
    EventSource &&
    new Proxy(EventSource, {
      construct(target, args, newTarget) {
        const open = () => Reflect.construct(target, args, newTarget)
        if (!isOver) {
          for (const watcher of streamWatchers) {
            const source = watcher(`${args[0]}`, open)
            if (source) return source
          }
        }
        return open()
      },
    })
  if (ourStreams) put('EventSource', ourStreams)

  return () => {
    isOver = true
    if (globalThis.fetch === ourFetch) put('fetch', fetch)
    if (globalThis.EventSource === ourStreams) put('EventSource', EventSource)
  }
}
