import type { Inside } from '../client/client.ts'
import type { Stop } from '../core/ports.ts'
import type { GuidonError } from '../model/errors.ts'
import { backoffMs } from '../transport/backoff.ts'
import type { Send } from '../transport/http.ts'

/** What happened, and how often: a flag's name that was read, or an event as JSON. Oldest first. */
export type Tallies = Map<string, number>

/** What both kinds of batches leave to the app. */
export interface BatchOptions {
  /** How long things may wait for the next post, in milliseconds. Default: 10,000. */
  readonly flushMs?: number | undefined
}

/** What is posted, and how. */
interface Kind {
  /** What it is called on the device. */
  readonly key: string
  readonly send: Send
  readonly path: string
  /** A request's body. */
  pack(tallies: Tallies): string
  /** The server took a request, and what it said to that. */
  taken?(answer: string, body: string): void
  /** How many different texts may wait; then the oldest goes. */
  readonly max?: number
  /** So many were given up: pushed out by newer, or refused by the server. */
  lose?(count: number): void
}

/** In characters, so that a request stays below the 64 KiB that a browser sees through after the page is gone. */
const LARGEST = 20_000

/** Who changes the device waits here, all clients of the page alike: two may keep things under one key. */
let turns: Promise<unknown> = Promise.resolve()

/**
 * Collects and posts. What waits is in memory or on the device, never in both, and who has a turn takes all from the
 * device: so a page and its reload, or two tabs, do not both send it.
 */
export const createBatch = (
  { storage, report, consent }: Inside,
  { flushMs = 10_000 }: BatchOptions,
  { key, send, path, pack, taken, max = 1_000, lose }: Kind,
): { add(text: string): boolean; end: Stop } => {
  let pool: Tallies = new Map()
  /** Ends the request that is out. */
  let stop: AbortController | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  let failures = 0
  /** Closed, or the server wants none of it. */
  const off = new AbortController()
  const { signal } = off

  const denied = () => consent?.().analytics === false

  const put = (count: number, text: string) => {
    pool.set(text, (pool.get(text) ?? 0) + count)
    if (pool.size > max) {
      pool.delete([...pool.keys()][0] as string)
      lose?.(1)
    }
  }
  const putBefore = (older: Tallies) => {
    const newer = pool
    pool = new Map(older)
    newer.forEach(put)
  }

  /** Takes what is on the device, may post, and leaves there what is left (or in memory, when it cannot be kept). */
  const turn = (posting?: boolean) => {
    turns = turns.then(async () => {
      const text = storage.get(key)
      storage.delete(key)
      try {
        putBefore(JSON.parse((await text) as string))
      } catch {
        // Nothing there, or nothing of ours.
      }
      if (denied()) pool = new Map()
      if (pool.size && posting && !stop) post()
      const rest = pool
      pool = new Map()
      if (rest.size && !(await storage.set(key, JSON.stringify([...rest])))) putBefore(rest)
    })
  }

  const post = async () => {
    const sent: Tallies = new Map()
    let size = 0
    for (const [text, count] of pool) {
      size += text.length + 20
      if (size > LARGEST && sent.size) break
      sent.set(text, count)
      pool.delete(text)
    }
    let ms = pool.size ? 0 : flushMs
    stop = new AbortController()
    try {
      const body = pack(sent)
      const answer = await send({ path, body, keepalive: body.length < LARGEST }, stop)
      failures = 0
      taken?.(answer, body)
    } catch (error) {
      const failed = error as GuidonError
      const status = `${failed.status}`
      if (/^4(?!08|29)/.test(status)) {
        report(failed)
        lose?.(sent.size)
        // Nobody there, or not for us: not asked again in this session.
        if (/0[134]/.test(status)) off.abort()
      } else {
        // One that goes on is told once.
        if (!failures && !signal.aborted) report(failed)
        ms = backoffMs(++failures, failed)
        putBefore(sent)
        turn()
      }
    }
    stop = undefined
    arm(ms)
  }

  const arm = (ms = flushMs) => {
    clearTimeout(timer)
    if (signal.aborted) return
    timer = setTimeout(() => {
      timer = undefined
      turn(true)
    }, ms)
  }

  // The page goes away, or comes back. A small request is seen through by the browser; where one may fail, the device keeps.
  if (typeof document === 'object')
    for (const type of ['visibilitychange', 'pagehide'])
      addEventListener(type, () => turn(!failures && navigator.onLine), { capture: true, signal })

  // What an earlier session may have left.
  arm()

  return {
    add(text) {
      if (signal.aborted) return false
      if (denied()) {
        turn()
        return false
      }
      put(1, text)
      if (!timer) arm()
      return true
    },
    end() {
      off.abort()
      clearTimeout(timer)
      stop?.abort()
      turn()
    },
  }
}
