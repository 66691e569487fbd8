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

/** A snapshot as plain data: what `snapshot()` gives, a page carries, and the device keeps (there with hashes for names). */
export interface SnapshotData {
  readonly v: 1
  readonly environment: string
  /** The identifier the flags belong to. */
  readonly identity?: string | undefined
  /** Flags that belong to whoever reads the page: no identity in them. */
  readonly shared?: boolean | undefined
  readonly source: Source
  /** When the server answered: milliseconds since 1970. */
  readonly at: number
  readonly flags: readonly Row[]
}

/** A snapshot as data, under the names it is to go by. */
export const toData = (
  { source, at, table }: Snapshot,
  environment: string,
  identity: string | undefined,
  shared?: boolean,
): SnapshotData => ({ v: 1, environment, identity, shared, source, at, flags: [...table.values()] })

/** Data from outside as a table and its time, when it is whole and goes by these names, or is for whoever reads it. */
export const fromData = (
  data: unknown,
  environment: string,
  identity: string | undefined,
): Snapshot | undefined => {
  const { v, environment: of, identity: id, shared, source, at, flags } = (data ?? {}) as SnapshotData
  const table =
    v === 1 && of === environment && (shared || id === identity) && at > 0 ? toTable(flags) : undefined
  return table && { identity, source, at, table }
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
