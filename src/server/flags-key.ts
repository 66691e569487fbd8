/** The key of a combination of flags: the same in every process and language. `docs/flag-caching.md` has its test vectors. */
import { hexOf } from '../edge/hex.ts'
import type { FlagValue } from '../model/flag.ts'

/** Flags by name: `client.all()`, `edge.flagsOf()`, the `flags` of bundled defaults. */
export type KeyedFlags = Readonly<Record<string, { readonly enabled: boolean; readonly value: FlagValue }>>

/** Of which flags the key is. */
export interface FlagsKeyOptions {
  /**
   * The flags that a page depends on. One that is not there counts as disabled and without a value, so that adding it
   * that way moves nobody to another page. Default: all.
   */
  readonly only?: readonly string[] | undefined
}

/**
 * A short key for what flags show: visitors with the same key may share a page. Whoever they are, why a flag is as it is
 * and when it was evaluated are not in it.
 *
 * @example await flagsKey(client.all(), { only: ['hero', 'price'] }) // '1.9c8b…', 34 characters
 */
export const flagsKey = (flags: KeyedFlags, options?: FlagsKeyOptions): Promise<string> =>
  keyOf(new TextEncoder().encode(canonicalText(flags, options)))

/** What is hashed: `[["hero",true,"blue"],["price",false,null]]`, by name, in the notation of RFC 8785. */
export function canonicalText(
  flags: KeyedFlags,
  { only = Object.keys(flags) }: FlagsKeyOptions = {},
): string {
  // Sorting compares code units, whatever the locale. A `Set`, for a name that is listed twice is one flag.
  const rows = [...new Set(only)].sort().map((name) => {
    const { enabled, value } = Object.hasOwn(flags, name) ? flags[name]! : NO_FLAG
    return [name, enabled, value]
  })
  return JSON.stringify(rows)
}

const NO_FLAG = { enabled: false, value: null }

/**
 * The key of a canonical text in UTF-8. `1.` is for this notation, so that another one never meets the pages of this one.
 * 128 bits, because flags' values can be chosen by strangers, and nobody would notice two combinations with one key.
 */
export async function keyOf(text: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', text), 0, 16)
  return `1.${hexOf(digest)}`
}
