import type { FlagValue } from '../model/flag.ts'

/** Names and value types of your flags, filled in by the declaration file that `guidon types` writes. */
// biome-ignore lint/suspicious/noEmptyInterface: it is there to be merged with.
export interface FlagTypes {}

/** What is in the values that are JSON, filled in by `guidon types --json-shapes`. */
// biome-ignore lint/suspicious/noEmptyInterface: it is there to be merged with.
export interface FlagShapes {}

/** What `createClient()` knows of flags without a type argument: those of `FlagTypes`, else any name and any value. */
export type KnownFlags = keyof FlagTypes extends never ? Record<string, FlagValue> : FlagTypes
