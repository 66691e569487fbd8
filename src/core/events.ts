import { GuidonError } from '../model/errors.ts'
import type { Stop } from './ports.ts'

/** Named events with at most one payload each. */
export interface Events {
  on(event: string, listener: (payload: never) => void): Stop
  /** Resolves when all have been told. */
  emit(event: string, payload?: unknown): Promise<void>
}

/**
 * An emitter for a house that runs in other people's. Events are told a moment later (a microtask), in the order they
 * happened: so an app hears also those of the creation of its client, and a listener that causes another event cannot
 * make it overtake the first. A listener that throws stops nobody and is told as an `error` event; one that is off is
 * off at once.
 */
export const createEvents = (): Events => {
  const entries = new Set<readonly [event: string, listener: (payload: never) => void]>()

  const emit = async (event: string, payload?: unknown) => {
    await null
    for (const entry of [...entries]) {
      try {
        if (entry[0] === event && entries.has(entry)) entry[1](payload as never)
      } catch (cause) {
        // When an `error` listener throws, there is nobody left to tell.
        if (event !== 'error') emit('error', new GuidonError('listener', event, { cause }))
      }
    }
  }

  return {
    emit,
    on(...entry) {
      entries.add(entry)
      return () => void entries.delete(entry)
    },
  }
}
