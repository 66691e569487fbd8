import { wait as waitFor } from '../../edge/wait.ts'
import type { Log } from './log.ts'
import type { Metrics } from './metrics.ts'
import type { Reply } from './post.ts'
import type { PendingTraits, TraitJournal } from './trait-journal.ts'

export interface ForwardTraitsOptions {
  readonly journal: TraitJournal
  /** Posts the body of `identities/` to the upstream of an environment. Never rejects. */
  readonly send: (clientKey: string, body: unknown) => Promise<Reply>
  readonly log: Log
  readonly metrics: Metrics
  /** @default by the clock */
  readonly wait?: (ms: number, signal: AbortSignal) => Promise<void>
}

export interface TraitForwarder {
  /** Says that something may have come into the journal. */
  wake(): void
  /** Lets what is on the way arrive, and begins nothing more. */
  stop(): Promise<void>
}

/** Identities that are sent at a time. One identity's writes go one after the other. */
const LANES = 4
const LONGEST_PAUSE_MS = 60_000

/** Answers that are about the trait itself: sent again, it would be refused again. Others are about a key, an address or the weather. */
const REFUSALS: readonly number[] = [400, 413, 422]

/** Brings what is in the journal upstream, for as long as it takes. */
export function forwardTraits({
  journal,
  send,
  log,
  metrics,
  wait = waitFor,
}: ForwardTraitsOptions): TraitForwarder {
  const end = new AbortController()
  const onTheWay = new Set<PendingTraits>()
  const lanes = new Set<Promise<void>>()
  let failures = 0

  async function lane(): Promise<void> {
    while (!end.signal.aborted) {
      const pending = journal.next((pending) => onTheWay.has(pending))
      if (!pending) return
      onTheWay.add(pending)
      const isThrough = await deliver(pending)
      if (!isThrough) journal.postpone(pending)
      onTheWay.delete(pending)
    }
  }

  /** Sends all that an identity has. When one of its traits is refused, each by itself, so that it takes no other with it. */
  async function deliver(pending: PendingTraits): Promise<boolean> {
    const writes = [...pending.traits]
    const status = await attempt(pending, writes)
    if (status === 'later') return false
    if (status === 'done') return true
    for (const write of writes) {
      const status = writes.length === 1 ? 'refused' : await attempt(pending, [write])
      if (status === 'later') return false
      if (status === 'done') continue
      const [key, { number }] = write
      journal.done(pending, number, [key])
      metrics.add('traits_refused_total')
      log('warning', 'trait_refused', { environment: pending.clientKey, key })
    }
    return true
  }

  type Writes = [key: string, PendingTraits['traits'] extends ReadonlyMap<string, infer W> ? W : never][]

  async function attempt(pending: PendingTraits, writes: Writes): Promise<'done' | 'refused' | 'later'> {
    const { status, body, retryAfterMs } = await send(pending.clientKey, {
      identifier: pending.identifier,
      traits: writes.map(([key, { value }]) => ({ trait_key: key, trait_value: value })),
    })
    // A proxy's page with status 200 is no answer.
    if (status >= 200 && status < 300 && Array.isArray(Object(body).traits)) {
      for (const [key, { number }] of writes) journal.done(pending, number, [key])
      metrics.add('traits_delivered_total', {}, writes.length)
      if (failures > 0) log('info', 'traits_flow_again')
      failures = 0
      return 'done'
    }
    if (REFUSALS.includes(status)) return 'refused'
    if (failures++ === 0) log('warning', 'traits_wait', { environment: pending.clientKey, status })
    const pauseMs = Math.min(500 * 2 ** failures, LONGEST_PAUSE_MS)
    await wait(retryAfterMs + Math.random() * pauseMs, end.signal)
    return 'later'
  }

  return {
    wake() {
      if (end.signal.aborted || lanes.size >= LANES) return
      const mine = lane().finally(() => lanes.delete(mine))
      lanes.add(mine)
    },
    async stop() {
      end.abort()
      await Promise.all(lanes)
    },
  }
}
