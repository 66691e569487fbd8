import type defaults from 'virtual:guidon/defaults'
import { type Client, createClient, GuidonError, transient } from 'guidon'
import { experiments } from 'guidon/analytics'
import { polling } from 'guidon/live'
import { encrypted, localStorage } from 'guidon/storage'
import { FakeStorage, testClient } from 'guidon/testing'

interface MyFlags {
  colour: string
  size: number
}
// As the plugin of guidon/bundler would make it.
const bundled: typeof defaults = {
  flags: { colour: { enabled: true, value: 'red' }, size: { enabled: true, value: 16 } },
}
const events = experiments()
const flags: Client<MyFlags> = createClient<MyFlags>({
  environmentKey: 'key',
  identity: { id: '3f2b8c1e-8d52-4b3a-9a54-0c9d1d6e7f10', traits: { country: transient('FR') } },
  storage: encrypted(localStorage()),
  defaults: bundled,
  use: [events, polling({ intervalMs: 30_000 })],
  fetch: () => Promise.reject(new TypeError('offline')),
  retries: 0,
})
const size: number = flags.value('size', 16)
// @ts-expect-error: no such flag
flags.isEnabled('colou')
// @ts-expect-error: a number is no fallback for text
flags.value('colour', size)
flags.on('error', (error) => {
  if (!(error instanceof GuidonError)) throw error
})
const double: Client<MyFlags> = testClient<MyFlags>({ flags: { size: 16 }, storage: new FakeStorage() })
// @ts-expect-error: no such flag
testClient<MyFlags>({ flags: { colou: 'red' } })
double.close()
console.log(flags.value('colour', 'none'))
flags.close()
