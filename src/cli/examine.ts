import { explain } from '../codegen/explain.ts'
import type { FlagsFile } from '../codegen/flags-file.ts'
import { personalIn } from '../codegen/personal.ts'
import { pull } from '../codegen/pull.ts'
import { counted } from '../codegen/words.ts'
import { streamsOf } from '../live/realtime.ts'
import { hiddenBy, refusedBy } from './cors.ts'

/** What was found, and what to do about it. */
export interface Result {
  readonly state: 'ok' | 'warn' | 'fail'
  readonly found: string
  readonly todo?: string
}

/** A server as an app would ask it. */
export interface Subject {
  /** The base of the SDK API, with its final slash. */
  readonly api: string
  /** The client-side key. */
  readonly key: string
  /** Where the app's pages come from. */
  readonly origin: string
  readonly timeoutMs: number
}

const ok = (found: string): Result => ({ state: 'ok', found })
const warn = (found: string, todo: string): Result => ({ state: 'warn', found, todo })
const fail = (found: string, todo: string): Result => ({ state: 'fail', found, todo })

/** One request, as pages make them: no redirect is followed. Of a stream only the beginning is waited for. */
async function ask(url: string, { timeoutMs }: Pick<Subject, 'timeoutMs'>, init: RequestInit = {}) {
  const response = await fetch(url, { ...init, redirect: 'manual', signal: AbortSignal.timeout(timeoutMs) })
  if (isStream(response)) await response.body?.cancel()
  // Read to its end a connection can be used again, as a browser does.
  else await response.arrayBuffer()
  return response
}

const isStream = ({ headers }: Response) => headers.get('Content-Type')?.includes('event-stream')

export function keyResult(key: string | undefined): Result {
  if (!key)
    return fail(
      'There is none.',
      'Give --environment, GUIDON_ENVIRONMENT_KEY, or environmentKey in guidon.config.json.',
    )
  return key.startsWith('ser.')
    ? fail(
        'It is a server-side key (ser.…), which is a secret. It was sent nowhere.',
        'Give the client-side key. Replace this one if it was published.',
      )
    : ok('It is a client-side key.')
}

/** Whether the client gets flags. `isThere` tells whether anything answers at all. */
export async function serverResult({ api, key, timeoutMs }: Subject): Promise<Result & { isThere: boolean }> {
  try {
    const { flags } = await pull({ environmentKey: key, api, timeoutMs })
    return { ...ok(`${api} gives ${counted(flags.size)}.`), isThere: true }
  } catch (error) {
    const { code = '', status = 0 } = error as { code?: string; status?: number }
    const isThere = code !== '' && !/^(?:network|timeout)$/.test(code)
    const todo = !isThere
      ? 'Look at the address, and at what stands between here and there: network, proxy, firewall.'
      : status === 401 || status === 403
        ? 'Copy the client-side key of the environment anew, and look whether the server is the one it is of.'
        : 'Until then apps show bundled flags, or those of the device.'
    return { ...fail(explain(error, api), todo), isThere }
  }
}

/** A request for flags, by the clocks of both sides. */
export interface Sample {
  readonly ms: number
  /** How far the server's clock is ahead of ours, where it tells. */
  readonly aheadMs?: number | undefined
  readonly response: Response
}

/** Asks for flags a few times, as a page does. */
export async function samplesOf(subject: Subject, times = 5): Promise<Sample[]> {
  const samples: Sample[] = []
  for (let i = 0; i < times; i++) {
    const wall = Date.now()
    const start = performance.now()
    const headers = { 'X-Environment-Key': subject.key, Origin: subject.origin }
    const response = await ask(`${subject.api}flags/`, subject, { headers })
    const ms = performance.now() - start
    // It was written half way, and says whole seconds.
    const date = Date.parse(response.headers.get('Date') ?? '') + 500
    samples.push({ ms, aheadMs: Number.isNaN(date) ? undefined : date - (wall + ms / 2), response })
  }
  return samples.sort((a, b) => a.ms - b.ms)
}

export function latencyResult(samples: readonly Sample[]): Result {
  const median = samples[samples.length >> 1]!.ms
  const found = `${Math.round(median)} ms for one request, the median of ${samples.length}.`
  return median < 500
    ? ok(found)
    : warn(
        found,
        'Bundle flags (`guidon pull`), so that nobody waits for them. A proxy nearer to users helps, too.',
      )
}

/** The request that was over soonest tells the most. */
export function clockResult([{ ms, aheadMs }]: readonly [Sample, ...Sample[]]): Result {
  if (aheadMs === undefined)
    return warn(
      'The server does not tell its time.',
      'Nothing, as long as both clocks are set by the network.',
    )
  const seconds = Math.round(Math.abs(aheadMs) / 1_000)
  // Half of the way, and of the second that is cut off.
  if (Math.abs(aheadMs) < 5_000 + 500 + ms / 2) return ok('It agrees with the server’s.')
  const apart = seconds < 120 ? `${seconds} seconds` : `${Math.round(seconds / 60)} minutes`
  return warn(
    `It is ${apart} ${aheadMs > 0 ? 'behind' : 'ahead of'} the server’s.`,
    'Set both by the network (NTP): how old flags are is told by clocks.',
  )
}

/** What pages ask leave for: the key goes in a header of its own, and traits in a body of JSON. */
const PREFLIGHTS = [
  { path: 'flags/', method: 'GET', headers: ['x-environment-key'] },
  { path: 'identities/', method: 'POST', headers: ['content-type', 'x-environment-key'] },
] as const

/** Whether a browser would let a page ask, and see the answer. The key is not needed to ask for leave. */
export async function corsResult(
  subject: Omit<Subject, 'key'>,
  answer: Response | undefined,
): Promise<Result> {
  const { api, origin } = subject
  const todo = `The server, or what stands before it, has to allow the origin ${origin} (another: --origin) and the headers content-type and x-environment-key.`
  for (const { path, method, headers } of PREFLIGHTS) {
    const request = ask(api + path, subject, {
      method: 'OPTIONS',
      headers: {
        Origin: origin,
        'Access-Control-Request-Method': method,
        'Access-Control-Request-Headers': headers.join(','),
      },
    })
    const refused = await request.then(
      (response) => refusedBy(response, { origin, headers }),
      () => 'The preflight (OPTIONS) is not answered.',
    )
    if (refused) return fail(`Browsers may not ask: ${method} ${path}: ${refused}`, todo)
  }
  const hidden = answer && hiddenBy(answer, origin)
  if (hidden) return fail(`Browsers may ask, but not see the answer: GET flags/: ${hidden}`, todo)
  return ok(`Pages of ${origin} may ask.`)
}

/** Whether the stream opens that `realtime()` of guidon/live listens to. */
export async function realtimeResult(subject: Subject): Promise<Result> {
  const streams = streamsOf(subject.api)
  const { origin } = new URL(streams)
  const todo = `Without it realtime() polls. ${
    origin === 'https://realtime.flagsmith.com'
      ? 'Flagsmith has it in some plans, and for each project a switch.'
      : 'Streams of another address: realtime({ url }).'
  }`
  try {
    const response = await ask(
      `${streams}/sse/environments/${encodeURIComponent(subject.key)}/stream`,
      subject,
      {
        headers: { Accept: 'text/event-stream', Origin: subject.origin },
      },
    )
    const hidden = hiddenBy(response, subject.origin)
    if (!response.ok) return warn(`${origin} answers ${response.status}.`, todo)
    if (!isStream(response)) return warn(`${origin} answers, but not with events.`, todo)
    if (hidden) return warn(`The stream of ${origin} opens, but not in browsers: ${hidden}`, todo)
    return ok(`The stream of ${origin} opens.`)
  } catch {
    return warn(`${origin} opens no stream.`, todo)
  }
}

/** What everybody may read who has the app. `text` is the file as it is. */
export function bundledResult(name: string, { environment, date, flags }: FlagsFile, text: string): Result {
  if (environment?.startsWith('ser.'))
    return fail(`${name} holds a server-side key.`, 'Replace that key, and pull with the client-side one.')
  const { identity, evaluationContext } = JSON.parse(text)
  if (identity || evaluationContext?.identity)
    return warn(
      `${name} holds an identity, which everybody can read who has the app.`,
      '`guidon pull --format flagsmith` writes the same without one.',
    )
  const personal = personalIn(flags).map(([flag, kind]) => `${flag} (${kind})`)
  return personal.length
    ? warn(
        `In ${name} these look like personal data: ${personal.join(', ')}.`,
        'Everybody can read it who has the app. Change it on the server, and pull again.',
      )
    : ok(
        `${name} has ${counted(flags.size)}${date ? ` of ${date}` : ''}, and no personal data that can be told.`,
      )
}
