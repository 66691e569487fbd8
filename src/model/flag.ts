/** What a flag's value can be. Servers send JSON values as strings: read those with `json()`. */
export type FlagValue = string | number | boolean | null

/** Where the flags that are shown came from. A page's server snapshot counts as what it was on the server. */
export type Source = 'defaults' | 'storage' | 'network' | 'override'

/** A flag as an app sees it. Frozen. */
export interface Flag {
  /** As the server has it. */
  readonly name: string
  /** Whether it is on. */
  readonly enabled: boolean
  /** Its value, whether it is on or off. */
  readonly value: FlagValue
  /** Where it came from. */
  readonly source: Source
  /** The flags are older than `maxAgeMs`. */
  readonly stale: boolean
  /** The variation of a multivariate flag, from servers that tell it. */
  readonly variant?: string | undefined
  /** Why the server decided so, from servers that tell it. */
  readonly reason?: string | undefined
  /** The value that waits for the next start, where `apply` says `'next-start'`. */
  readonly next?: { readonly enabled: boolean; readonly value: FlagValue } | undefined
}

/**
 * What is kept of a flag: in memory, on the device and in a page's snapshot alike. A tuple, because then what `JSON.parse`
 * gives is what is kept: no copy at start-up, and no repeated field names on the disk.
 */
export type Row = readonly [
  enabled: boolean,
  value: FlagValue,
  variant?: string | null,
  reason?: string | null,
]

/** Flags by name. A `Map`, so that a flag named `__proto__` is a flag like any other. */
export type FlagTable = ReadonlyMap<string, Row>

export const isRow = (row: Readonly<Record<number, unknown>> | undefined): row is Row =>
  typeof row?.[0] === 'boolean' &&
  // Most flags have no value, and asking for those first makes no object.
  (row[1] === null || (row[1] !== undefined && Object(row[1]) !== row[1])) &&
  typeof (row[2] ?? '') === 'string' &&
  typeof (row[3] ?? '') === 'string'

/** Checks a flag from outside and puts it into a table. One that is malformed throws: half an answer is none. */
export const put = (table: Map<string, Row>, name: unknown, row: readonly unknown[]): void => {
  if (typeof name !== 'string' || !isRow(row)) throw name
  table.set(name, row)
}
