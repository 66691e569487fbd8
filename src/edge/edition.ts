import { type Prepared, prepare } from './answer.ts'
import type { EnvironmentDocument } from './document.ts'
import { compile, type Environment, type Outcome } from './evaluation.ts'

/** Whom a key makes out of the asker. */
export type Audience = 'client' | 'server'

/** A document as it is served: compiled, with whatever is the same in every answer written out beforehand. */
export interface Edition {
  readonly environment: Environment
  /** The document itself, for servers. */
  readonly text: string
  /** In unix seconds. */
  readonly updatedAt: number
  readonly allowsClientTraits: boolean
  readonly keepsTraits: boolean
  readonly hidesSensitiveData: boolean
  readonly isStopped: boolean
  /** The answer to `GET flags/`. */
  environmentFlags(audience: Audience): Prepared
  /** One of them, by its name in any case; the first for an empty name. */
  environmentFlag(audience: Audience, name: string): Prepared | undefined
  /** Without those that the audience may not see. */
  shown(audience: Audience, outcomes: readonly Outcome[]): Outcome[]
  /** Flags of an identity, as JSON texts, without those that the audience may not see. */
  identityFlags(audience: Audience, outcomes: readonly Outcome[]): string[]
}

/** Makes a checked document ready to be served. */
export function publish(document: EnvironmentDocument, updatedAt: number): Edition {
  const { project } = document
  const environment = compile(document)
  const hidesDisabled = document.hide_disabled_flags ?? project.hide_disabled_flags ?? false
  const hidesSensitiveData = document.hide_sensitive_data ?? false
  const serverOnly = new Set(project.server_key_only_feature_ids)

  // The API forgets to leave server-only flags out of GET flags/ where disabled ones are hidden. We do not.
  const shown = (audience: Audience, outcomes: readonly Outcome[]): Outcome[] =>
    outcomes.filter(
      ({ enabled, feature }) =>
        (enabled || !hidesDisabled) && (audience === 'server' || !serverOnly.has(feature.id)),
    )

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

  const identityTexts = new Map<Outcome, string>()
  function identityText(outcome: Outcome): string {
    let text = identityTexts.get(outcome)
    if (text === undefined) {
      text = JSON.stringify({ ...flagOf(outcome), variant: outcome.variant })
      identityTexts.set(outcome, text)
    }
    return text
  }

  const prepared = {
    client: prepare(JSON.stringify(shown('client', environment.defaults).map(flagOf))),
    server: prepare(JSON.stringify(shown('server', environment.defaults).map(flagOf))),
  }
  return {
    environment,
    text: JSON.stringify(document),
    updatedAt,
    allowsClientTraits: document.allow_client_traits ?? true,
    keepsTraits: project.organisation?.persist_trait_data ?? true,
    hidesSensitiveData,
    isStopped: project.organisation?.stop_serving_flags ?? false,
    environmentFlags: (audience) => prepared[audience],
    environmentFlag(audience, name) {
      const wanted = name.toLowerCase()
      const outcomes = shown(audience, environment.defaults)
      const outcome = outcomes.find(({ feature }) => wanted === '' || feature.name.toLowerCase() === wanted)
      return outcome && prepare(JSON.stringify(flagOf(outcome)))
    },
    shown,
    identityFlags: (audience, outcomes) => shown(audience, outcomes).map(identityText),
  }
}
