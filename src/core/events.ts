import { GuidonError } from '../model/errors.ts'
import type { Stop } from './ports.ts'

/** Named events with at most one payload each. */
export interface Events {
  on(event: string, listener: (payload: never) => void): Stop
  emit(event: string, payload?: unknown): void
  clear(): void
}

/**
 * An emitter for a house that runs in other people's: a listener that throws stops nobody and is told as an `error`
 * event, a listener that is off is off at once, and events are told in the order they happened, also those that a
 * listener causes. The first are told a moment after creation, so that an app can attach its listeners to a client it
 * has just made.
 */
export const createEvents = (): Events => {
  const listeners = new Map<string, Set<(payload: never) => void>>()
  const waiting: [event: string, payload: unknown][] = []
  let telling = true

  const tell = () => {
    telling = true
    // What is emitted meanwhile joins the end of the line.
    for (const [event, payload] of waiting) {
      const hearing = listeners.get(event)
      for (const listener of [...(hearing ?? [])]) {
        try {
          if (hearing?.has(listener)) listener(payload as never)
        } catch (cause) {
          // When an `error` listener throws, there is nobody left to tell.
          if (event !== 'error') emit('error', new GuidonError('listener', `of '${event}' threw`, { cause }))
        }
      }
    }
    waiting.length = 0
    telling = false
  }
  const emit = (event: string, payload?: unknown) => {
    waiting.push([event, payload])
    if (!telling) tell()
  }
  Promise.resolve().then(tell)

  return {
    on(event, listener) {
      const entry = (payload: never) => listener(payload)
      const hearing = listeners.get(event) ?? new Set()
      listeners.set(event, hearing.add(entry))
      return () => {
        hearing.delete(entry)
        if (!hearing.size) listeners.delete(event)
      }
    },
    emit,
    clear() {
      listeners.clear()
    },
  }
}
