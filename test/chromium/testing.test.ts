import { expect, it } from 'vitest'
import { environment } from '../../src/testing.ts'
import { flagService } from '../testing/recipes/flag-service.ts'
import { type Beside, useDoor } from './doors.ts'
import { type App, open, useWorld } from './world.ts'

const world = useWorld()
useDoor(world, 'testing')

/** An app that asks Flagsmith's own API, as its users' do. */
const app = ((guidon, { ada }) => {
  const storage = guidon.memoryStorage()
  return guidon.createClient({ environmentKey: 'test-key', identity: ada, storage, retries: 0 })
}) satisfies App<unknown>
const api = 'https://edge.api.flagsmith.com/api/v1/'

const flags = { 'new-checkout': false, title: 'Hello' }
const segments = [{ when: { plan: 'pro' }, flags: { 'new-checkout': true } }]

it('the recipe for Playwright answers a page, preflights and traits included, and what it asks again', async () => {
  const page = await world.page()
  const edge = await flagService(page, { flags, segments })
  const visit = await open<ReturnType<typeof app>>(page, world.site().page(app, { api }))
  expect(await visit.ask((client) => client.ready({ from: 'network' }))).toMatchObject({ source: 'network' })
  const shown = () => visit.ask((client) => [client.isEnabled('new-checkout'), client.value('title', '')])
  expect(await shown()).toEqual([false, 'Hello'])
  await visit.ask((client) => client.setTraits({ plan: 'pro' }))
  expect(await shown()).toEqual([true, 'Hello'])
  edge.replace(environment({ flags: { ...flags, title: 'Good day' }, segments }))
  await visit.ask((client) => client.refresh())
  expect(await shown()).toEqual([true, 'Good day'])
  // The route of later wins. (A context that is offline still asks its routes.)
  await page.route(`${api}**`, (route) => route.abort())
  expect(await visit.ask((client) => client.refresh().catch(({ code }) => code))).toBe('network')
  expect(await shown()).toEqual([true, 'Good day'])
})

it('a client for tests works in a page, and nothing of it leaves the page', async () => {
  const visit = await world.visit(async (_, { ada }) => {
    const { testClient, FakeStorage, environment } = (window as unknown as Beside).guidon_testing
    const storage = new FakeStorage()
    const flags = testClient({ flags: { size: 1 }, identity: ada, storage })
    const first = flags.value('size', 0)
    const told: string[] = []
    flags.on('change', ({ changed }) => told.push(...changed))
    await flags.set('size', 2)
    await flags.setTraits({ plan: 'pro' })
    flags.goOffline()
    const code = await flags.refresh().catch((error: { code: string }) => error.code)
    const kept = Object.keys({ ...localStorage }).length
    return {
      seen: [first, told, flags.value('size', 0), code, kept, flags.requests.length],
      document: environment({ flags: { size: 1 } }),
      texts: Object.values(storage.dump()).length,
    }
  })
  expect(await visit.ask(async (made) => (await made).seen)).toEqual([1, ['size'], 2, 'network', 0, 2])
  expect(await visit.ask(async (made) => (await made).document)).toEqual(environment({ flags: { size: 1 } }))
  expect(await visit.ask(async (made) => (await made).texts)).toBeGreaterThan(0)
  expect(world.net.seen).toEqual([])
})
