import type { FlagTable } from '../model/flag.ts'
import type { Snapshot } from '../model/snapshot.ts'
import { diff } from './diff.ts'

/** When a value that came in is shown: at once, or at the next start of the app (or of the user). */
export type Apply = 'now' | 'next-start'

/** One answer for all flags, or by name (others: `'now'`). */
export type ApplyPolicy = Apply | Readonly<Record<string, Apply>>

/** The one place where flags are kept, and the one door through which they come. Every race is decided here. */
export interface Store {
  /** What readers see. */
  readonly shown: Snapshot
  /** What came last: the same flags, unless one of them waits for the next start. */
  readonly latest: Snapshot
  /** Moves on every identify, reset and setTraits. An answer carries the generation it was asked under. */
  generation: number
  /** Another user, or the same one anew, with the flags that came with the page, or the bundled ones, to start from. */
  begin(identity?: string, page?: Snapshot): void
  /** The flags that were told last. */
  told: FlagTable
  /** The names of those that look different now, which are told herewith. */
  news(): readonly string[]
  /** Takes a snapshot, or refuses it: another identity's, an older generation's, storage's after a fresher one. */
  replace(next: Snapshot, generation: number): void
}

export const createStore = (bundled: FlagTable, apply?: ApplyPolicy): Store => {
  const nothing: Snapshot = { source: 'defaults', at: 0, flags: bundled }
  /** The network has answered since this user began. */
  let answered: boolean
  /** What the last answer changed, when all before it was told: it need not be found out twice. */
  let changed: readonly string[] | undefined

  const store = {
    shown: nothing,
    latest: nothing,
    told: bundled,
    generation: 0,

    begin(identity?: string, page?: Snapshot) {
      store.generation++
      answered = false
      changed = undefined
      store.latest = store.shown = { ...nothing, ...page, identity }
    },

    news() {
      const { flags } = store.shown
      const names = changed ?? diff(store.told, flags)
      store.told = flags
      changed = undefined
      return names
    },

    replace(next: Snapshot, generation: number) {
      const { shown, latest } = store
      if (generation !== store.generation || next.identity !== shown.identity) return
      const live = next.source === 'network'
      // Storage may answer after the network did: yesterday's flags must not overwrite today's. Nor must they overwrite a
      // younger snapshot that came with the page, or the first paint would flicker. Of two answers the one that was asked for
      // later counts, though it may have come to another tab.
      if (answered ? !live || next.at < latest.at : !live && next.at < shown.at) return
      answered = live
      // Equal flags keep their table: no second copy in memory, and who compares by reference sees that nothing changed.
      const names = live ? diff(latest.flags, next.flags) : undefined
      if (names && !names.length) next = { ...next, flags: latest.flags }
      store.latest = store.shown = next
      changed = latest.flags === store.told && !apply ? names : undefined
      if (!live || !apply) return
      // A flag that is shown keeps its value until the next start.
      const flags = new Map(next.flags)
      shown.flags.forEach((row, name) => {
        if (apply === 'next-start' || (apply as Record<string, Apply>)[name] === 'next-start')
          flags.set(name, row)
      })
      store.shown = { ...next, flags }
    },
  }
  return store
}
