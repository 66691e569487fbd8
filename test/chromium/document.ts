import type { EnvironmentDocument } from '../../src/edge.ts'
import type { FlagValue } from '../../src/index.ts'
import { environment } from '../../src/testing.ts'

export const KEY = 'client-key'

/** GUIDs of people who do not exist. */
export const ada = '3f2b8c1e-8d52-4b3a-9a54-0c9d1d6e7f10'
export const bob = 'b7c1d9e4-1f3a-4c58-8e7d-5a2f6b9c0d31'

type Values = Record<string, FlagValue>

/** Each flag is on, also one whose value is a boolean. */
const on = (values: Values) =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { enabled: true, value }]))

/** A small environment: some flags, all on, and some people for whom they are others. */
export const documentOf = (values: Values, people: Record<string, Values> = {}): EnvironmentDocument =>
  environment({
    key: KEY,
    flags: on(values),
    identities: Object.fromEntries(Object.entries(people).map(([id, of]) => [id, on(of)])),
  })

/** Everyone has a colour of their own. */
export const colours = (version = ''): EnvironmentDocument =>
  documentOf(
    { colour: `of nobody${version}`, size: 16 },
    { [ada]: { colour: `of ada${version}` }, [bob]: { colour: `of bob${version}` } },
  )
