import { expect, it } from 'vitest'
import { ada, colours } from './document.ts'
import { answering, held } from './net.ts'
import { type App, useWorld } from './world.ts'

const world = useWorld()

/** An app as simple as can be, and what it reads in the statement after `createClient()`. */
const app = ((guidon, { api, key, ada }) => {
  const flags = guidon.createClient({
    environmentKey: key,
    api,
    identity: ada,
    retries: 0,
    defaults: { flags: { colour: { enabled: false, value: 'bundled' } } },
  })
  const first = { value: flags.value('colour', 'none'), source: flags.flag('colour')?.source }
  const told: string[] = []
  flags.on('change', ({ changed, source }) => told.push(`change ${changed} from ${source}`))
  flags.on('error', ({ code }) => told.push(`error ${code}`))
  return { flags, first, told }
}) satisfies App<unknown>

/** Someone was here before, and the server had an answer. */
const firstVisit = async () => {
  const visit = await world.visit(app)
  await visit.ask(({ flags }) => flags.ready({ from: 'network' }))
  await visit.leave()
  world.net.seen.length = 0
}

it('shows bundled flags at once on a first visit, then the server’s, for one preflight and one GET', async () => {
  const visit = await world.visit(app)
  expect(await visit.ask(({ first }) => first)).toEqual({ value: 'bundled', source: 'defaults' })

  expect(await visit.ask(({ flags }) => flags.ready({ from: 'network' }))).toMatchObject({
    source: 'network',
    stale: false,
  })
  expect(await visit.ask(({ flags }) => flags.value('colour', ''))).toBe('of ada')
  expect(await visit.ask(({ flags }) => flags.value('size', 0))).toBe(16)
  expect(await visit.ask(({ flags }) => flags.status.state)).toBe('fresh')
  expect(await visit.ask(({ told }) => told)).toEqual(['change colour,size from network'])

  expect(world.net.seen.map(({ method, path }) => [method, path])).toEqual([
    ['OPTIONS', `/api/v1/identities/?identifier=${ada}`],
    ['GET', `/api/v1/identities/?identifier=${ada}`],
  ])
})

it('keeps the flags of a first visit without the identifier in them', async () => {
  const visit = await world.visit(app)
  await visit.ask(({ flags }) => flags.ready({ from: 'network' }))
  const dump = JSON.stringify(await world.stored(visit))
  expect(dump).toContain('of ada')
  expect(dump).not.toContain(ada)
})

it('has the right value in the statement after createClient() while the server is down', async () => {
  await firstVisit()
  await world.net.down()
  const visit = await world.visit(app)
  expect(await visit.ask(({ first }) => first)).toEqual({ value: 'of ada', source: 'storage' })

  const ready = await visit.ask(({ flags }) =>
    flags.ready({ from: 'network' }).then(({ source, error }) => ({ source, code: error?.code })),
  )
  expect(ready).toEqual({ source: 'storage', code: 'network' })
  expect(await visit.ask(({ flags }) => [flags.value('colour', ''), flags.status.state])).toEqual([
    'of ada',
    'offline',
  ])
  expect(await visit.ask(({ told }) => told)).toEqual(['error network'])
})

it('shows yesterday’s flags while a slow server thinks, and today’s when it has thought', async () => {
  await firstVisit()
  world.net.replace(colours(', today'))
  const letGo = held(world.net)
  const visit = await world.visit(app)
  expect(await visit.ask(({ first }) => first)).toEqual({ value: 'of ada', source: 'storage' })
  expect(await visit.ask(({ flags }) => flags.ready())).toMatchObject({ source: 'storage' })
  expect(await visit.ask(({ flags }) => flags.status.state)).toBe('refreshing')

  letGo()
  await visit.ask(({ flags }) => flags.ready({ from: 'network' }))
  expect(await visit.ask(({ flags }) => flags.value('colour', ''))).toBe('of ada, today')
  expect(await visit.ask(({ told }) => told)).toEqual(['change colour from network'])
})

it('asks with nothing but its key, and is told 304 when nothing changed', async () => {
  await firstVisit()
  const visit = await world.visit(app)
  await visit.ask(({ flags }) => flags.ready({ from: 'network' }))
  expect(await visit.ask(({ flags }) => flags.flag('colour')?.source)).toBe('network')
  expect(await visit.ask(({ told }) => told)).toEqual([])

  const [again] = world.net.asked()
  expect(again!.headers['if-none-match']).toBeTruthy()
  expect(again!.status()).toBe(304)
})

it('passes a preflight that allows the key header and no other', async () => {
  world.net.preflight = answering(200, '', { 'Access-Control-Allow-Headers': 'x-environment-key' })
  const visit = await world.visit(app)
  expect(await visit.ask(({ flags }) => flags.ready({ from: 'network' }))).toMatchObject({
    source: 'network',
  })
  expect(world.net.seen[0]!.headers['access-control-request-headers']).toBe('x-environment-key')
})

it('sends neither cookies nor the address of the page', async () => {
  await world.context().addCookies([{ name: 'session', value: 'secret', url: world.net.origin }])
  const visit = await world.visit(app)
  await visit.ask(({ flags }) => flags.ready({ from: 'network' }))
  const [asked] = world.net.asked()
  expect(asked!.headers).not.toHaveProperty('cookie')
  expect(asked!.headers).not.toHaveProperty('referer')
})

it('makes one request of five refreshes at once', async () => {
  const visit = await world.visit(app)
  await visit.ask(({ flags }) => flags.ready({ from: 'network' }))
  world.net.seen.length = 0
  await visit.ask(({ flags }) => Promise.all([1, 2, 3, 4, 5].map(() => flags.refresh())))
  expect(world.net.asked().length).toBe(1)
})

it('leaves a server alone that asked for time, also after a reload', async () => {
  await firstVisit()
  world.net.answer = answering(503, '', {
    'Retry-After': '600',
    'Access-Control-Expose-Headers': 'Retry-After',
  })
  const visit = await world.visit(app)
  await visit.ask(({ flags }) => flags.ready({ from: 'network' }))
  world.net.seen.length = 0

  const reloaded = await world.visit(app)
  await reloaded.ask(({ flags }) => flags.ready({ from: 'network' }))
  expect(await reloaded.ask(({ first }) => first)).toEqual({ value: 'of ada', source: 'storage' })
  expect(world.net.seen).toEqual([])
})
