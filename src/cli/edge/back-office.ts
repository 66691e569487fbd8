import { join } from 'node:path'
import type { TraitWrites } from '../../edge/create-edge.ts'
import type { EnvironmentDocument } from '../../edge/document.ts'
import { documentCopies } from './document-copies.ts'
import { forwardCounts } from './forward-counts.ts'
import { forwardTraits } from './forward-traits.ts'
import { keepFresh } from './keep-fresh.ts'
import type { Log } from './log.ts'
import type { Metrics, Numbers } from './metrics.ts'
import { post } from './post.ts'
import type { EdgeSettings } from './settings.ts'
import { openTraitJournal } from './trait-journal.ts'

export interface BackOfficeOptions {
  readonly settings: EdgeSettings
  readonly log: Log
  readonly metrics: Metrics
}

interface Listeners {
  /** Gets every document that is to be served. */
  readonly serve: (document: EnvironmentDocument) => void
  /** Hears whenever upstream has said what the document of an environment is. */
  readonly onAnswer: (clientKey: string) => void
}

/** The side towards upstream: documents come, traits and counts go. There is one, however many processes serve. */
export interface BackOffice {
  /** Begins to keep documents fresh. Resolves when those on disk are served. */
  follow(listeners: Listeners): Promise<void>
  /** Resolves when traits are on disk. Rejects when they are not. */
  keepTraits(clientKey: string, writes: TraitWrites): Promise<void>
  count(clientKey: string, counts: Readonly<Record<string, unknown>>): void
  /** How things are, as numbers. */
  numbers(): Numbers
  /** Lets what is on the way arrive. */
  close(): Promise<void>
}

export async function openBackOffice({ settings, log, metrics }: BackOfficeOptions): Promise<BackOffice> {
  const { api, data, environments, pollTimeoutMs: timeoutMs } = settings
  const end = new AbortController()
  const serverKeys = new Map(environments.map(({ clientKey, serverKey }) => [clientKey, serverKey]))
  const flags = new Map<string, ReadonlySet<string>>()

  const counted =
    (what: string): typeof fetch =>
    async (...request) => {
      const response = await fetch(...request).catch((error) => {
        if (!end.signal.aborted) metrics.add('upstream_requests_total', { what, status: 0 })
        throw error
      })
      metrics.add('upstream_requests_total', { what, status: response.status })
      return response
    }

  let diskTrouble: string | undefined
  const journal =
    settings.forwardTraits && data !== undefined
      ? await openTraitJournal({
          file: join(data, 'traits.jsonl'),
          maxBytes: settings.maxPendingTraitBytes,
          onProblem({ code = 'unknown' }) {
            // Once, and not for each of the requests that will hear of it.
            if (code !== diskTrouble) log('error', 'disk_problem', { problem: code })
            diskTrouble = code
          },
        })
      : undefined
  const traits =
    journal &&
    forwardTraits({
      journal,
      log,
      metrics,
      // With the server's key: whether clients may set traits was decided when this one was taken.
      send: (clientKey, body) =>
        post(`${api}identities/`, serverKeys.get(clientKey) ?? '', body, {
          fetch: counted('traits'),
          timeoutMs,
        }),
    })
  if (journal && journal.size > 0) {
    log('info', 'traits_found', { pending: journal.size })
    traits?.wake()
  }

  const counts = settings.forwardCounts
    ? forwardCounts({
        everyMs: settings.countsMs,
        isFlag: (clientKey, name) => flags.get(clientKey)?.has(name) ?? false,
        send: (clientKey, body) =>
          post(`${api}analytics/flags/`, clientKey, body, { fetch: counted('analytics'), timeoutMs }),
      })
    : undefined

  const copies = data === undefined ? undefined : documentCopies(join(data, 'documents'))
  let following: readonly { readonly following: Promise<void> }[] = []

  return {
    async follow({ serve, onAnswer }) {
      const each = environments.map(({ clientKey, serverKey }) =>
        keepFresh({
          clientKey,
          serverKey,
          api,
          pollMs: settings.pollMs,
          timeoutMs,
          copies,
          log,
          fetch: counted('document'),
          signal: end.signal,
          onAnswer: () => onAnswer(clientKey),
          serve(document) {
            serve(document)
            flags.set(clientKey, new Set(document.feature_states.map(({ feature }) => feature.name)))
            metrics.add('document_changes_total', { environment: clientKey })
          },
        }),
      )
      following = await Promise.all(each)
    },
    async keepTraits(clientKey, writes) {
      await journal?.append(clientKey, writes)
      if (diskTrouble) log('info', 'disk_recovered')
      diskTrouble = undefined
      metrics.add('traits_acknowledged_total', {}, Object.keys(writes.traits).length)
      traits?.wake()
    },
    count: (clientKey, sent) => counts?.add(clientKey, sent),
    numbers: () => (journal ? { traits_pending: journal.size } : {}),
    async close() {
      end.abort()
      await Promise.all([...following.map(({ following }) => following), counts?.stop(), traits?.stop()])
      await journal?.close()
    },
  }
}
