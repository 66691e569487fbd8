import type { Client } from '../client/client.ts'
import { createReads, type Reads } from '../client/reads.ts'
import type { Flag, FlagTable } from '../model/flag.ts'
import { inFront } from './in-front.ts'

/** What lies over the reads of a client. */
export interface Layer {
  /** The flags that are read instead of the client's. Replaced, never changed. */
  flags: FlagTable
  /** All flags as they are without it. */
  below(): Readonly<Record<string, Flag>>
}

const layers = new WeakMap<object, Layer>()

/** The layer over the reads of a client: made when it is first asked for, and there for as long as the client is. */
export const layerOf = (client: Pick<Client, keyof Reads>): Layer => {
  const known = layers.get(client)
  if (known) return known
  const layer: Layer = { flags: new Map(), below: client.all }
  layers.set(client, layer)

  const store = {
    get shown() {
      return { source: 'override', at: 1, flags: layer.flags } as const
    },
    get latest() {
      return this.shown
    },
  }
  // The client's own rules of reading, over other flags.
  const reads = createReads(store, () => false)
  for (const method of ['isEnabled', 'value', 'json', 'flag'] as const) {
    inFront(client, method, (below) => (name, ...more) => {
      // Who counts reads is below: what is overridden does not reach it.
      const read = (layer.flags.has(name) ? reads[method] : below) as typeof below
      return read(name, ...more)
    })
  }
  inFront(client, 'all', (below) => {
    layer.below = below
    return () => {
      const flags: Record<string, Flag> = Object.assign(Object.create(null), below())
      // To the end: who looks at the first learns where flags are from that nobody overrides.
      for (const name of layer.flags.keys()) delete flags[name]
      return Object.freeze(Object.assign(flags, reads.all()))
    }
  })
  return layer
}
