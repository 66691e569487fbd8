/** What the compiler must accept and refuse of `guidon/testing`. What flags an app declares it knows: `augmented/flags.ts`. */
import { http } from 'msw'
import { setupServer } from 'msw/node'
import { createEdge, createEnvironments, type EnvironmentDocument } from '../../src/edge.ts'
import { type Client, createClient, type Storage } from '../../src/index.ts'
import {
  type EnvironmentOptions,
  environment,
  FakeStorage,
  type FeatureInput,
  type FlagInput,
  type FlagInputs,
  type FlagParts,
  type HandledServer,
  type MswHttp,
  type MswOptions,
  mswHandlers,
  type SegmentCondition,
  type SegmentOptions,
  type Share,
  type TestAnswer,
  type TestAnswers,
  type TestClient,
  type TestClientOptions,
  type TestControls,
  type TestReply,
  type TestRequest,
  testClient,
} from '../../src/testing.ts'
import { is, type Unsaid } from './is.ts'

// Without types of your own: any name, and any value that a flag can have.
const loose = testClient({ flags: { on: true, size: 16, title: 'Hello', open: { value: true } } })
is<typeof loose, TestClient>(true)
export const client: Client = loose
loose.value('whatever', 16)
loose.set('on', false)
loose.set('on', undefined)
loose.set('title', { enabled: false, value: null, variant: 'a' })
is<ReturnType<typeof loose.set>, Promise<void>>(true)
// @ts-expect-error: JSON is a text
testClient({ flags: { theme: { accent: 'red' } } })
// @ts-expect-error: null alone says nothing of whether it is on
loose.set('title', null)
// @ts-expect-error: yes or no
loose.set('on', { enabled: 'yes' })

// With types of your own: known names, and their types.
interface MyFlags {
  'font-size': number
  title: string
  'new-checkout': boolean
}
const typed = testClient<MyFlags>({ flags: { 'font-size': 16, title: 'Hello', 'new-checkout': true } })
is<typeof typed, TestClient<MyFlags>>(true)
export const both: Client<MyFlags> & TestControls<MyFlags> = typed
typed.value('font-size', 16)
typed.set('font-size', 18)
typed.set('font-size', false)
typed.set('new-checkout', { value: true })
// @ts-expect-error: a misspelt flag
testClient<MyFlags>({ flags: { 'new-chekout': true } })
// @ts-expect-error: a number, not a text
testClient<MyFlags>({ flags: { 'font-size': '16' } })
// @ts-expect-error: a misspelt flag
typed.set('titel', 'Hello')
// @ts-expect-error: a text, not a number
typed.set('title', 16)
// @ts-expect-error: a text, not a number
typed.set('title', { value: 16 })
// @ts-expect-error: a misspelt flag
typed.isEnabled('new-chekout')
is<FlagInput<number>, boolean | number | FlagParts<number>>(true)
is<FlagInput, boolean | string | number | FlagParts>(true)
export const inputs: FlagInputs<MyFlags> = { ...({} as Unsaid<FlagInputs<MyFlags>>) }

// Options are those of a client, but for what the test is for.
export const options: TestClientOptions<MyFlags> = {
  identity: { id: 'guid', traits: { plan: 'pro' } },
  start: 'starting',
  ...({} as Omit<Unsaid<TestClientOptions>, 'identity' | 'start'>),
}
// @ts-expect-error: the network is its own
testClient({ fetch })
// @ts-expect-error: its flags are said by name
testClient({ snapshot: loose.snapshot() })
// @ts-expect-error: no such start
testClient({ start: 'stale' })

// Its surroundings.
loose.goOffline()
loose.goOnline()
loose.hold()
is<ReturnType<typeof loose.release>, Promise<void>>(true)
is<ReturnType<typeof loose.settled>, Promise<void>>(true)
is<typeof loose.requests, TestRequest[]>(true)
export const plan = loose.requests[0]?.traits.plan
const reply: TestReply = { status: 503, headers: { 'Retry-After': '7' }, body: { detail: 'later' } }
const edge = createEdge({ document: environment() })
export const answers: TestAnswers[] = [
  503,
  '<html>',
  reply,
  edge,
  undefined,
  ({ identifier, method }): TestAnswer => (identifier === 'guid' ? 503 : method),
  async () => new Response('{}'),
]
loose.answerWith(503, { times: 2 })
loose.answerWith(({ traits }) => (traits.plan === 'pro' ? 500 : undefined))
// @ts-expect-error: a status is a number
loose.answerWith({ status: '503' })
// @ts-expect-error: a Response can be read once only: a function makes one each time
loose.answerWith(new Response('{}'))

// A storage.
const storage: Storage = new FakeStorage({ key: 'text' })
createClient({ environmentKey: 'key', storage })
const fake = new FakeStorage()
is<typeof fake.writes, string[]>(true)
is<ReturnType<typeof fake.dump>, Record<string, string>>(true)
fake.answerLater()
fake.hold()
fake.release()
fake.deny()
fake.fill(100)
fake.corrupt((text, key) => text + key)
fake.recover()
// @ts-expect-error: texts
new FakeStorage({ key: 1 })

// An environment.
const document = environment({
  flags: { on: true, hero: { value: 'plain', split: [{ value: 'left', percent: 50, variant: 'a' }] } },
  segments: [{ name: 'pro', when: { plan: 'pro' }, percent: 10, flags: { on: false } }],
  identities: { guid: { on: false } },
  serverOnly: ['on'],
})
is<typeof document, EnvironmentDocument>(true)
export const mine: EnvironmentOptions<MyFlags> = { ...({} as Unsaid<EnvironmentOptions<MyFlags>>) }
export const segment: SegmentOptions<MyFlags> = { flags: { title: 'Hello' } }
export const conditions: SegmentCondition[] = ['pro', 3, true, { operator: 'IN', value: ['FR'] }]
export const features: FeatureInput[] = [true, 16, { enabled: false, split: [] }]
export const share: Share<number> = { value: 16, percent: 50 }
environment<MyFlags>({ flags: { title: 'Hello' }, segments: [segment], serverOnly: ['title'] })
// @ts-expect-error: a misspelt flag
environment<MyFlags>({ flags: { titel: 'Hello' } })
// @ts-expect-error: a misspelt flag
environment<MyFlags>({ segments: [{ flags: { titel: 'Hello' } }] })
// @ts-expect-error: a misspelt flag
environment<MyFlags>({ serverOnly: ['titel'] })
// @ts-expect-error: a number, not a text
environment<MyFlags>({ flags: { 'font-size': { split: [{ value: '16', percent: 50 }] } } })
// @ts-expect-error: no such operator
environment({ segments: [{ when: { plan: { operator: 'IS', value: 'pro' } }, flags: {} }] })

// MSW.
setupServer(...mswHandlers(http, edge), ...mswHandlers(http, createEnvironments({ environments: [] })))
const where: MswOptions = { api: undefined }
const own: MswHttp<Request, Response, string> = { all: (path) => path }
const server: HandledServer<Request, Response> = edge
const texts = mswHandlers(own, server, where)
is<typeof texts, string[]>(true)
// @ts-expect-error: a server, not its document
mswHandlers(http, document)
