import { afterEach } from 'vitest'
import { main } from '../../src/cli/main.ts'
import type { Terminal } from '../../src/cli/terminal.ts'

const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

/** Does this after the test. */
export const afterwards = (end: () => unknown): void => void ends.push(end)

/** Runs the program in a terminal of its own. */
export function run(args: readonly string[], { env = {}, cwd = '/', onLine }: Partial<Terminal> = {}) {
  const out: string[] = []
  const err: string[] = []
  const stop = new AbortController()
  const code = main(args, {
    out: (line) => out.push(line),
    err: (line) => err.push(line),
    stop: stop.signal,
    env,
    cwd,
    ...(onLine && { onLine }),
  })
  const end = () => {
    stop.abort()
    return code
  }
  afterwards(end)
  return { out, err, code, end }
}

/** Runs it to its end. */
export async function ran(args: readonly string[], terminal?: Partial<Terminal>) {
  const { out, err, code } = run(args, terminal)
  return { code: await code, out, err }
}
