import type { AnyProviderEvent, EventHandler, ProviderEventEmitter } from '@openfeature/web-sdk'

/**
 * What the SDK listens to. The SDK has one to give, but who imports nothing of it cannot bring a second copy of it into
 * an app. That a handler throws is looked after by the SDK, for its own, and by the client.
 */
export const createEmitter = (): ProviderEventEmitter<AnyProviderEvent> => {
  let sets: Record<string, Set<EventHandler>> = {}
  const handlers = (event: AnyProviderEvent) => (sets[event] ??= new Set())

  return {
    getHandlers: (event) => [...handlers(event)],
    emit(event, details) {
      for (const handler of handlers(event)) handler(details as never)
    },
    addHandler(event, handler) {
      handlers(event).add(handler)
    },
    removeHandler(event, handler) {
      handlers(event).delete(handler)
    },
    removeAllHandlers(event) {
      if (event) handlers(event).clear()
      else sets = {}
    },
    setLogger() {
      return this
    },
  }
}
