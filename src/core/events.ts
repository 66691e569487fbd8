import { GuidonError } from '../model/errors.ts'
import type { Stop } from './ports.ts'

/** Named events with at most one payload each. */
export interface Events {
  on(event: string, listener: (payload: never) => void): Stop
  emit(event: string, payload?: unknown): void
}

/**
 * An emitter for a house that runs in other people's. Events are told a moment later (a microtask), in the order they
 * happened: so an app hears also those of the creation of its client, and a listener that causes another event cannot
 * make it overtake the first. A listener that throws stops nobody and is told as an `error` event; one that is off is
 * off at once.
 */
export const createEvents = (): Events => {
  const listeners = new Map<string, Set<(payload: never) => void>>()

  const emit = async (event: string, payload?: unknown) => {
    await null
    const hearing = listeners.get(event)
    for (const listener of [...(hearing ?? [])]) {
      try {
        if (hearing?.has(listener)) listener(payload as never)
      } catch (cause) {
        // When an `error` listener throws, there is nobody left to tell.
        if (event !== 'error') emit('error', new GuidonError('listener', `of '${event}'`, { cause }))
      }
    }
  }

  return {
    emit,
    on(event, listener) {
      const entry = (payload: never) => listener(payload)
      const hearing = listeners.get(event) ?? new Set()
      listeners.set(event, hearing.add(entry))
      return () => {
        hearing.delete(entry)
        if (!hearing.size) listeners.delete(event)
      }
    },
  }
}
