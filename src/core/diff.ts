import type { FlagTable } from '../model/flag.ts'

/** The names of flags that differ between two tables: changed, added or gone. Empty when nothing did. */
export const diff = (before: FlagTable, after: FlagTable): string[] => {
  const changed: string[] = []
  let gone = before.size
  if (before === after) return changed
  after.forEach((row, name) => {
    const old = before.get(name)
    if (old) gone--
    if (!old || old[0] !== row[0] || old[1] !== row[1] || old[2] !== row[2] || old[3] !== row[3])
      changed.push(name)
  })
  // Hardly ever is one gone, and finding none would take as long as all before.
  if (gone)
    before.forEach((_, name) => {
      if (!after.has(name)) changed.push(name)
    })
  return changed
}
