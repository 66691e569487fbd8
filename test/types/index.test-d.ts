/**
 * What the compiler must accept and refuse. Nothing here runs: `npm run types` compiles it, and a line under
 * `@ts-expect-error` that compiles is an error itself.
 */
import { z } from 'zod'
import {
  type Client,
  type ClientOptions,
  createClient,
  type Flag,
  type FlagValue,
  type Storage,
  transient,
} from '../../src/index.ts'
import { asyncStorage, encrypted, indexedDb, localStorage, memoryStorage } from '../../src/storage.ts'

type Is<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
const is = <A, B>(_: Is<A, B>): void => {}

// Without types of your own: any name, and the fallback gives the type.
const loose = createClient({ environmentKey: 'key' })
is<ReturnType<typeof loose.isEnabled>, boolean>(true)
const size = loose.value('font-size', 16)
is<typeof size, number>(true)
const title = loose.value('title', 'none')
is<typeof title, string>(true)
const on = loose.value('on', false)
is<typeof on, boolean>(true)
// @ts-expect-error: a fallback is needed, or the type would be a lie
loose.value('font-size')
// @ts-expect-error: null says no type
loose.value('font-size', null)
// @ts-expect-error: objects are read with json()
loose.value('theme', {})

// With types of your own: known names, and their types.
interface MyFlags {
  'font-size': number
  title: string
  'new-checkout': boolean
  anything: FlagValue
}
const flags = createClient<MyFlags>({ environmentKey: 'key' })
is<typeof flags, Client<MyFlags>>(true)
const typed = flags.value('font-size', 12)
is<typeof typed, number>(true)
const any = flags.value('anything', 'text')
is<typeof any, string>(true)
flags.isEnabled('new-checkout')
flags.onFlag('title', (flag) => is<typeof flag, Flag | undefined>(true))
// @ts-expect-error: no such flag
flags.isEnabled('new-chekout')
// @ts-expect-error: no such flag
flags.flag('nothing')
// @ts-expect-error: a number, not a text
flags.value('font-size', '12')
// @ts-expect-error: a text, not a number
flags.value('title', 12)

// JSON is unknown until a schema says what it is.
const raw = loose.json('theme')
is<typeof raw, unknown>(true)
const fallback = loose.json('theme', { fallback: { dark: true } })
is<typeof fallback, unknown>(true)
const schema = z.object({ dark: z.boolean() })
const theme = loose.json('theme', { schema, fallback: { dark: true } })
is<typeof theme, { dark: boolean }>(true)
const maybe = loose.json('theme', { schema })
is<typeof maybe, { dark: boolean } | undefined>(true)
// @ts-expect-error: the fallback is of the schema's type
loose.json('theme', { schema, fallback: { dark: 'yes' } })

// Traits.
loose.setTraits({ plan: 'pro', seats: 3, beta: true, old: null, country: transient('FR') })
loose.setTraits(loose.traits())
// @ts-expect-error: a Date is no trait
loose.setTraits({ born: new Date() })
// @ts-expect-error: an object is no trait
loose.setTraits({ address: { street: 'x' } })
// @ts-expect-error: a removal cannot be transient
transient(null)

// Identities and options.
createClient({ environmentKey: 'key', identity: 'guid' })
createClient({ environmentKey: 'key', identity: { id: 'guid', traits: { plan: 'pro' }, transient: true } })
createClient({ environmentKey: 'key', identity: { traits: { plan: transient('pro') } } })
createClient({ environmentKey: 'key', apply: 'next-start' })
createClient({ environmentKey: 'key', apply: { title: 'next-start' } })
createClient({ environmentKey: 'key', random: (bytes) => crypto.getRandomValues(bytes) })
// @ts-expect-error: the environment key is needed
createClient({})
// @ts-expect-error: no such policy
createClient({ environmentKey: 'key', guards: { personal: 'ignore' } })
// @ts-expect-error: no such moment
createClient({ environmentKey: 'key', apply: 'later' })

// Events.
flags.on('change', ({ changed, source }) => {
  is<typeof changed, readonly string[]>(true)
  is<typeof source, 'defaults' | 'storage' | 'network' | 'override'>(true)
})
flags.on('error', (error) => error.code === 'network')
flags.on('guard', ({ subject, key }) => [subject === 'trait', key])
// @ts-expect-error: no such event
flags.on('ready', () => {})
// @ts-expect-error: what is read cannot be written
flags.identity = 'other'

// Storages.
const storages: Storage[] = [memoryStorage(), localStorage(), indexedDb('name')]
storages.push(
  asyncStorage({ getItem: async () => null, setItem: async () => {}, removeItem: async () => {} }),
  encrypted(localStorage()),
  encrypted(indexedDb(), { database: 'name' }),
  encrypted(memoryStorage(), { key: async (): Promise<CryptoKey> => Promise.reject() }),
)
// @ts-expect-error: a password is no key
encrypted(memoryStorage(), { key: 'password' })
// @ts-expect-error: keys() is missing
createClient({ environmentKey: 'key', storage: { get: () => null, set: () => {}, delete: () => {} } })

// A file of bundled flags is taken as JSON comes.
const file = {
  environment: 'key',
  flags: { title: { enabled: true, value: 'x' }, off: { enabled: false, value: null } },
}
createClient({ environmentKey: 'key', defaults: file })

// What an app does not know it need not leave out: `undefined` is as if it were not said.
type Unsaid<O> = { [K in keyof O as object extends Pick<O, K> ? K : never]-?: undefined }
const unsaid: Partial<ClientOptions> = {} as Unsaid<ClientOptions>
createClient({ ...unsaid, environmentKey: 'key' })
