import { type JsonValue, OpenFeature, type Provider } from '@openfeature/web-sdk'
import { analytics, type Experiments, experiments } from '../../src/analytics.ts'
import { createClient, type ReadyOptions, transient } from '../../src/index.ts'
import { type GuidonProviderOptions, guidonProvider, type ProviderClient } from '../../src/openfeature.ts'

// Any client will do, whatever flags it knows.
const loose = createClient({ environmentKey: 'key' })
const typed = createClient<{ title: string; size: number }>({ environmentKey: 'key' })
const provider: Provider = guidonProvider(loose)
guidonProvider(typed)
// @ts-expect-error: the client is needed
guidonProvider()
// @ts-expect-error: and it is a client
guidonProvider({ environmentKey: 'key' })

// `ProviderClient` is what the provider uses: something that stands in for a client needs no more.
const whole: ProviderClient = loose
const { all, flag, identity, status, ready, identify, setTraits, reset, on } = loose
const part: ProviderClient = { all, flag, identity, status, ready, identify, setTraits, reset, on }
guidonProvider(part)
// @ts-expect-error: nor less
const less: ProviderClient = { all, flag, identity, status }
// @ts-expect-error: it does not close the client, for that is the app's
whole.close()
// @ts-expect-error: it is told who it is by `identify`
whole.identity = 'guid'

// Options.
guidonProvider(loose, { ready: { from: 'network', timeoutMs: 800 }, booleans: 'enabled' })
guidonProvider(loose, { events: experiments() })
guidonProvider(loose, {})
const options: GuidonProviderOptions = { booleans: 'value' }
const waits: ReadyOptions | undefined = options.ready
const sends: Experiments | undefined = options.events
// @ts-expect-error: that extension has no events
guidonProvider(loose, { events: analytics() })
// @ts-expect-error: no such meaning
guidonProvider(loose, { booleans: 'text' })
// @ts-expect-error: no such place
guidonProvider(loose, { ready: { from: 'device' } })
// @ts-expect-error: a number of milliseconds
guidonProvider(loose, { ready: { timeoutMs: '800' } })
// @ts-expect-error: no such option
guidonProvider(loose, { storage: 'none' })
// @ts-expect-error: they are read once
options.booleans = 'enabled'

// What is transient is said in the context, by guidon's own word or by its looks.
OpenFeature.setProvider('shop', provider, { targetingKey: 'guid', plan: 'pro', country: transient('FR') })
OpenFeature.setContext({ targetingKey: 'guid', country: { value: 'FR', transient: true }, born: new Date() })
// @ts-expect-error: what is transient is a text, a number or a boolean
OpenFeature.setContext({ targetingKey: 'guid', born: transient(new Date()) })
// @ts-expect-error: an identifier is text
OpenFeature.setContext({ targetingKey: 42 })

// What comes out has the type that was asked for.
const app = OpenFeature.getClient()
const size: number = app.getNumberValue('size', 16)
const theme: JsonValue = app.getObjectValue('theme', { dark: false } as JsonValue)
// @ts-expect-error: a number is no text
const text: string = app.getNumberValue('size', 16)

// The door gives these and nothing else.
type Door = typeof import('../../src/openfeature.ts')
const names: keyof Door = 'guidonProvider'
// @ts-expect-error: the reads behind it are its own
const other: keyof Door = 'evaluator'
export const used: readonly unknown[] = [less, waits, sends, size, theme, text, names, other]
