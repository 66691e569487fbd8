/** What the edge is to do: a file in the Edge Proxy's shape, variables of the same names in capitals, and the command line. */
import { resolve } from 'node:path'
import type { Surroundings } from '../../codegen/config.ts'
import { oneLine } from '../../codegen/words.ts'
import { readIfThere } from '../../codegen/write-file.ts'
import {
  address,
  anything,
  boolean,
  type Group,
  group,
  keyPairs,
  listOfTexts,
  numberFrom,
  oneOf,
  orNull,
  Problem,
  text,
} from './setting-values.ts'

/** What the command line may say; it counts more than variables, and those more than the file. */
export interface EdgeOptions {
  readonly config?: string
  readonly host?: string
  readonly port?: number
  readonly data?: string
  readonly forwardTraits?: boolean
  readonly workers?: number
  readonly logFormat?: 'json' | 'text'
}

export type EdgeSettings = ReturnType<typeof settled>

const port = numberFrom(0, 65_535)
const seconds = numberFrom(0.01, 86_400)
const count = numberFrom(1, 1e12)

/** Everything that a file may say, in the Edge Proxy's names where it has one. */
const FIELDS = group(
  {
    environment_key_pairs: keyPairs,
    api_url: address,
    api_poll_frequency_seconds: seconds,
    api_poll_timeout_seconds: seconds,
    allow_origins: listOfTexts,
    server: group({ host: text, port, timeout_keep_alive: seconds }, ['reload', 'proxy_headers']),
    health_check: group({ environment_update_grace_period_seconds: orNull(seconds) }),
    logging: group(
      {
        log_level: oneOf('debug', 'info', 'warning', 'error'),
        log_format: oneOf('json', 'generic', 'text'),
        enable_access_log: boolean,
      },
      ['log_event_field_name', 'colours', 'colors', 'override'],
    ),
    // From here on ours.
    data_dir: text,
    forward_traits: boolean,
    forward_analytics: boolean,
    analytics_frequency_seconds: seconds,
    metrics: boolean,
    workers: numberFrom(1, 256),
    limits: group({
      body_bytes: count,
      header_bytes: count,
      requests: count,
      streams: count,
      request_seconds: seconds,
      shutdown_seconds: seconds,
      pending_trait_bytes: count,
    }),
    $schema: anything,
  },
  ['endpoint_caches', 'telemetry'],
)

/** Other names that the Edge Proxy takes, or took once. */
const ALIASES: Readonly<Record<string, string>> = {
  api_poll_frequency: 'api_poll_frequency_seconds',
  api_poll_timeout: 'api_poll_timeout_seconds',
  flagsmith_api_url: 'api_url',
  environment_api_keys: 'environment_key_pairs',
}

const MIB = 1024 * 1024
/** Whole ones: of 2.01 seconds a fraction would be left over, which Node does not take. */
const inMs = (seconds: number): number => Math.round(seconds * 1_000)
const graceMs = (seconds: number | null | undefined): number | undefined =>
  typeof seconds === 'number' ? inMs(seconds) : undefined

const settled = (said: Group<typeof FIELDS>) => ({
  environments: said.environment_key_pairs ?? [],
  api: said.api_url ?? 'https://edge.api.flagsmith.com/api/v1/',
  pollMs: inMs(said.api_poll_frequency_seconds ?? 10),
  pollTimeoutMs: inMs(said.api_poll_timeout_seconds ?? 5),
  allowOrigins: said.allow_origins ?? ['*'],
  host: said.server?.host ?? '0.0.0.0',
  port: said.server?.port ?? 8000,
  keepAliveMs: inMs(said.server?.timeout_keep_alive ?? 5),
  graceMs: graceMs(said.health_check?.environment_update_grace_period_seconds),
  logLevel: said.logging?.log_level ?? 'info',
  logFormat: said.logging?.log_format === 'json' ? ('json' as const) : ('text' as const),
  accessLog: said.logging?.enable_access_log ?? false,
  data: said.data_dir,
  forwardTraits: said.forward_traits ?? false,
  forwardCounts: said.forward_analytics ?? true,
  countsMs: inMs(said.analytics_frequency_seconds ?? 10),
  metrics: said.metrics ?? true,
  workers: said.workers ?? 1,
  maxBodyBytes: said.limits?.body_bytes ?? MIB,
  maxHeaderBytes: said.limits?.header_bytes ?? 16 * 1024,
  maxRequests: said.limits?.requests ?? 1_000,
  maxStreams: said.limits?.streams ?? 10_000,
  requestMs: inMs(said.limits?.request_seconds ?? 30),
  shutdownMs: inMs(said.limits?.shutdown_seconds ?? 10),
  maxPendingTraitBytes: said.limits?.pending_trait_bytes ?? 64 * MIB,
})

/** Reads all three places. Throws one error that names everything that is wrong; `notes` says what has no effect. */
export async function readSettings(
  options: EdgeOptions,
  { cwd, env }: Surroundings,
): Promise<{ settings: EdgeSettings; notes: readonly string[] }> {
  const notes: string[] = []
  const problems: string[] = []
  const tried = (place: string, value: Record<string, unknown>) => {
    try {
      return FIELDS(renamed(value), place, notes)
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      problems.push(...error.lines)
      return {}
    }
  }
  const file = await fileOf(options.config ?? env.CONFIG_PATH, cwd)
  const layers = [
    ...(file ? [tried(`${file.name}: `, file.value)] : []),
    tried('', variables(env)),
    fromOptions(options),
  ]
  const settings = settled(layers.reduce(merged))
  if (settings.data !== undefined) Object.assign(settings, { data: resolve(cwd, settings.data) })
  problems.push(...contradictions(settings))
  if (problems.length > 0) throw new Error(problems.join(' '))
  return { settings, notes }
}

async function fileOf(name: string | undefined, cwd: string) {
  const found = await readIfThere(resolve(cwd, name ?? 'config.json'))
  if (found === undefined) {
    if (name !== undefined) throw new Error(`There is no file ${name}.`)
    return undefined
  }
  const shown = name ?? 'config.json'
  let value: unknown
  try {
    value = JSON.parse(found)
  } catch (error) {
    // Without what the parser quotes: keys are in there.
    throw new Error(`${shown} is not JSON${/ at position \d+/.exec(oneLine(error))?.[0] ?? ''}.`)
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Error(`${shown} holds no object.`)
  return { name: shown, value: value as Record<string, unknown> }
}

/** The variables that are settings. Others are none of our business, so `$schema` and its like are not asked for. */
function variables(env: Surroundings['env']): Record<string, unknown> {
  const names = [...FIELDS.names.filter((name) => /^\w+$/.test(name)), ...Object.keys(ALIASES)]
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = env[name.toUpperCase()]?.trim()
      // `LOGGING`, `METRICS` and their like may well be somebody else's; but they are the Edge Proxy's names.
      return value ? [[name.toUpperCase(), value]] : []
    }),
  )
}

const renamed = (value: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(value).map(([name, item]) => {
      const plain = name === name.toUpperCase() ? name.toLowerCase() : name
      return [ALIASES[plain] ?? plain, item]
    }),
  )

const fromOptions = ({ host, port, data, forwardTraits, workers, logFormat }: EdgeOptions) => ({
  ...((host !== undefined || port !== undefined) && {
    server: { ...(host !== undefined && { host }), ...(port !== undefined && { port }) },
  }),
  ...(data !== undefined && { data_dir: data }),
  ...(forwardTraits !== undefined && { forward_traits: forwardTraits }),
  ...(workers !== undefined && { workers }),
  ...(logFormat !== undefined && { logging: { log_format: logFormat } }),
})

/** The later one counts; within a group, name by name. */
function merged(one: Group<typeof FIELDS>, other: Group<typeof FIELDS>): Group<typeof FIELDS> {
  const all: Record<string, unknown> = { ...one }
  for (const [name, value] of Object.entries(other)) {
    const before = all[name]
    const isGroup = typeof before === 'object' && before !== null && !Array.isArray(before)
    all[name] = isGroup ? { ...before, ...(value as object) } : value
  }
  return all
}

function contradictions({ environments, data, forwardTraits }: EdgeSettings): string[] {
  const keys = environments.flatMap(({ clientKey, serverKey }) => [clientKey, serverKey])
  return [
    environments.length === 0 &&
      'Which environments? Give environment_key_pairs in a config file, or the variable ENVIRONMENT_KEY_PAIRS.',
    new Set(keys).size < keys.length && 'environment_key_pairs has a key twice.',
    forwardTraits &&
      data === undefined &&
      'forward_traits needs a folder for traits that are under way: data_dir, or --data.',
  ].filter((line) => line !== false)
}
