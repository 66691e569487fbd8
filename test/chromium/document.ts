import type { EnvironmentDocument } from '../../src/edge.ts'
import type { FlagValue } from '../../src/index.ts'

export const KEY = 'client-key'

/** GUIDs of people who do not exist. */
export const ada = '3f2b8c1e-8d52-4b3a-9a54-0c9d1d6e7f10'
export const bob = 'b7c1d9e4-1f3a-4c58-8e7d-5a2f6b9c0d31'

type Values = Record<string, FlagValue>

/** A small environment: some flags, all on, and some people for whom they are others. */
export const documentOf = (values: Values, people: Record<string, Values> = {}): EnvironmentDocument => {
  // Keys of a Map: a flag may be called `__proto__`.
  const ids = new Map(Object.keys(values).map((name, index) => [name, index + 1]))
  const states = (of: Values) =>
    Object.entries(of).map(([name, value]) => ({
      feature: { id: ids.get(name)!, name, type: 'STANDARD' },
      enabled: true,
      feature_state_value: value,
      django_id: ids.get(name)!,
    }))
  return {
    api_key: KEY,
    project: { segments: [] },
    feature_states: states(values),
    identity_overrides: Object.entries(people).map(([identifier, of]) => ({
      identifier,
      identity_features: states(of),
    })),
  }
}

/** Everyone has a colour of their own. */
export const colours = (version = ''): EnvironmentDocument =>
  documentOf(
    { colour: `of nobody${version}`, size: 16 },
    { [ada]: { colour: `of ada${version}` }, [bob]: { colour: `of bob${version}` } },
  )
