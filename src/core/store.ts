import type { FlagTable, Row } from '../model/flag.ts'
import type { Snapshot } from '../model/snapshot.ts'
import { diff } from './diff.ts'

/** When a value that came in is shown: at once, or at the next start of the app (or of the user). */
export type Apply = 'now' | 'next-start'

/** The one place where flags are kept, and the one door through which they come. Every race is decided here. */
export class Store {
  /** What readers see. */
  shown!: Snapshot
  /** What came last: the same flags, unless one of them waits for the next start. */
  latest!: Snapshot
  /** Moves on every identify, reset and setTraits. An answer carries the generation it was asked under. */
  generation = 0
  /** The network has answered since this user began. */
  private answered = false
  private readonly bundled: FlagTable
  private readonly waits: ((name: string) => boolean) | undefined

  constructor(bundled: FlagTable, waits?: (name: string) => boolean) {
    this.bundled = bundled
    this.waits = waits
    this.begin(undefined)
  }

  /** Another user, or the same one anew, with the flags that came with the page, or the bundled ones, to start from. */
  begin(identity: string | undefined, page?: Snapshot): void {
    this.generation++
    this.answered = false
    this.latest = this.shown = page ?? { identity, source: 'defaults', at: 0, table: this.bundled }
  }

  /** Takes a snapshot, or refuses it: another identity's, an older generation's, storage's after a fresher one. */
  replace(next: Snapshot, generation: number): void {
    const { shown, latest } = this
    if (generation !== this.generation || next.identity !== shown.identity) return
    const live = next.source === 'network'
    // Storage may answer after the network did: yesterday's flags must not overwrite today's. Nor must they overwrite a
    // younger snapshot that came with the page, or the first paint would flicker.
    if (!live && (this.answered || next.at < shown.at)) return
    this.answered = live
    // Equal flags keep their table: no second copy in memory, and who compares by reference sees that nothing changed.
    this.latest = !live || diff(latest.table, next.table).length ? next : { ...next, table: latest.table }
    this.shown = live ? this.applied(this.latest) : this.latest
  }

  /** The incoming flags, less what has to wait: a flag that is shown keeps its value until the next start. */
  private applied(latest: Snapshot): Snapshot {
    const { waits } = this
    if (!waits) return latest
    const kept: [string, Row][] = []
    this.shown.table.forEach((row, name) => {
      if (waits(name)) kept.push([name, row])
    })
    return kept.length ? { ...latest, table: new Map([...latest.table, ...kept]) } : latest
  }
}
