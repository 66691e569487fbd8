/**
 * What the compiler must accept and refuse of `guidon/react`. Nothing here runs: `npm run types` compiles it, and a line
 * under `@ts-expect-error` that compiles is an error itself.
 */
import {
  type Client,
  createClient,
  type Flag,
  readSnapshot,
  type Status,
  snapshotScript,
  type TraitInputs,
} from '../../src/index.ts'
import * as react from '../../src/react.ts'
import { GuidonProvider, type GuidonProviderProps, type Hooks } from '../../src/react.ts'
import { is } from './is.ts'

// Without types of your own: any name, and the fallback gives the type.
export const Loose = () => {
  const size = react.useFlag('font-size', 16)
  is<typeof size, number>(true)
  const title = react.useSuspenseFlag('title', 'none')
  is<typeof title, string>(true)
  const theme = react.useFlag('theme', 'dark' as 'dark' | 'light')
  is<typeof theme, string>(true)
  const on = react.useFlagEnabled('on')
  is<typeof on, boolean>(true)
  const details = react.useFlagDetails('on')
  is<typeof details, Flag | undefined>(true)
  const flags = react.useFlags(['on', 'title'])
  is<typeof flags, Readonly<Record<'on' | 'title', Flag | undefined>>>(true)
  // @ts-expect-error: not asked for
  flags.other
  // @ts-expect-error: what is read cannot be written
  flags.on = undefined
  const traits = react.useTraits()
  is<typeof traits, TraitInputs>(true)
  // @ts-expect-error: what is read cannot be written
  traits.plan = 'pro'
  const status = react.useGuidonStatus()
  is<typeof status, Status>(true)
  const client = react.useGuidon()
  is<typeof client, Client>(true)
  // @ts-expect-error: a fallback is needed, or the type would be a lie
  react.useFlag('font-size')
  // @ts-expect-error: null says no type
  react.useFlag('font-size', null)
  // @ts-expect-error: objects are read with json()
  react.useFlag('theme', {})
  // @ts-expect-error: a name is a text
  react.useFlags([1])
  return null
}

// With types of your own: known names, and their types.
interface MyFlags {
  'font-size': number
  title: string
  'new-checkout': boolean
}
// @ts-expect-error: flags by name, not a text
export const hooks = react as Hooks<string>
const { useFlag, useFlagEnabled, useFlagDetails, useFlags, useSuspenseFlag } = react as Hooks<MyFlags>

export const Typed = () => {
  const size = useFlag('font-size', 12)
  is<typeof size, number>(true)
  const title = useSuspenseFlag('title', 'none')
  is<typeof title, string>(true)
  useFlagEnabled('new-checkout')
  useFlagDetails('title')
  const flags = useFlags(['title', 'font-size'])
  is<typeof flags, Readonly<Record<'title' | 'font-size', Flag | undefined>>>(true)
  const client = react.useGuidon<MyFlags>()
  is<typeof client, Client<MyFlags>>(true)
  // @ts-expect-error: no such flag
  useFlagEnabled('new-chekout')
  // @ts-expect-error: no such flag
  useFlagDetails('nothing')
  // @ts-expect-error: no such flag
  useFlags(['title', 'nothing'])
  // @ts-expect-error: a number, not a text
  useFlag('font-size', '12')
  // @ts-expect-error: a text, not a number
  useSuspenseFlag('title', 12)
  return null
}

// Providers.
const client = createClient<MyFlags>({ environmentKey: 'key' })
const options = { environmentKey: 'key' }
export const providers = [
  <GuidonProvider key="1" client={client} />,
  <GuidonProvider key="2" client={createClient(options)} snapshot={readSnapshot()} />,
  <GuidonProvider key="3" options={options}>
    <Loose />
    text
  </GuidonProvider>,
  // @ts-expect-error: a client or options
  <GuidonProvider key="4" />,
  // @ts-expect-error: one of the two
  <GuidonProvider key="5" client={client} options={options} />,
  // @ts-expect-error: the snapshot is in the options
  <GuidonProvider key="6" options={options} snapshot={client.snapshot()} />,
  // @ts-expect-error: the environment key is needed
  <GuidonProvider key="7" options={{}} />,
]
export const props: GuidonProviderProps<MyFlags> = { client }
// @ts-expect-error: other flags
export const others: GuidonProviderProps<{ color: string }> = { client }

// The page's snapshot, which may not be there.
const snapshot = readSnapshot()
createClient({ environmentKey: 'key', identity: snapshot?.identity, snapshot })
const script = snapshotScript(client.snapshot())
is<typeof script, string>(true)
// @ts-expect-error: a snapshot, not a client
snapshotScript(client)
