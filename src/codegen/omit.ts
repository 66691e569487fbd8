import type { FlagTable } from '../model/flag.ts'

/** Flags without some of them, and the names that are no flag's: a name that is misspelt would let out what it was to keep in. */
export const omit = (
  flags: FlagTable,
  names: readonly string[] = [],
): { readonly flags: FlagTable; readonly unknown: readonly string[] } => ({
  flags: new Map([...flags].filter(([name]) => !names.includes(name))),
  unknown: names.filter((name) => !flags.has(name)),
})
