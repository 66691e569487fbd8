import { wait as waitFor } from '../../edge/wait.ts'
import type { Reply } from './post.ts'

export interface ForwardCountsOptions {
  readonly everyMs: number
  /** Whether an environment has a flag of that name. Others are not counted, so that nobody can fill our memory. */
  readonly isFlag: (clientKey: string, name: string) => boolean
  /** Posts the body of `analytics/flags/` to the upstream of an environment. Never rejects. */
  readonly send: (clientKey: string, counts: Readonly<Record<string, number>>) => Promise<Reply>
  /** @default by the clock */
  readonly wait?: (ms: number, signal: AbortSignal) => Promise<void>
}

export interface CountForwarder {
  add(clientKey: string, counts: Readonly<Record<string, unknown>>): void
  /** Sends what there is, once. */
  stop(): Promise<void>
}

/** Adds up how often flags were evaluated, and tells upstream now and then. What is not told when the process is killed is lost. */
export function forwardCounts({
  everyMs,
  isFlag,
  send,
  wait = waitFor,
}: ForwardCountsOptions): CountForwarder {
  const sums = new Map<string, Map<string, number>>()
  const end = new AbortController()

  function add(clientKey: string, counts: Readonly<Record<string, unknown>>): void {
    const mine = sums.get(clientKey) ?? new Map<string, number>()
    for (const [name, count] of Object.entries(counts)) {
      // As the API: what it does not know, and what is no count, it skips.
      if (!isFlag(clientKey, name) || !Number.isInteger(count) || (count as number) < 1) continue
      mine.set(name, Math.min((mine.get(name) ?? 0) + (count as number), Number.MAX_SAFE_INTEGER))
    }
    if (mine.size > 0) sums.set(clientKey, mine)
  }

  async function flush(): Promise<void> {
    const batch = [...sums]
    sums.clear()
    await Promise.all(
      batch.map(async ([clientKey, mine]) => {
        const counts = Object.fromEntries(mine)
        const { status } = await send(clientKey, counts)
        // Not heard: next time. A refusal would be one again.
        if (status === 0 || status === 429 || status >= 500) add(clientKey, counts)
      }),
    )
  }

  async function run(): Promise<void> {
    while (!end.signal.aborted) {
      await wait(everyMs, end.signal)
      await flush()
    }
  }
  const running = run()

  return {
    add,
    async stop() {
      end.abort()
      await running
    },
  }
}
