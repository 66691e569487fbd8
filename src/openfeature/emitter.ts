import type { AnyProviderEvent, EventHandler, ProviderEventEmitter } from '@openfeature/web-sdk'

/**
 * What the SDK listens to. The SDK has one to give, but who imports nothing of it cannot bring a second copy of it into
 * an app. That a handler throws is looked after by the SDK, for its own, and by the client.
 */
export const createEmitter = (): ProviderEventEmitter<AnyProviderEvent> => {
  let handlers: Record<string, EventHandler[]> = {}
  const getHandlers = (event: AnyProviderEvent) => handlers[event] ?? []

  return {
    getHandlers,
    emit(event, details) {
      for (const handler of getHandlers(event)) handler(details as never)
    },
    addHandler(event, handler) {
      handlers[event] = [...getHandlers(event), handler]
    },
    removeHandler(event, handler) {
      handlers[event] = getHandlers(event).filter((other) => other !== handler)
    },
    removeAllHandlers(event) {
      if (event) handlers[event] = []
      else handlers = {}
    },
    setLogger() {
      return this
    },
  }
}
