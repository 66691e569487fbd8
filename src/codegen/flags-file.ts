import type { FlagTable, Row } from '../model/flag.ts'
import { type Defaults, defaultsTable } from '../model/snapshot.ts'
import { oneLine } from './words.ts'

/** What a file of bundled flags holds. */
export interface FlagsFile {
  /** The client-side key of the environment that they are of, where the file says so. */
  readonly environment?: string | undefined
  /** The day (UTC) on which the server was found to say this, as `2026-11-21`. */
  readonly date?: string | undefined
  readonly flags: FlagTable
}

/** The forms of such a file: ours, and that of Flagsmith's own command (`flagsmith get`, `flagsmith eval --js`). */
export type FlagsFormat = 'guidon' | 'flagsmith'

/**
 * Reads a file of bundled flags in either form: what both have in common is `flags`.
 *
 * @throws GuidonError `invalid-option` for one that is neither; SyntaxError for one that is no JSON.
 */
export const readFlags = (text: string): FlagsFile => {
  const data = Object(JSON.parse(text)) as Partial<Defaults & Ours & Theirs>
  return {
    environment: textOf(data.environment) ?? textOf(data.evaluationContext?.environment?.apiKey),
    date: textOf(data.date),
    flags: defaultsTable({ flags: Object(data.flags) }),
  }
}

/** The same of a file by its name. What is wrong is an Error with a line that names it. */
export const flagsIn = (text: string, name: string): FlagsFile => {
  try {
    return readFlags(text)
  } catch (error) {
    const why = error instanceof SyntaxError ? ` (${oneLine(error)})` : ''
    throw new Error(`${name} is no file of flags${why}. \`guidon pull\` writes one.`)
  }
}

/** A flag as such files and the bundle have it. */
export const entryOf = ([enabled, value, variant]: Row): Defaults['flags'][string] => ({
  enabled,
  value,
  ...(variant != null && { variant }),
})

/** Flags by name, always in the same order. */
export const sorted = (flags: FlagTable): [name: string, row: Row][] =>
  [...flags].sort(([a], [b]) => (a < b ? -1 : 1))

/**
 * The text of such a file. The same flags give the same text: sorted by name, a line for each, so that a change is one line
 * in a review. Nothing of the identity that they were asked for is in it.
 */
export const writeFlags = (
  { environment, date, flags }: FlagsFile,
  { format = 'guidon', api }: { format?: FlagsFormat; api?: string } = {},
): string => {
  const evaluationContext = environment ? { environment: { apiKey: environment } } : undefined
  const head: Ours | Theirs = format === 'guidon' ? { v: 1, environment, date } : { api, evaluationContext }
  const lines = sorted(flags).map(([name, row]) => `    ${JSON.stringify(name)}: ${line(row)}`)
  const first = Object.entries(head)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `  "${key}": ${JSON.stringify(value)},\n`)
  return `{\n${first.join('')}  "flags": {${lines.length ? `\n${lines.join(',\n')}\n  ` : ''}}\n}\n`
}

interface Ours {
  v?: 1
  environment?: string | undefined
  date?: string | undefined
}

interface Theirs {
  api?: string | undefined
  evaluationContext?: { environment?: { apiKey?: string } } | undefined
}

const line = (row: Row): string => {
  const parts = Object.entries(entryOf(row))
  return `{ ${parts.map(([key, part]) => `"${key}": ${JSON.stringify(part)}`).join(', ')} }`
}

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)
