import { type HeaderList, jsonBytes, ofJson, prepared, type Revalidatable } from './answer.ts'
import type { EnvironmentDocument } from './document.ts'
import { compile, type Environment, type Outcome } from './evaluation.ts'
import { flagList } from './flag-list.ts'
import type { Text } from './text.ts'

/** Whom a key makes out of the asker. */
export type Audience = 'client' | 'server'

/** A document as it is served: compiled, with whatever is the same in every answer written out beforehand. */
export interface Edition {
  readonly environment: Environment
  /** The document itself, for servers. */
  document(): Uint8Array
  /** In unix seconds. */
  readonly updatedAt: number
  readonly allowsClientTraits: boolean
  readonly keepsTraits: boolean
  readonly hidesSensitiveData: boolean
  readonly isStopped: boolean
  /** The answer to `GET flags/`. */
  environmentFlags(audience: Audience): Revalidatable
  /** One of them, by its name in any case; the first for an empty name. */
  environmentFlag(audience: Audience, name: string): Revalidatable | undefined
  /** One flag of an identity as JSON; undefined when there is none that the audience may see. */
  identityFlag(audience: Audience, outcome: Outcome | undefined): Text | undefined
  /** The list of an identity's flags as JSON, without those that the audience may not see, between two texts. */
  identityFlags(audience: Audience, outcomes: readonly Outcome[], head: string, tail: string): Text
  /** The header that tells how old an answer's document is. */
  readonly stamp: { readonly 'X-Flagsmith-Document-Updated-At': string }
  /** All headers, with that one, of an answer for one request. */
  readonly headers: HeaderList
  /** Without those that the audience may not see. */
  shown(audience: Audience, outcomes: readonly Outcome[]): Outcome[]
}

/** Makes a checked document ready to be served. */
export function publish(document: EnvironmentDocument, updatedAt: number): Edition {
  const { project } = document
  const environment = compile(document)
  const hidesDisabled = document.hide_disabled_flags ?? project.hide_disabled_flags ?? false
  const hidesSensitiveData = document.hide_sensitive_data ?? false
  const serverOnly = new Set(project.server_key_only_feature_ids)

  // The API forgets to leave server-only flags out of GET flags/ where disabled ones are hidden. We do not.
  const isShown = (audience: Audience, { enabled, feature }: Outcome): boolean =>
    (enabled || !hidesDisabled) && (audience === 'server' || !serverOnly.has(feature.id))
  const shown = (audience: Audience, outcomes: readonly Outcome[]): Outcome[] =>
    outcomes.filter((outcome) => isShown(audience, outcome))

  /** A flag as the API writes it. What the document does not tell is null, as the API has it for hidden data. */
  const flagOf = ({ feature, enabled, value, stateId, identityId, segmentId }: Outcome) => ({
    id: hidesSensitiveData ? null : stateId,
    feature: {
      id: feature.id,
      name: feature.name,
      created_date: null,
      description: null,
      initial_value: null,
      default_enabled: null,
      type: feature.type,
    },
    feature_state_value: value,
    environment: hidesSensitiveData ? null : (document.id ?? null),
    identity: hidesSensitiveData ? null : identityId,
    // The API names the row that ties feature and segment together. The document has only the segment.
    feature_segment: hidesSensitiveData ? null : segmentId,
    enabled,
  })

  const writtenFor = (audience: Audience) => (outcome: Outcome) =>
    isShown(audience, outcome) ? JSON.stringify({ ...flagOf(outcome), variant: outcome.variant }) : undefined
  const identityFlags = {
    client: flagList(environment.defaults, writtenFor('client')),
    server: flagList(environment.defaults, writtenFor('server')),
  }

  // When somebody first asks: it is the largest of all answers, and often nobody does.
  let written: Uint8Array | undefined
  const stamp = { 'X-Flagsmith-Document-Updated-At': String(updatedAt) }
  const flagsFor = (audience: Audience): Revalidatable =>
    prepared(shown(audience, environment.defaults).map(flagOf), stamp)
  const environmentFlags = { client: flagsFor('client'), server: flagsFor('server') }
  return {
    environment,
    document() {
      written ??= jsonBytes(document)
      return written
    },
    updatedAt,
    allowsClientTraits: document.allow_client_traits ?? true,
    keepsTraits: project.organisation?.persist_trait_data ?? true,
    hidesSensitiveData,
    isStopped: project.organisation?.stop_serving_flags ?? false,
    environmentFlags: (audience) => environmentFlags[audience],
    environmentFlag(audience, name) {
      const wanted = name.toLowerCase()
      const outcomes = shown(audience, environment.defaults)
      const outcome = outcomes.find(({ feature }) => wanted === '' || feature.name.toLowerCase() === wanted)
      return outcome && prepared(flagOf(outcome))
    },
    shown,
    identityFlag: (audience, outcome) => outcome && identityFlags[audience].one(outcome),
    identityFlags: (audience, outcomes, head, tail) => identityFlags[audience].all(outcomes, head, tail),
    stamp,
    headers: ofJson(stamp),
  }
}
