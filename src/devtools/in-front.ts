// biome-ignore lint/suspicious/noExplicitAny: any method at all.
type Method = (...args: any[]) => any

/**
 * Puts a synchronous method in front of whatever else replaces it, before or after. Who replaces a method calls the one that
 * it found, and that may be this one: so a call out of a layer goes to the layer below, and never round in circles.
 */
export const inFront = (target: object, key: string, wrap: (below: Method) => Method): void => {
  const methods = target as Record<string, Method>
  /** Oldest first: the method itself, and what was put over it. */
  const layers = [methods[key] as Method]
  /** Which layer is running: 1 is the oldest, 0 is none. */
  let running = 0
  const call = (layer: number, args: unknown[]) => {
    const before = running
    running = layer
    try {
      return (layers[layer - 1] as Method)(...args)
    } finally {
      running = before
    }
  }
  const ours = wrap((...args) => call(layers.length, args))
  const front: Method = (...args) => (running > 1 ? call(running - 1, args) : ours(...args))
  Object.defineProperty(methods, key, {
    get: () => front,
    set: (method) => void layers.push(method),
    configurable: true,
    enumerable: true,
  })
}
