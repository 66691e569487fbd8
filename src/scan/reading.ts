export interface Place {
  readonly file: string
  /** From 1, as `column`. */
  readonly line: number
  readonly column: number
}

export const HOOKS = ['useFlag', 'useFlagEnabled', 'useFlagDetails', 'useFlags', 'useSuspenseFlag'] as const

/** What a name can hold: a client, one of the hooks, or a function that reads the flag it is given the name of. */
export type Kind = 'client' | 'reader' | (typeof HOOKS)[number]

/** The name of a flag as it is written: its text, a constant that holds it, or something that is known only when it runs. */
export interface Written {
  readonly place: Place
  readonly text?: string | undefined
  readonly constant?: { readonly path: string; readonly isImported: boolean } | undefined
}

/** A call that reads a flag, if `name` holds what it must. */
export interface Call {
  /** A name, and what it has to hold. Without one the call is plain. */
  readonly by?: { readonly name: string; readonly holds: 'client' | 'function' } | undefined
  readonly names: readonly Written[]
  /** The type of a fallback that is a literal. */
  readonly fallback?: string | undefined
}

export type Link = readonly [from: string, to: string, isCalled?: boolean]

/** What one file says, as long as the others are not known. */
export interface Reading {
  readonly file: string
  /** Names that hold something for sure. */
  readonly holds: readonly (readonly [name: string, kind: Kind])[]
  /** A name that holds what another holds, or what that one gives when it is called. */
  readonly links: readonly Link[]
  /** Constants that hold text: `NAME`, `NAMES.first`. A list holds several. */
  readonly constants: readonly (readonly [path: string, texts: readonly string[]])[]
  readonly calls: readonly Call[]
}
