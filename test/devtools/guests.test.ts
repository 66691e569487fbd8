// @vitest-environment happy-dom
import { OpenFeature } from '@openfeature/web-sdk'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { createApp, h, nextTick } from 'vue'
import { experiments } from '../../src/analytics.ts'
import { guidonInspector } from '../../src/devtools.ts'
import type { Client } from '../../src/index.ts'
import { guidonProvider } from '../../src/openfeature.ts'
import { guidon, useFlag } from '../../src/vue.ts'
import { ada, answerTo, calm, useWorld } from '../world.ts'

const world = useWorld()
beforeEach(() => {
  world.net.respond = (call) => answerTo(call, { colour: 'red', size: 16 })
})
afterEach(() => {
  localStorage.clear()
  sessionStorage.clear()
})

/** Overrides the colour, as a tester does. */
const override = async (client: Client, value: string) => {
  guidonInspector(client)
  await calm()
  const root = document.querySelector('guidon-inspector')!.shadowRoot!
  const row = [...root.querySelectorAll('.row')].find(({ textContent }) => textContent!.startsWith('colour'))
  ;(row as HTMLElement).click()
  const input = root.querySelector('textarea')!
  input.value = value
  input.dispatchEvent(new Event('input'))
  root.querySelector<HTMLButtonElement>('.detail .main')!.click()
  await calm()
}

it('is seen by OpenFeature, which tells of it', async () => {
  const flags = world.client({ identity: ada })
  await OpenFeature.setProviderAndWait(guidonProvider(flags), { targetingKey: ada })
  const client = OpenFeature.getClient()
  const told: unknown[] = []
  client.addHandler('PROVIDER_CONFIGURATION_CHANGED' as never, (details) => told.push(details?.flagsChanged))
  await override(flags, 'mine')
  expect(client.getStringDetails('colour', 'none')).toMatchObject({
    value: 'mine',
    flagMetadata: { source: 'override' },
  })
  // Though what comes first is overridden, it is known that flags have come.
  world.net.offline()
  await flags.refresh().catch(() => {})
  expect(client.getStringDetails('nothing', 'none')).toMatchObject({ errorCode: 'FLAG_NOT_FOUND' })
  expect(told).toEqual([['colour']])
  await OpenFeature.close()
})

it('is seen by Vue', async () => {
  const flags = world.client({ identity: ada })
  await flags.ready({ from: 'network' })
  const place = document.body.appendChild(document.createElement('div'))
  const app = createApp({
    setup() {
      const colour = useFlag('colour', 'none')
      return () => h('p', colour.value)
    },
  })
  app.use(guidon(flags)).mount(place)
  expect(place.textContent).toBe('red')
  await override(flags, 'mine')
  await nextTick()
  expect(place.textContent).toBe('mine')
  app.unmount()
})

it('is no exposure of an experiment', async () => {
  const events = experiments()
  const flags = world.client({ identity: ada, use: [events] })
  await flags.ready({ from: 'network' })
  await override(flags, 'mine')
  expect(events.exposure('colour')).toBe(false)
  expect(events.exposure('size')).toBe(true)
})
