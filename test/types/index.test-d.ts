/**
 * What the compiler must accept and refuse of `guidon`. Nothing here runs: `npm run types` compiles it, and a line under
 * `@ts-expect-error` that compiles is an error itself.
 */
import type { StandardSchemaV1 } from '@standard-schema/spec'
import { z } from 'zod'
import {
  type Apply,
  type ApplyPolicy,
  type Client,
  type ClientEvents,
  type ClientOptions,
  type Consent,
  createClient,
  type Defaults,
  type ErrorCode,
  type ErrorDetails,
  type Extension,
  type Flag,
  type FlagShapes,
  type FlagTypes,
  type FlagValue,
  type GuardEvent,
  type GuardOptions,
  GuidonError,
  type IdentifierPolicy,
  type IdentityOptions,
  type Inside,
  type KnownFlags,
  type MaybePromise,
  memoryStorage,
  newGuid,
  type OutboxOptions,
  opaqueId,
  type RandomSource,
  type Ready,
  type ReadyOptions,
  type Row,
  readSnapshot,
  type Schema,
  type SnapshotData,
  type Source,
  type Status,
  type Stop,
  type Storage,
  snapshotScript,
  type TraitDetector,
  type TraitInput,
  type TraitInputs,
  type TraitPolicy,
  type TraitValue,
  type TransientTrait,
  transient,
} from '../../src/index.ts'
import { is, type Unsaid } from './is.ts'

// Without types of your own: any name, and the fallback gives the type.
const loose = createClient({ environmentKey: 'key' })
is<keyof FlagTypes, never>(true)
is<KnownFlags, Record<string, FlagValue>>(true)
is<typeof loose, Client>(true)
is<ReturnType<typeof loose.isEnabled>, boolean>(true)
const size = loose.value('font-size', 16)
is<typeof size, number>(true)
const title = loose.value('title', 'none')
is<typeof title, string>(true)
const on = loose.value('on', false)
is<typeof on, boolean>(true)
const either = loose.value('either', 'none' as string | number)
is<typeof either, string | number>(true)
// @ts-expect-error: a fallback is needed, or the type would be a lie
loose.value('font-size')
// @ts-expect-error: null says no type
loose.value('font-size', null)
// @ts-expect-error: undefined says no type
loose.value('font-size', undefined)
// @ts-expect-error: objects are read with json()
loose.value('theme', {})

// A server may send any text, whatever the few are that the app knows.
const theme = loose.value('theme', 'dark' as 'dark' | 'light')
is<typeof theme, string>(true)
const sixteen = loose.value('size', 16 as const)
is<typeof sixteen, number>(true)
const insisted = loose.value<'theme', 'dark'>('theme', 'dark')
is<typeof insisted, string>(true)

// With types of your own: known names, and their types.
interface MyFlags {
  'font-size': number
  title: string
  theme: 'dark' | 'light'
  'new-checkout': boolean
  anything: FlagValue
}
const flags = createClient<MyFlags>({ environmentKey: 'key' })
is<typeof flags, Client<MyFlags>>(true)
const typed = flags.value('font-size', 12)
is<typeof typed, number>(true)
const one = flags.value('theme', 'dark')
is<typeof one, string>(true)
const any = flags.value('anything', 'text')
is<typeof any, string>(true)
flags.isEnabled('new-checkout')
flags.onFlag('title', (flag) => is<typeof flag, Flag | undefined>(true))
// @ts-expect-error: no such flag
flags.isEnabled('new-chekout')
// @ts-expect-error: no such flag
flags.flag('nothing')
// @ts-expect-error: no such flag
flags.onFlag('nothing', () => {})
// @ts-expect-error: a number, not a text
flags.value('font-size', '12')
// @ts-expect-error: a text, not a number
flags.value('title', 12)
// @ts-expect-error: flags by name, not a text
createClient<string>({ environmentKey: 'key' })
// @ts-expect-error: other flags
export const other: Client<{ title: string; color: string }> = flags

// A flag may be unknown, and is as the server says.
const flag = loose.flag('font-size')
is<typeof flag, Flag | undefined>(true)
is<Flag['value'], FlagValue>(true)
is<FlagValue, string | number | boolean | null>(true)
is<Flag['source'], Source>(true)
is<Source, 'defaults' | 'storage' | 'network' | 'override'>(true)
is<Flag['variant'], string | undefined>(true)
// @ts-expect-error: it may be unknown
loose.flag('font-size').enabled
// @ts-expect-error: and so may one of all of them
loose.all()['font-size'].enabled
// @ts-expect-error: what is read cannot be written
loose.all()['font-size'] = undefined
// @ts-expect-error: what is read cannot be written
if (flag) flag.enabled = true

// JSON is unknown until a schema says what it is.
const raw = loose.json('theme')
is<typeof raw, unknown>(true)
const fallback = loose.json('theme', { fallback: { dark: true } })
is<typeof fallback, unknown>(true)
const schema = z.object({ dark: z.boolean() })
const checked = loose.json('theme', { schema, fallback: { dark: true } })
is<typeof checked, { dark: boolean }>(true)
const maybe = loose.json('theme', { schema })
is<typeof maybe, { dark: boolean } | undefined>(true)
const nothing = loose.json('theme', { schema, fallback: null })
is<typeof nothing, { dark: boolean } | null>(true)
const coerced = loose.json('theme', { schema: z.string().transform(Number) })
is<typeof coerced, number | undefined>(true)
// @ts-expect-error: the fallback is of the schema's type
loose.json('theme', { schema, fallback: { dark: 'yes' } })
// @ts-expect-error: a type alone checks nothing
loose.json<{ dark: boolean }>('theme')

// Any Standard Schema is a schema.
export const standard = (given: StandardSchemaV1<unknown, Date>): Schema<Date> => given
// @ts-expect-error: a function is none
export const guess: Schema<Date> = (value: unknown) => value as Date

// Traits.
loose.setTraits({ plan: 'pro', seats: 3, beta: true, old: null, country: transient('FR') })
loose.setTraits(loose.traits())
loose.identify('guid', loose.traits())
is<ReturnType<typeof loose.traits>, TraitInputs>(true)
is<TraitInputs[string], TraitInput>(true)
is<TraitInput, TraitValue | TransientTrait | null>(true)
is<TraitValue, string | number | boolean>(true)
is<ReturnType<typeof transient>, TransientTrait>(true)
// @ts-expect-error: a Date is no trait
loose.setTraits({ born: new Date() })
// @ts-expect-error: an object is no trait
loose.setTraits({ address: { street: 'x' } })
// @ts-expect-error: undefined neither sets nor removes
loose.setTraits({ plan: undefined })
// @ts-expect-error: a removal cannot be transient
transient(null)
// @ts-expect-error: what is read cannot be written
loose.traits().plan = 'pro'

// Who the user is.
export const user: IdentityOptions = { id: 'guid', traits: { plan: 'pro' }, transient: true }
createClient({ environmentKey: 'key', identity: user })
createClient({ environmentKey: 'key', identity: 'guid' })
createClient({ environmentKey: 'key', identity: { traits: { plan: transient('pro') } } })
is<typeof loose.identity, string | undefined>(true)
loose.identify(newGuid())
opaqueId('42', { salt: 'shop.example' }).then((id) => loose.identify(id))
// @ts-expect-error: nobody is who reset() makes
loose.identify(undefined)
// @ts-expect-error: a number can be guessed
loose.identify(42)
// @ts-expect-error: the salt is needed
opaqueId('42', {})
// @ts-expect-error: what is read cannot be written
flags.identity = 'other'

// Options.
const moments: ApplyPolicy[] = ['now', 'next-start', { title: 'next-start' satisfies Apply }]
createClient({ environmentKey: 'key', apply: moments[0] })
createClient({ environmentKey: 'key', fetch: globalThis.fetch })
createClient({ environmentKey: 'key', fetch: async (url, init) => new Response(`${url} ${init?.method}`) })
// @ts-expect-error: the environment key is needed
createClient({})
// @ts-expect-error: no such option
createClient({ environmentKey: 'key', cache: true })
// @ts-expect-error: no such moment
createClient({ environmentKey: 'key', apply: 'later' })
// @ts-expect-error: an answer, not its text
createClient({ environmentKey: 'key', fetch: async () => '[]' })

export const guards: GuardOptions = {
  personal: 'hash' satisfies IdentifierPolicy,
  traits: 'drop' satisfies TraitPolicy,
  detectors: [(key, value) => key === 'badge' && `${value}`],
}
export const badge: TraitDetector = (_, value) => /^EMP-\d+$/.test(`${value}`) && 'badge'
// @ts-expect-error: no such policy
createClient({ environmentKey: 'key', guards: { personal: 'ignore' } })
// @ts-expect-error: an identifier cannot be dropped
createClient({ environmentKey: 'key', guards: { guessable: 'drop' } })
// @ts-expect-error: yes, no or a kind
export const number: TraitDetector = () => 1

const random: RandomSource = (bytes) => crypto.getRandomValues(bytes)
createClient({ environmentKey: 'key', anonymous: true, random })
newGuid(random)
newGuid((bytes: Uint8Array) => bytes.fill(4))
// @ts-expect-error: bytes, not a number
newGuid(Math.random)

// What is `undefined` is not said.
export const options: Partial<ClientOptions> = {} as Unsaid<ClientOptions>
export const identity: IdentityOptions = {} as Unsaid<IdentityOptions>
export const guarding: GuardOptions = {} as Unsaid<GuardOptions>
export const outbox: OutboxOptions = {} as Unsaid<OutboxOptions>
export const waiting: ReadyOptions = {} as Unsaid<ReadyOptions>
// @ts-expect-error: of consent it would be no answer
export const consent: Consent = {} as Unsaid<Consent>
loose.setConsent({ storage: true })
// @ts-expect-error: yes or no
loose.setConsent({ storage: 'granted' })

// How it stands.
const ready = loose.ready({ from: 'network', timeoutMs: 800 })
is<typeof ready, Promise<Ready>>(true)
is<typeof loose.status, Status>(true)
is<Status['error'], GuidonError | undefined>(true)
is<Ready['error'], GuidonError | undefined>(true)
// @ts-expect-error: no such place
loose.ready({ from: 'storage' })
// @ts-expect-error: what is read cannot be written
loose.status.state = 'fresh'

// Events.
const stop = loose.on('change', ({ changed, source }) => {
  is<typeof changed, readonly string[]>(true)
  is<typeof source, Source>(true)
})
is<typeof stop, Stop>(true)
loose.on('status', (status) => is<typeof status, Status>(true))
loose.on('error', (error) => is<typeof error, GuidonError>(true))
loose.on('guard', (event) => is<typeof event, GuardEvent>(true))
loose.on('settled', () => {})
is<keyof ClientEvents, 'change' | 'status' | 'error' | 'guard' | 'settled'>(true)
is<GuardEvent['action'], IdentifierPolicy | TraitPolicy>(true)
loose.subscribe((client) => client.isEnabled('on'))
// @ts-expect-error: no such event
loose.on('ready', () => {})
// @ts-expect-error: the names are not to be changed
loose.on('change', ({ changed }) => changed.push('title'))
// @ts-expect-error: guards tell of a kind, and never of the value
loose.on('guard', ({ value }) => value)

// Errors.
export const tell = (error: unknown) => {
  if (!(error instanceof GuidonError)) throw error
  is<typeof error.code, ErrorCode>(true)
  is<typeof error.status, number | undefined>(true)
  // @ts-expect-error: no such code
  return error.code === 'offline'
}
const details: ErrorDetails = { status: 503, retryAfterMs: 1_000 }
new GuidonError('http', 'status 503', details)
// @ts-expect-error: no such code
new GuidonError('offline', 'no answer')

// Storages.
export const storages: Storage[] = [memoryStorage(), new Map<string, string>()]
const later: MaybePromise<string> = Promise.resolve('text')
createClient({
  environmentKey: 'key',
  storage: { get: () => later, set: async () => {}, delete: () => true, keys: () => [] },
})
// @ts-expect-error: keys() is missing
createClient({ environmentKey: 'key', storage: { get: () => null, set: () => {}, delete: () => {} } })
// @ts-expect-error: the page's own is wrapped by localStorage()
createClient({ environmentKey: 'key', storage: window.localStorage })
// @ts-expect-error: a text or nothing
createClient({ environmentKey: 'key', storage: { ...memoryStorage(), get: () => 1 } })

// A file of bundled flags is taken as JSON comes.
const file = {
  environment: 'key',
  flags: { title: { enabled: true, value: 'x' }, off: { enabled: false, value: null } },
}
createClient({ environmentKey: 'key', defaults: file })
// @ts-expect-error: a value alone does not say whether it is on
export const bare: Defaults = { flags: { title: 'x' } }

// A snapshot is plain data, and not to be changed.
const snapshot = loose.snapshot({ shared: true })
is<typeof snapshot, SnapshotData>(true)
createClient({ environmentKey: 'key', snapshot, identity: snapshot.identity })
for (const [name, row] of snapshot.flags) {
  is<typeof name, string>(true)
  is<typeof row, Row>(true)
  is<(typeof row)[1], FlagValue>(true)
  // @ts-expect-error: what is read cannot be written
  row[0] = true
}
// @ts-expect-error: flags are no snapshot
createClient({ environmentKey: 'key', snapshot: loose.all() })

// It goes through a page as text, and comes back if it was there.
is<ReturnType<typeof snapshotScript>, string>(true)
snapshotScript(snapshot)
is<ReturnType<typeof readSnapshot>, SnapshotData | undefined>(true)
createClient({ environmentKey: 'key', snapshot: readSnapshot() })
// @ts-expect-error: a client is no snapshot
snapshotScript(loose)
// @ts-expect-error: a page may have none
readSnapshot().identity

// What `guidon types --json-shapes` fills in. Nothing is declared here, so nothing is known of JSON.
is<keyof FlagShapes, never>(true)

// Extensions know no app's flags, and stop what they start.
export const logger: Extension = ({ client, report, GuidonError }) =>
  client.on('change', () => report(new GuidonError('unsupported', client.value('whatever', 'none'))))
export const idle: Extension = () => {}
export const counter = (inside: Inside): Stop => inside.client.onFlag('title', () => inside.refresh())
createClient<MyFlags>({ environmentKey: 'key', use: [logger, idle, counter] }).use(logger)
export const layer: Extension = ({ client }) => {
  client.emit('settled')
  client.emit('change', { changed: ['title'], source: 'override' })
  // @ts-expect-error: no such event
  client.emit('loud')
}
// @ts-expect-error: an app listens, and does not tell
loose.emit('settled')
// @ts-expect-error: what ends it is a function
export const timer: Extension = () => setInterval(() => {}, 1_000)
