/**
 * What a platform has, by the types that it brings: DOM, Node's or React Native's. Who compiles without any
 * (`"lib": ["ES2022"], "types": []`) reads our types all the same.
 */
type Platform = typeof globalThis

/** `fetch`. */
export type Fetch = Platform extends { fetch: infer F } ? F : (url: string, init: never) => Promise<unknown>

/** An AbortController. */
export type Abort = Platform extends { AbortController: new () => infer A }
  ? A
  : { readonly signal: object; abort(): void }
