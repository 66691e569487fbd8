import type { TraitValue } from '../model/trait.ts'

/** A trait at rest. */
export interface StoredTrait {
  readonly id: number
  readonly value: TraitValue
}

/** The traits of the identities that were here, in memory. */
export interface TraitStore {
  get(identifier: string): ReadonlyMap<string, StoredTrait>
  set(identifier: string, key: string, value: TraitValue): void
  delete(identifier: string, key: string): void
  clear(): void
}

const nothing: ReadonlyMap<string, StoredTrait> = new Map()

/**
 * Keeps traits up to a number of bytes. Beyond it the identity that was away longest is forgotten, so that nobody can
 * fill the memory of the server by inventing identities or traits.
 */
export function traitStore(maxBytes: number): TraitStore {
  // A Map remembers the order of insertion: the first identity is the one that was away longest.
  const identities = new Map<string, Map<string, StoredTrait>>()
  let bytes = 0
  let lastId = 0

  function touch(identifier: string): Map<string, StoredTrait> | undefined {
    const traits = identities.get(identifier)
    if (traits !== undefined) {
      identities.delete(identifier)
      identities.set(identifier, traits)
    }
    return traits
  }

  function forget(identifier: string): void {
    for (const [key, { value }] of identities.get(identifier) ?? []) bytes -= weight(identifier, key, value)
    identities.delete(identifier)
  }

  return {
    get: (identifier) => touch(identifier) ?? nothing,

    set(identifier, key, value) {
      const traits = touch(identifier) ?? new Map<string, StoredTrait>()
      identities.set(identifier, traits)
      const before = traits.get(key)
      if (before?.value === value) return
      if (before !== undefined) bytes -= weight(identifier, key, before.value)
      traits.set(key, { id: before?.id ?? ++lastId, value })
      bytes += weight(identifier, key, value)
      for (const oldest of identities.keys()) {
        if (bytes <= maxBytes) return
        forget(oldest)
      }
    },

    delete(identifier, key) {
      const traits = identities.get(identifier)
      const before = traits?.get(key)
      if (traits === undefined || before === undefined) return
      bytes -= weight(identifier, key, before.value)
      traits.delete(key)
      if (traits.size === 0) identities.delete(identifier)
    },

    clear() {
      identities.clear()
      bytes = 0
    },
  }
}

/** An estimate: two bytes a character, and what the maps need. Every trait pays for its identifier. */
const weight = (identifier: string, key: string, value: TraitValue): number =>
  100 + 2 * (identifier.length + key.length + (typeof value === 'string' ? value.length : 4))
