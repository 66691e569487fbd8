import { OpenFeature, type Provider } from '@openfeature/web-sdk'
import { analytics, experiments } from '../../src/analytics.ts'
import { createClient, transient } from '../../src/index.ts'
import { type GuidonProviderOptions, guidonProvider, type ProviderClient } from '../../src/openfeature.ts'

// Any client will do, whatever flags it knows.
const loose = createClient({ environmentKey: 'key' })
const typed = createClient<{ title: string; size: number }>({ environmentKey: 'key' })
const provider: Provider = guidonProvider(loose)
guidonProvider(typed satisfies ProviderClient)
// @ts-expect-error: the client is needed
guidonProvider()
// @ts-expect-error: and it is a client
guidonProvider({ environmentKey: 'key' })

// Options.
const options: GuidonProviderOptions = { ready: { from: 'network', timeoutMs: 800 }, booleans: 'enabled' }
guidonProvider(loose, options)
guidonProvider(loose, { events: experiments() })
// @ts-expect-error: that extension has no events
guidonProvider(loose, { events: analytics() })
// @ts-expect-error: no such meaning
guidonProvider(loose, { booleans: 'text' })

// What is transient is said in the context, by guidon's own word or by its looks.
OpenFeature.setProvider('shop', provider, { targetingKey: 'guid', plan: 'pro', country: transient('FR') })
OpenFeature.setContext({ targetingKey: 'guid', country: { value: 'FR', transient: true }, born: new Date() })
