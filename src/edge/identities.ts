import type { TraitValue } from '../model/trait.ts'
import type { Audience, Edition } from './edition.ts'
import { evaluate, type Outcome } from './evaluation.ts'
import { hexOf } from './hex.ts'
import type { IdentityRequest, SentTrait } from './identity-request.ts'
import type { TraitStore } from './trait-store.ts'

/** What an identity is told. */
export interface IdentityAnswer {
  readonly identifier: string
  readonly traits: readonly AnsweredTrait[]
  readonly outcomes: readonly Outcome[]
}

/** A trait as the API answers it: without an id when it is not stored, or was stored just now. */
export interface AnsweredTrait {
  readonly id: number | null
  readonly trait_key: string
  readonly trait_value: TraitValue | null
  readonly transient: boolean
}

/**
 * `GET identities/`. A transient identity is nobody in particular here: neither its stored traits nor its overrides
 * count. (In `POST` they do. So the API has it.)
 */
export function lookUp(
  edition: Edition,
  store: TraitStore | undefined,
  identifier: string,
  isTransient: boolean,
): IdentityAnswer {
  const traits = isTransient ? new Map<string, AnsweredTrait>() : storedTraits(store, identifier)
  return {
    identifier,
    traits: [...traits.values()],
    outcomes: evaluate(edition.environment, { identifier, traits: known(traits), overrides: !isTransient }),
  }
}

/** `POST identities/`: takes what was sent, keeps what may be kept, and evaluates with both. */
export async function identify(
  edition: Edition,
  store: TraitStore | undefined,
  audience: Audience,
  request: IdentityRequest,
): Promise<IdentityAnswer> {
  const sent = audience === 'server' || edition.allowsClientTraits ? request.traits : []
  const identifier = request.identifier ?? (await anonymousIdentifier(sent))
  const isTransient = request.transient || request.identifier === undefined

  const traits = storedTraits(store, identifier)
  for (const { key, value, transient } of sent) {
    const keeps = !isTransient && !transient
    if (keeps && value === null) {
      store?.delete(identifier, key)
      traits.delete(key)
      continue
    }
    if (keeps && value !== null) store?.set(identifier, key, value)
    traits.set(key, {
      id: keeps ? (traits.get(key)?.id ?? null) : null,
      trait_key: key,
      trait_value: value,
      transient: !keeps,
    })
  }
  return {
    identifier,
    traits: [...traits.values()],
    outcomes: evaluate(edition.environment, { identifier, traits: known(traits) }),
  }
}

function storedTraits(store: TraitStore | undefined, identifier: string): Map<string, AnsweredTrait> {
  const traits = new Map<string, AnsweredTrait>()
  for (const [key, { id, value }] of store?.get(identifier) ?? []) {
    traits.set(key, { id, trait_key: key, trait_value: value, transient: false })
  }
  return traits
}

function known(traits: ReadonlyMap<string, AnsweredTrait>): Map<string, TraitValue> {
  const values = new Map<string, TraitValue>()
  for (const [key, { trait_value }] of traits) if (trait_value !== null) values.set(key, trait_value)
  return values
}

/**
 * Who sends no identifier is given one: the same for the same traits, so that it stays in its buckets, and a new one
 * each time without traits.
 */
async function anonymousIdentifier(traits: readonly SentTrait[]): Promise<string> {
  if (traits.length === 0) return crypto.randomUUID().replaceAll('-', '')
  const text = traits
    .map(({ key, value }) => `${key}${pythonText(value)}`)
    .sort()
    .join('')
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))
  return hexOf(new Uint8Array(digest))
}

/** As Python writes it, so that the API makes the same identifier of the same traits. */
const pythonText = (value: TraitValue | null): string =>
  value === null ? 'None' : value === true ? 'True' : value === false ? 'False' : String(value)
