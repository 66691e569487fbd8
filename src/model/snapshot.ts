import { GuidonError } from './errors.ts'
import { type FlagTable, type FlagValue, type Row, type Source, toTable } from './flag.ts'

/** Evaluated flags of one user at one moment. Never changed, only replaced. */
export interface Snapshot {
  /** The identifier they were evaluated for; absent for flags of the environment. */
  readonly identity: string | undefined
  readonly source: Source
  /** When the server answered: milliseconds since 1970. */
  readonly at: number
  readonly table: FlagTable
}

/** A snapshot as plain data: what `snapshot()` gives, a page carries, and the `snapshot` option takes. */
export interface SnapshotData {
  readonly v: 1
  readonly environment: string
  /** The identifier the flags belong to. */
  readonly identity?: string
  /** Flags that belong to whoever reads the page: no identity in them. */
  readonly shared?: true
  readonly source: Source
  /** When the server answered: milliseconds since 1970. */
  readonly at: number
  readonly flags: readonly Row[]
}

/** Flags bundled at build time, as `guidon pull` writes them. The official command's file (`flagsmith get`) fits as well. */
export interface Defaults {
  readonly flags: Readonly<
    Record<string, { readonly enabled: boolean; readonly value: FlagValue; readonly variant?: string | null }>
  >
}

/**
 * The table of bundled flags.
 *
 * @throws GuidonError `invalid-option` for a file that is not one: better in the build's first run than in silence.
 */
export const defaultsTable = ({ flags }: Defaults = { flags: {} }): FlagTable => {
  const table = toTable(
    Object.entries(flags ?? []).map(([name, flag]) => [name, flag?.enabled, flag?.value, flag?.variant]),
  )
  if (!table) throw new GuidonError('invalid-option', 'defaults')
  return table
}

/** A snapshot that came with the page, when it is for this environment and user, or for whoever reads the page. */
export const fromPage = (
  { v, environment, identity, shared, source, at, flags }: SnapshotData,
  environmentKey: string,
  id: string | undefined,
): Snapshot | undefined => {
  const table =
    v === 1 && environment === environmentKey && (shared || identity === id) ? toTable(flags) : undefined
  return table && { identity: id, source, at: +at, table }
}
