import type { FlagTable, Row } from '../model/flag.ts'
import type { Snapshot } from '../model/snapshot.ts'
import { diff } from './diff.ts'

/** When a value that came in is shown: at once, or at the next start of the app (or of the user). */
export type Apply = 'now' | 'next-start'

/** The one place where flags are kept, and the one door through which they come. Every race is decided here. */
export class Store {
  /** What readers see. */
  shown: Snapshot = { identity: undefined, source: 'defaults', at: 0, table: new Map() }
  /** What came last: the same, unless a flag waits for the next start. */
  latest: Snapshot = this.shown
  /** Moves on every identify, reset and setTraits. An answer carries the generation it was asked under. */
  generation = 0
  /** The network has spoken in this generation's session. */
  private answered = false

  constructor(
    private readonly waits: (name: string) => boolean,
    /** Hears the names of the flags that look different now. */
    private readonly onChange: (changed: readonly string[]) => void,
  ) {}

  /** Another user, or the same one anew, with the flags to start from. */
  begin(first: Snapshot): void {
    this.generation++
    this.answered = false
    this.put(first, first.table)
  }

  /** Takes a snapshot, or refuses it: another identity's, an older generation's, storage's after a fresher one. */
  replace(next: Snapshot, generation: number): boolean {
    const { shown } = this
    const fromNetwork = next.source === 'network'
    if (generation !== this.generation || next.identity !== shown.identity) return false
    // Storage may answer after the network did: yesterday's flags must not overwrite today's. Nor must they overwrite a
    // younger snapshot that came with the page, or the first paint would flicker.
    if (!fromNetwork && (this.answered || next.at < shown.at)) return false
    this.answered = fromNetwork
    this.put(next, fromNetwork ? this.applied(next.table) : next.table)
    return true
  }

  /** The incoming flags, less what has to wait: a flag that is shown keeps its value until the next start. */
  private applied(incoming: FlagTable): FlagTable {
    const kept: [string, Row][] = []
    this.shown.table.forEach((row, name) => {
      if (this.waits(name)) kept.push([name, row])
    })
    return kept.length ? new Map([...incoming, ...kept]) : incoming
  }

  private put(latest: Snapshot, table: FlagTable): void {
    const changed = diff(this.shown.table, table)
    // Equal flags keep their table: no second copy in memory, and who compares by reference sees that nothing changed.
    this.shown = { ...latest, table: changed.length ? table : this.shown.table }
    this.latest = table === latest.table ? this.shown : latest
    this.onChange(changed)
  }
}
