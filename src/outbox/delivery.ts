import type { GuidonError } from '../model/errors.ts'
import type { Traits, TraitValue } from '../model/trait.ts'
import { parseFlags } from '../wire/parse.ts'
import { flagsRequest, type WireRequest } from '../wire/request.ts'
import type { Outbox } from './outbox.ts'

/** How writes get from the outbox to the server, when they do not go along with a request for flags. */
export interface Delivery {
  /** Runs what writes for an identity after what did so before: the server ends with the last. */
  inTurn<T>(identity: string, action: () => Promise<T>): Promise<T>
  /**
   * Sends what waits for an identity. What the server refuses for good is sent again one by one, to find the bad one, which
   * is dropped.
   */
  deliver(identity: string, onDrop?: (key: string, value: TraitValue | null) => void): Promise<void>
  /** Sends what waits for everybody but one, until one fails. */
  deliverOthers(than: string | undefined): Promise<void>
  stop(): void
}

/** 400: asking again changes nothing. Everything else may be the server's or the road's fault. */
export const isRefusal = ({ status }: GuidonError): boolean => status === 400

export const createDelivery = (
  outbox: Outbox,
  send: (request: WireRequest, stop: AbortController) => Promise<string>,
): Delivery => {
  const turns = new Map<string, Promise<unknown>>()
  let controller: AbortController | undefined
  let stopped = false
  let busy = false

  const post = async (
    id: string,
    writes: Traits,
    onDrop?: (key: string, value: TraitValue | null) => void,
  ): Promise<void> => {
    const identity = { id, transient: false }
    if (stopped) return
    controller = new AbortController()
    try {
      // A success is an answer that makes sense: a captive portal's 200 has written nothing.
      parseFlags(await send(flagsRequest(identity, writes), controller), identity)
      writes.forEach(({ value }, key) => {
        outbox.done(id, key, value)
      })
    } catch (error) {
      if (!isRefusal(error as GuidonError)) throw error
      for (const [key, write] of writes) {
        if (writes.size > 1) await post(id, new Map([[key, write]]), onDrop)
        else {
          outbox.drop(id, key, write.value, 'refused by the server')
          onDrop?.(key, write.value)
        }
      }
    }
  }

  const delivery: Delivery = {
    async inTurn(identity, action) {
      const before = turns.get(identity)
      const turn = before ? before.then(action, action) : action()
      turns.set(identity, turn)
      try {
        return await turn
      } finally {
        if (turns.get(identity) === turn) turns.delete(identity)
      }
    },
    deliver: (identity, onDrop) =>
      delivery.inTurn(identity, async () => {
        const writes = await outbox.of(identity)
        if (writes.size) await post(identity, writes, onDrop)
      }),
    async deliverOthers(than) {
      if (busy) return
      busy = true
      try {
        for (const identity of outbox.identities()) {
          if (identity !== than && !stopped) await delivery.deliver(identity)
        }
      } catch {
        // They go on waiting.
      }
      busy = false
    },
    stop() {
      stopped = true
      controller?.abort()
    },
  }
  return delivery
}
