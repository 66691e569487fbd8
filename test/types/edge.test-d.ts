/** What the compiler must accept and refuse of `guidon/edge`. */
import { createServer } from 'node:http'
import {
  type Answer,
  compile,
  createEdge,
  createEnvironments,
  type Edge,
  type EdgeOptions,
  type Environment,
  type EnvironmentDocument,
  type EnvironmentKeys,
  type Environments,
  type EnvironmentsOptions,
  environmentDocument,
  evaluate,
  type FollowedServer,
  type FollowOptions,
  followServer,
  type Identity,
  type NodeListener,
  type NodeRequest,
  type NodeResponse,
  nodeListener,
  type Outcome,
  type Question,
  type TraitWrites,
} from '../../src/edge.ts'
import { is, type Unsaid } from './is.ts'

// A document is what was looked at, or written out.
const read = environmentDocument(JSON.parse('{}'))
is<typeof read, EnvironmentDocument>(true)
const document: EnvironmentDocument = {
  api_key: 'key',
  project: {
    segments: [{ id: 1, rules: [{ type: 'ALL', conditions: [{ operator: 'EQUAL', value: 'pro' }] }] }],
  },
  feature_states: [{ feature: { id: 1, name: 'title' }, enabled: true, feature_state_value: 'hello' }],
}
// @ts-expect-error: its flags are missing
createEdge({ document: { api_key: 'key', project: {} } })
// @ts-expect-error: it is made anew, not changed
document.api_key = 'other'

// A server.
const edge = createEdge({ document, serverKeys: ['ser.key'] })
is<typeof edge, Edge>(true)
is<typeof edge.handler, (request: Request) => Promise<Response>>(true)
edge.replace(read)
export const options: EdgeOptions = { document, ...({} as Unsaid<EdgeOptions>) }
// @ts-expect-error: the document is needed
createEdge({})
// @ts-expect-error: it is to be looked at first
edge.replace(JSON.parse('{}') as unknown)
// @ts-expect-error: a request, not an address
edge.handler('https://flags.example')

// The same in Node, without Request and Response.
is<typeof edge.answer, (question: Question) => Answer | Promise<Answer>>(true)
const listener = nodeListener(edge.answer, (error) => is<typeof error, unknown>(true))
is<typeof listener, NodeListener>(true)
is<Parameters<NodeListener>, [request: NodeRequest, response: NodeResponse]>(true)
createServer(listener)
createServer(nodeListener((question) => edge.answer(question)))
// @ts-expect-error: the handler is for Request and Response
nodeListener(edge.handler)

// An evaluation.
const environment = compile(document)
is<typeof environment, Environment>(true)
const identity: Identity = { identifier: 'guid', traits: new Map([['plan', 'pro']]), overrides: undefined }
const outcomes = evaluate(environment, identity)
is<typeof outcomes, Outcome[]>(true)
is<Outcome['value'], string | number | boolean | null>(true)
// @ts-expect-error: traits are a Map, so that one may have any name
evaluate(environment, { identifier: 'guid', traits: { plan: 'pro' } })
// @ts-expect-error: it is to be compiled first
evaluate(document, identity)
// @ts-expect-error: there may be none
outcomes[0].enabled

// Several environments.
const keys: EnvironmentKeys = { clientKey: 'key', serverKeys: undefined }
const environments = createEnvironments({ environments: [keys] })
is<typeof environments, Environments>(true)
is<typeof environments.handler, (request: Request) => Promise<Response>>(true)
createServer(nodeListener(environments.answer))
environments.replace(read)
export const several: EnvironmentsOptions = {
  environments: [keys],
  onTraits: async (_: string, { identifier }: TraitWrites) => is<typeof identifier, string>(true),
  ...({} as Omit<Unsaid<EnvironmentsOptions>, 'onTraits'>),
}
// @ts-expect-error: keys are by name
createEnvironments({ environments: ['key'] })

// A server to follow.
const follow: FollowOptions = {
  api: 'https://flags.example/api/v1/',
  serverKey: 'ser.key',
  onChange: edge.replace,
  onProblem: ({ code }) => is<typeof code, string>(false),
  ...({} as Unsaid<FollowOptions>),
}
is<ReturnType<typeof followServer>, Promise<FollowedServer>>(true)
export const followed = () => followServer(follow)
// @ts-expect-error: somebody has to hear of problems
followServer({ api: follow.api, serverKey: follow.serverKey, onChange: edge.replace })
