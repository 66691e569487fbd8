import type { Identity } from '../model/identity.ts'
import type { Traits } from '../model/trait.ts'

/** One call of the SDK API. `path` is relative to the API's base. */
export interface WireRequest {
  readonly path: string
  /** JSON. With a body it is a POST, without one a GET. */
  readonly body?: string
}

/**
 * The one request that brings the flags. A GET wherever one does; a POST carries traits, and a transient identity too,
 * because that is the form that all servers treat alike (a GET with `transient` drops identity overrides).
 */
export const flagsRequest = (identity: Identity | undefined, traits: Traits): WireRequest => {
  if (!identity) return { path: 'flags/' }
  const { id, transient } = identity
  if (!transient && !traits.size) return { path: `identities/?identifier=${encodeURIComponent(id)}` }
  return {
    path: 'identities/',
    body: JSON.stringify({
      identifier: id,
      // Absent rather than false or null: one server refuses null.
      transient: transient || undefined,
      traits: [...traits].map(([trait_key, { value, transient }]) => ({
        trait_key,
        trait_value: value,
        transient: transient || undefined,
      })),
    }),
  }
}
