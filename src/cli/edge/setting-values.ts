/** What a single setting may be. In a variable everything is text; lists and groups are JSON there. */

/** What is wrong with settings, a line for each. */
export class Problem extends Error {
  readonly lines: readonly string[]
  constructor(lines: readonly string[]) {
    super(lines.join(' '))
    this.lines = lines
  }
}

/** Takes a value for a setting, or throws a `Problem` that names the place. Adds to the notes what has no effect. */
type Read<T> = (value: unknown, place: string, notes: string[]) => T

const wrong = (place: string, expected: string): never => {
  // Never the value: it may be a key.
  throw new Problem([`${place} must be ${expected}.`])
}

/** Variables hold text. */
function unpacked(value: unknown): unknown {
  if (typeof value !== 'string') return value
  try {
    return JSON.parse(value)
  } catch {
    return undefined
  }
}

export const anything: Read<unknown> = (value) => value

export const text: Read<string> = (value, place) =>
  typeof value === 'string' && value !== '' ? value : wrong(place, 'a text')

export const boolean: Read<boolean> = (value, place) => {
  const found = typeof value === 'string' ? unpacked(value.toLowerCase()) : value
  return typeof found === 'boolean' ? found : wrong(place, 'true or false')
}

export const numberFrom =
  (least: number, most: number): Read<number> =>
  (value, place) => {
    const found = typeof value === 'string' ? Number(value) : value
    return typeof found === 'number' && found >= least && found <= most
      ? found
      : wrong(place, `a number from ${least} to ${most}`)
  }

export const orNull =
  <T>(read: Read<T>): Read<T | null> =>
  (value, place, notes) =>
    value === null ? null : read(value, place, notes)

export const oneOf =
  <T extends string>(...texts: readonly T[]): Read<T> =>
  (value, place) =>
    texts.find((one) => one === String(value).toLowerCase()) ?? wrong(place, `one of ${texts.join(', ')}`)

export const address: Read<string> = (value, place) =>
  typeof value === 'string' && /^https?:/.test(value) && URL.canParse(value)
    ? value.replace(/\/?$/, '/')
    : wrong(place, 'an address, such as https://flags.example.com/api/v1/')

export const listOfTexts: Read<readonly string[]> = (value, place) => {
  const found = unpacked(
    typeof value === 'string' && !value.startsWith('[') ? JSON.stringify(value.split(',')) : value,
  )
  return Array.isArray(found) && found.every((item) => typeof item === 'string')
    ? found.map((item) => item.trim())
    : wrong(place, 'a list of texts')
}

/** The keys of an environment: `serverKey` reads the document, `clientKey` is what apps have. */
export interface KeyPair {
  readonly clientKey: string
  readonly serverKey: string
}

/**
 * A list of `{ "server_side_key": "ser.…", "client_side_key": "…" }`. In a variable also `client:ser.…`, several with commas.
 */
export const keyPairs: Read<readonly KeyPair[]> = (value, place) => {
  const found =
    typeof value === 'string' && !value.startsWith('[') ? value.split(',').map(shortPair) : unpacked(value)
  const list = Array.isArray(found) ? found : wrong(place, 'a list of key pairs')
  return list.map((pair, index) => {
    const { server_side_key, client_side_key } = Object(pair) as Record<string, unknown>
    const here = `${place}[${index}]`
    const serverKey = text(server_side_key, `${here}.server_side_key`, []).trim()
    const clientKey = text(client_side_key, `${here}.client_side_key`, []).trim()
    if (!serverKey.startsWith('ser.')) wrong(`${here}.server_side_key`, 'a key that begins with "ser."')
    if (clientKey.startsWith('ser.') || clientKey === '')
      wrong(`${here}.client_side_key`, 'a client-side key')
    return { clientKey, serverKey }
  })
}

function shortPair(pair: string) {
  const keys = pair.split(':').map((key) => key.trim())
  return {
    server_side_key: keys.find((key) => key.startsWith('ser.')),
    client_side_key: keys.find((key) => !key.startsWith('ser.')),
  }
}

type Fields = Readonly<Record<string, Read<unknown>>>
/** What has been said of a group. */
export type Group<G> = G extends Read<infer Said> ? Said : never

/** Several settings by name. `idle` are names that mean something elsewhere and nothing here. */
export function group<F extends Fields>(fields: F, idle: readonly string[] = []) {
  const read = (value: unknown, place: string, notes: string[]): { [K in keyof F]?: ReturnType<F[K]> } => {
    const found = unpacked(value)
    if (typeof found !== 'object' || found === null || Array.isArray(found)) return wrong(place, 'an object')
    const said: Record<string, unknown> = {}
    const lines: string[] = []
    for (const [name, item] of Object.entries(found)) {
      const here = place === '' || place.endsWith(': ') ? place + name : `${place}.${name}`
      const field = Object.hasOwn(fields, name) ? fields[name] : undefined
      if (!field)
        notes.push(
          `${here} ${idle.includes(name) ? 'has no effect here.' : 'is no setting that the edge knows.'}`,
        )
      else {
        try {
          said[name] = field(item, here, notes)
        } catch (error) {
          if (!(error instanceof Problem)) throw error
          lines.push(...error.lines)
        }
      }
    }
    if (lines.length > 0) throw new Problem(lines)
    return said as { [K in keyof F]?: ReturnType<F[K]> }
  }
  return Object.assign(read, { names: Object.keys(fields) })
}
