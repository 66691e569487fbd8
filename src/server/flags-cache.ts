/** The flags of a server with many processes: from memory, behind it a store they share, and behind that the flag service. */
import { apiBase, checkEnvironmentKey } from '../client/options.ts'
import { createReads, type Reads } from '../client/reads.ts'
import type { Stop } from '../core/ports.ts'
import { within } from '../core/within.ts'
import { GuidonError } from '../model/errors.ts'
import { put, type Row } from '../model/flag.ts'
import {
  type Defaults,
  defaultsTable,
  fromText,
  type Snapshot,
  type SnapshotData,
  toText,
} from '../model/snapshot.ts'
import { checkIdentifier, classifyIdentifier } from '../privacy/identifier.ts'
import { backoffMs, isPassing } from '../transport/backoff.ts'
import type { Fetch } from '../transport/platform.ts'
import { ask, type CacheIdentity } from './ask.ts'
import { toBase64url } from './base64url.ts'
import { carefulStore } from './careful-store.ts'
import type { FlagsStore } from './flags-store.ts'

/** What `flagsCache()` takes. Only `environmentKey` is needed. */
export interface FlagsCacheOptions {
  /** The client-side key of the environment. */
  readonly environmentKey: string
  /** The base of the SDK API. Default: Flagsmith's hosted edge. */
  readonly api?: string | undefined
  /** Bundled flags, for as long as nothing else is known. */
  readonly defaults?: Defaults | undefined
  /** What the processes share: `redisStore(client)`, or any Key-Value. Default: nothing, and each process asks for itself. */
  readonly store?: FlagsStore | undefined
  /** Flags younger than this are given without a question; the environment's are polled about as often. Default: 30,000. */
  readonly maxAgeMs?: number | undefined
  /** Flags that are older by no more than this are given at once and refreshed behind. Default: 600,000 (ten minutes). */
  readonly staleMs?: number | undefined
  /** Time limit of one request, and of the wait in `get`. Default: 2,000. */
  readonly timeoutMs?: number | undefined
  /** How many identities' flags are in memory; the longest unused goes first. Default: 1,000. */
  readonly maxIdentities?: number | undefined
  /** The `fetch` to use. Default: the global one. */
  readonly fetch?: Fetch | undefined
  /** Hears of each refresh that failed, of each identifier that is not opaque, and once of a store that is down. */
  readonly onError?: ((error: GuidonError) => void) | undefined
}

/** Flags to render with. They are of one moment: get them anew for the next page. */
export interface CachedFlags extends Reads {
  /** Whose they are. `undefined`: the environment's. */
  readonly identity: string | undefined
  /** `defaults`: neither the service nor the store has said anything yet. */
  readonly source: Snapshot['source']
  /** For the page's client, as `snapshot()` of a client. An identity that has the environment's flags gets shared ones. */
  snapshot(options?: { readonly shared?: boolean | undefined }): SnapshotData
}

/** One cache of flags for a process, and with a store for many. */
export interface FlagsCache {
  /**
   * The environment's flags, or an identity's. It never rejects, and waits at most `timeoutMs`, when there is nothing young
   * enough; then it gives the best there is: old flags, the environment's, bundled ones.
   */
  get(who?: string | CacheIdentity): Promise<CachedFlags>
  /** Something changed at the service: in all processes, flags that are there count as old from now on. Never rejects. */
  invalidate(): Promise<void>
  /** Ends the polling. What is in memory can still be read. */
  close(): void
}

/** What is known of one identity, or of the environment. */
interface Entry {
  readonly who?: CacheIdentity | undefined
  readonly name: Promise<string>
  known?: Known
  /** Pending while it is being refreshed: whoever wants the same waits for the same. */
  refreshing?: Promise<void> | undefined
  failures: number
  /** The service is not asked for it before this time. */
  nextAttemptAt: number
}

/** Flags, and the epoch in which they were asked for. */
interface Known {
  readonly epoch: string
  readonly snapshot: Snapshot
}

/** How often those who wait for another process look whether it is done. */
const LOOK_MS = 50

/**
 * Keeps an environment's flags, and those of identities, for all that a server renders. It begins to fetch at once.
 *
 * @throws GuidonError `invalid-option`, `server-side-key`.
 * @example
 * const cache = flagsCache({ environmentKey, store: redisStore(client) })
 * const flags = await cache.get({ id: guid, traits: { country: 'FR' } })
 * const page = render(flags) + snapshotScript(flags.snapshot())
 */
export const flagsCache = ({
  environmentKey,
  api: base,
  defaults,
  store: shared,
  maxAgeMs = 30_000,
  staleMs = 600_000,
  timeoutMs = 2_000,
  maxIdentities = 1_000,
  fetch,
  onError,
}: FlagsCacheOptions): FlagsCache => {
  checkEnvironmentKey(environmentKey)
  // A timer takes no more, and nobody means to ask without a pause.
  if (!(maxAgeMs > 0 && maxAgeMs < 2 ** 31)) throw new GuidonError('invalid-option', 'maxAgeMs')
  if (!(staleMs >= 0 && staleMs < 2 ** 31)) throw new GuidonError('invalid-option', 'staleMs')
  const bundled: Snapshot = { source: 'defaults', at: 0, flags: defaultsTable(defaults) }
  const api = apiBase(base)
  const service = { environmentKey, api, timeoutMs, ...(fetch && { fetch }) }
  const report = (error: GuidonError) => {
    try {
      onError?.(error)
    } catch {
      // A listener that throws is its own trouble, and nobody's page.
    }
  }
  const store = carefulStore(shared, report)

  /** Names in the store: nobody reads a key, an identifier or a trait out of them. */
  const hashed = async (...parts: unknown[]): Promise<string> => {
    const text = new TextEncoder().encode(JSON.stringify([api, environmentKey, ...parts]))
    return `guidon.${toBase64url(new Uint8Array(await crypto.subtle.digest('SHA-256', text)))}`
  }
  const scope = hashed()
  const newEntry = (who?: CacheIdentity, key?: string): Entry => ({
    who,
    name: key === undefined ? scope : hashed(key),
    failures: 0,
    nextAttemptAt: 0,
  })
  const environment = newEntry()
  const identities = new Map<string, Entry>()

  /**
   * Flags of another epoch are old, whatever their age. It is a name and no time, because processes have clocks of their own:
   * two that differ at worst ask once more.
   */
  let epoch = ''
  const epochName = scope.then((name) => `${name}.epoch`)
  /** The service does not answer at all: nobody asks before this time. */
  let downUntil = 0
  let closed = false

  const keepMs = () => (maxAgeMs + staleMs) * (1 + Math.random() / 10)
  const ageMs = ({ at }: Snapshot) => Math.abs(Date.now() - at)
  const isFresh = ({ known }: Entry) => known?.epoch === epoch && ageMs(known.snapshot) <= maxAgeMs
  const isUsable = ({ known }: Entry) => known && ageMs(known.snapshot) <= maxAgeMs + staleMs
  /** Flags of this epoch before those of another one, and then the younger ones. */
  const isBetter = (found: Known, known: Known | undefined) => {
    const isOfNow = found.epoch === epoch
    return !known || isOfNow === (known.epoch === epoch)
      ? found.snapshot.at > (known?.snapshot.at ?? 0)
      : isOfNow
  }

  /** Takes what the store has, when it is better. `true`: there is no need to ask. */
  const look = async (entry: Entry): Promise<boolean> => {
    const before = entry.known
    const name = await entry.name
    const [now, text] = await Promise.all([store.get(await epochName), store.get(name)])
    if (now !== undefined) epoch = now ?? ''
    const found = text ? knownFrom(text, name, entry.who?.id) : undefined
    if (found && isBetter(found, entry.known)) entry.known = found
    return entry.known !== before && isFresh(entry)
  }

  /** Brings flags: what another process has brought, or is bringing; or else the service's. */
  const bring = async (entry: Entry): Promise<void> => {
    if (await look(entry)) return
    if (Date.now() < downUntil) {
      entry.nextAttemptAt = downUntil
      return
    }
    const name = await entry.name
    const lease = `${name}.lease`
    // A process that dies takes its lease along for this long. Those who wait have flags, if only old ones.
    const take = () => store.lease(lease, timeoutMs + 1_000)
    let leased = await take()
    while (leased === false) {
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS * (0.5 + Math.random())))
      if (closed || (await look(entry))) return
      leased = await take()
    }
    try {
      // Whoever had the lease may have been done a moment ago.
      if (leased && (await look(entry))) return
      const known = { epoch, snapshot: await ask(service, entry.who) }
      entry.known = known
      await store.set(name, `${known.epoch} ${toText(known.snapshot, name, undefined)}`, keepMs())
    } finally {
      if (leased) await store.delete(lease)
    }
  }

  const refresh = (entry: Entry): Promise<void> | undefined => {
    if (!closed && Date.now() >= entry.nextAttemptAt)
      entry.refreshing ??= bring(entry)
        .then(
          () => {
            entry.failures = 0
          },
          (error: GuidonError) => {
            entry.nextAttemptAt = Date.now() + backoffMs(++entry.failures, error)
            // A 500 may be one identifier's own: the API answers so where it chokes on one. The others are not to wait for it.
            if (isPassing(error) && error.status !== 500) downUntil = entry.nextAttemptAt
            report(error)
          },
        )
        .finally(() => {
          entry.refreshing = undefined
        })
    return entry.refreshing
  }

  /** The entry of an identity, which thereby is the one used last. */
  const entryOf = (given: string | CacheIdentity | undefined): Entry => {
    if (given == null) return environment
    try {
      const { id: input, traits = {}, transient } = typeof given === 'string' ? { id: given } : given
      const id = checkIdentifier(input)
      const kind = classifyIdentifier(id)
      if (kind !== 'opaque') throw new GuidonError(`${kind}-identifier`, 'send a GUID')
      const sorted = Object.entries(traits).sort(([a], [b]) => (a < b ? -1 : 1))
      const key = JSON.stringify([id, transient, sorted])
      // A copy: what the app does with its object later is nothing that was asked for.
      const entry = identities.get(key) ?? newEntry({ id, transient, traits: { ...traits } }, key)
      identities.delete(key)
      identities.set(key, entry)
      for (const oldest of identities.keys()) {
        if (identities.size <= maxIdentities) break
        identities.delete(oldest)
      }
      return entry
    } catch (cause) {
      report(cause instanceof GuidonError ? cause : new GuidonError('invalid-option', 'get', { cause }))
      return environment
    }
  }

  const flagsOf = ({ known = environment.known }: Entry, isSomebodys: boolean): CachedFlags => {
    const shown = known?.snapshot ?? bundled
    const { identity, source } = shown
    const stale = () => ageMs(shown) > maxAgeMs
    return {
      ...createReads({ shown, latest: shown }, stale),
      identity,
      source,
      snapshot: ({ shared = isSomebodys && identity === undefined } = {}) =>
        JSON.parse(toText(shown, environmentKey, shared ? undefined : identity, shared)),
    }
  }

  /** All hear of the same change at once, and one of them asks. Identities' flags are refreshed when they are wanted. */
  const change = async (next: string) => {
    epoch = next
    await environment.refreshing
    if (!isFresh(environment)) refresh(environment)
  }

  let timer: ReturnType<typeof setTimeout>
  /**
   * Each process looks a little before its flags are old, at a moment of its own. So the first one asks, and the others find what it
   * has brought: by the age of the flags and not by a steady beat, which would ask for what somebody has just brought.
   */
  const dueMs = () => {
    const { known } = environment
    return known?.epoch === epoch ? maxAgeMs * (0.8 + Math.random() / 5) - ageMs(known.snapshot) : 0
  }
  const poll = async () => {
    if (dueMs() <= 0) await refresh(environment)
    if (closed) return
    const due = dueMs()
    timer = setTimeout(poll, due > 0 ? due : maxAgeMs)
    // It holds no process that has nothing else to do.
    ;(timer as { unref?: () => void }).unref?.()
  }
  poll()

  let unsubscribe: Stop | undefined
  scope.then((channel) => {
    if (closed) return
    try {
      unsubscribe = shared?.subscribe?.(channel, change)
    } catch (cause) {
      report(new GuidonError('storage', 'the store of the flags cache', { cause }))
    }
  })

  return {
    async get(given) {
      const entry = entryOf(given)
      if (!isFresh(entry)) {
        const coming = refresh(entry)
        if (coming && !isUsable(entry)) await within(timeoutMs, coming).catch(() => {})
      }
      return flagsOf(entry, given != null)
    },
    async invalidate() {
      const next = toBase64url(crypto.getRandomValues(new Uint8Array(9)))
      // Longer than any flags are kept: when it is forgotten, so are they.
      await store.set(await epochName, next, 2 * (maxAgeMs + staleMs))
      change(next)
      await store.publish(await scope, next)
    },
    close() {
      closed = true
      clearTimeout(timer)
      unsubscribe?.()
    },
  }
}

/** What is in the store is looked at as an answer is: whole, or not at all. */
const knownFrom = (text: string, name: string, identity: string | undefined): Known | undefined => {
  const end = text.indexOf(' ')
  const found = fromText(text.slice(end + 1), name, undefined)
  if (!found) return
  try {
    const flags = new Map<string, Row>()
    for (const [flag, row] of found.flags) put(flags, flag, row)
    return { epoch: text.slice(0, end), snapshot: { identity, source: 'network', at: found.at, flags } }
  } catch {
    return
  }
}
