import { expect, vi } from 'vitest'
import { run } from '../run.ts'

export const KEYS = 'shop:ser.shop'

/** Waits until a check holds, on a machine that may be busy. */
export const soon = <T>(check: () => T | Promise<T>): Promise<T> => vi.waitFor(check, { timeout: 20_000 })

/** One of the numbers on a page for Prometheus. */
export async function numberIn(page: Response, name: string): Promise<number> {
  const line = (await page.text()).split('\n').find((line) => line.startsWith(`guidon_edge_${name} `))
  return Number(line?.split(' ').at(-1))
}

interface Event {
  readonly time: string
  readonly level: string
  readonly event: string
  readonly [fact: string]: unknown
}

/** Runs `guidon edge` before an upstream, on a port of its own. */
export async function startEdge(api: string, args: readonly string[] = [], env: Record<string, string> = {}) {
  const program = run(['edge', '--port', '0', '--host', '127.0.0.1', '--log-format', 'json', ...args], {
    env: { API_URL: api, ENVIRONMENT_KEY_PAIRS: KEYS, API_POLL_FREQUENCY: '0.02', ...env },
    cwd: '/nowhere',
  })
  const events = () => program.out.map((line) => JSON.parse(line) as Event)
  const named = (name: string) => events().filter(({ event }) => event === name)
  const started = await soon(() => {
    const [found] = named('started')
    expect([found?.event, program.err]).toEqual(['started', []])
    return found!
  })
  const url = String(started.url)
  const ask = (path: string, init: RequestInit & { key?: string | null } = {}) => {
    const { key = 'shop', ...rest } = init
    return fetch(new URL(path, url), {
      ...rest,
      headers: {
        ...(key && { 'X-Environment-Key': key }),
        'Content-Type': 'application/json',
        ...rest.headers,
      },
    })
  }
  const post = (path: string, body: unknown) => ask(path, { method: 'POST', body: JSON.stringify(body) })
  /** How many flags it serves. */
  const count = async () => ((await (await ask('flags/')).json()) as unknown[]).length
  const health = async () => {
    const response = await ask('/proxy/health/readiness')
    return { status: response.status, ...((await response.json()) as Record<string, unknown>) }
  }
  const metric = async (name: string) => numberIn(await ask('/metrics'), name)
  return { ...program, url, ask, post, count, health, metric, events, named }
}
