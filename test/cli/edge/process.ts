import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect } from 'vitest'
import { afterwards } from '../run.ts'
import { KEYS, soon } from './edge.ts'

/** `guidon edge` as it is installed, in a process of its own: `npm run build` makes it. */
export async function startProcess(
  api: string,
  args: readonly string[],
  { env = {}, maxFiles = 0 }: { env?: Record<string, string>; maxFiles?: number } = {},
) {
  const command = [process.execPath, 'dist/cli.js', 'edge', '--port', '0', '--host', '127.0.0.1', ...args]
  const [file = '', ...rest] = maxFiles
    ? ['sh', '-c', `ulimit -n ${maxFiles} && exec "$@"`, 'sh', ...command]
    : command
  const child = spawn(file, rest, {
    env: { ENVIRONMENT_KEY_PAIRS: KEYS, API_URL: api, API_POLL_FREQUENCY: '0.1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const ended = once(child, 'exit')
  afterwards(async () => {
    child.kill('SIGKILL')
    await ended
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      said += text
    })
  }
  const url = await soon(() => / started url=(\S+)/.exec(said)![1]!)
  await soon(async () => expect((await fetch(new URL('/health', url))).status).toBe(200))
  return {
    url,
    child,
    ended,
    said: () => said,
    /** The processes that serve, in the order in which they were started. */
    workers: () => [...said.matchAll(/worker started pid=(\d+)/g)].map(([, pid]) => Number(pid)),
  }
}

/** Whether there is such a process. One that has ended and was not asked for yet is none. */
export function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
