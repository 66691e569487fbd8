import { GuidonError } from './errors.ts'
import { type FlagTable, type FlagValue, put, type Row, type Source } from './flag.ts'

/** Evaluated flags of one user at one moment. Never changed, only replaced. */
export interface Snapshot {
  /** The identifier they were evaluated for; absent for flags of the environment. */
  readonly identity?: string | undefined
  readonly source: Source
  /** When the server was asked: milliseconds since 1970. */
  readonly at: number
  readonly flags: FlagTable
}

/** A snapshot as plain data: what `snapshot()` gives, a page carries, and the device keeps (there with hashes for names). */
export interface SnapshotData extends Omit<Snapshot, 'flags'> {
  readonly v: 1
  readonly flags: readonly (readonly [name: string, row: Row])[]
  readonly environment: string
  /** Flags that belong to whoever reads the page: no identity in them. */
  readonly shared?: boolean | undefined
}

/** A snapshot as text, under the names it is to go by. */
export const toText = (
  snapshot: Snapshot,
  environment: string,
  identity: string | undefined,
  shared?: boolean,
): string =>
  JSON.stringify({
    shared,
    // May be shared itself: flags of the page, until the server has said which are this user's.
    ...snapshot,
    v: 1,
    environment,
    identity,
    flags: [...snapshot.flags],
  } satisfies SnapshotData)

/**
 * A snapshot from outside, when it goes by these names, or is for whoever reads it. Its rows are not looked at, for the
 * start is not to wait for that: reads make sure of the types of what they give.
 */
export const fromText = (
  text: string | null | undefined,
  environment: string,
  identity: string | undefined,
): (Snapshot & { shared?: boolean | undefined }) | undefined => {
  try {
    const data: SnapshotData = JSON.parse(text as string)
    if (
      data.v === 1 &&
      data.environment === environment &&
      (data.shared || data.identity === identity) &&
      data.at > 0 &&
      data.flags.length >= 0
    ) {
      return { ...data, flags: new Map(data.flags) }
    }
  } catch {}
  return
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
  const table = new Map<string, Row>()
  try {
    for (const [name, { enabled, value, variant }] of Object.entries(flags))
      put(table, name, [enabled, value, variant])
  } catch (cause) {
    throw new GuidonError('invalid-option', 'defaults', { cause })
  }
  return table
}
