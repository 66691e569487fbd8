import { expect, it } from 'vitest'
import { ada, bob } from './document.ts'
import { type Answer, answering, CORS, forgettablePreflight } from './net.ts'
import { type App, useWorld } from './world.ts'

const world = useWorld()

const app = ((guidon, { api, key, ada }) => {
  const flags = guidon.createClient({ environmentKey: key, api, identity: ada, retries: 0, timeoutMs: 3_000 })
  const errors: string[] = []
  const changes: unknown[] = []
  flags.on('error', ({ code }) => errors.push(code))
  flags.on('change', (change) => changes.push(change))
  const refresh = () =>
    flags.refresh().then(
      () => 'fresh',
      (error) => error.code as string,
    )
  return { flags, errors, changes, refresh }
}) satisfies App<unknown>

const flag = (name: unknown, value: unknown, enabled: unknown = true) => ({
  feature: { id: 1, name },
  enabled,
  feature_state_value: value,
})
const flagsFor = (identifier: string, ...flags: unknown[]) =>
  JSON.stringify({ identifier, traits: [], flags })
const good = flagsFor(ada, flag('colour', 'a trap'))

const text = { 'Content-Type': 'text/html' }
const portal = answering(200, '<!doctype html><title>Free WiFi</title><h1>Please log in</h1>', text)
const hang: Answer = () => {}
const hangAfterHeaders: Answer = (_, response) => {
  response.writeHead(200, { ...CORS, 'Content-Type': 'application/json', 'Content-Length': '1000' })
  response.write('{')
}
const reset: Answer = (request) => request.socket.resetAndDestroy()
const cutShort: Answer = (request, response) => {
  response.writeHead(200, {
    ...CORS,
    'Content-Type': 'application/json',
    'Content-Length': good.length + 100,
  })
  response.write(good, () => request.socket.destroy())
}
const withoutCors: Answer = (_, response) => response.writeHead(200).end(good)

it.each<[what: string, code: string, answer: Answer]>([
  ['a captive portal’s page', 'payload', portal],
  ['status 204', 'payload', answering(204, '')],
  ['a refusal with status 200', 'payload', answering(200, '{"detail":"Missing identifier"}')],
  ['half a body', 'payload', answering(200, good.slice(0, 40))],
  ['a flag without a name', 'payload', answering(200, flagsFor(ada, flag(null, 'red')))],
  [
    'a flag that is neither on nor off',
    'payload',
    answering(200, flagsFor(ada, flag('colour', 'red', 'yes'))),
  ],
  ['a value that is a list', 'payload', answering(200, flagsFor(ada, flag('colour', ['red'])))],
  ['another user’s flags', 'payload', answering(200, flagsFor(bob, flag('colour', 'red')))],
  ['ten megabytes', 'payload', answering(200, flagsFor(ada, flag('colour', 'x'.repeat(10_000_000))))],
  ['status 401', 'http', answering(401, good)],
  ['status 403', 'http', answering(403, '{"detail":"Invalid or missing Environment Key"}')],
  ['status 404', 'http', answering(404, '<h1>Not Found</h1>', text)],
  ['status 429', 'http', answering(429, '')],
  ['status 500', 'http', answering(500, '<h1>Server Error (500)</h1>', text)],
  ['status 503', 'http', answering(503, good)],
  ['a redirect', 'redirect', answering(302, '', { Location: '/api/v1/flags/' })],
  ['a redirect to another host', 'redirect', answering(307, '', { Location: 'http://elsewhere.test/' })],
  ['silence', 'timeout', hang],
  ['silence after the headers', 'timeout', hangAfterHeaders],
  ['a connection that is reset', 'network', reset],
  ['a connection that ends in mid-body', 'network', cutShort],
  ['an answer without CORS headers', 'network', withoutCors],
])('leaves flags, identity and storage as they were after %s', async (_, code, answer) => {
  const visit = await world.visit(app)
  await visit.ask(({ flags }) => flags.ready({ from: 'network' }))
  await visit.ask(({ changes }) => changes.splice(0))
  const look = async () => ({
    flags: await visit.ask(({ flags }) => flags.all()),
    identity: await visit.ask(({ flags }) => flags.identity),
    stored: Object.fromEntries(
      // When the server may be asked again is kept, and is meant to change.
      Object.entries(await world.stored(visit)).filter(([key]) => !key.endsWith('.retry')),
    ),
  })
  const before = await look()
  expect(before.flags.colour?.value).toBe('of ada')

  world.net.answer = answer
  expect(await visit.ask(({ refresh }) => refresh())).toBe(code)
  expect(await look()).toEqual(before)
  expect(await visit.ask(({ errors }) => errors)).toEqual([code])
  expect(await visit.ask(({ changes }) => changes)).toEqual([])

  // And it was not for ever.
  world.net.answer = world.net.edge
  expect(await visit.ask(({ refresh }) => refresh())).toBe('fresh')
})

it.each<[what: string, answer: Answer]>([
  ['is refused', answering(403, '')],
  ['breaks without CORS headers, as one server’s do', (_, response) => response.writeHead(500).end()],
  ['is redirected', answering(301, '', { Location: '/elsewhere/' })],
  ['does not allow the key header', answering(200, '', { 'Access-Control-Allow-Headers': 'content-type' })],
])('keeps its flags when the preflight %s', async (_, answer) => {
  world.net.preflight = forgettablePreflight
  const visit = await world.visit(app)
  await visit.ask(({ flags }) => flags.ready({ from: 'network' }))

  world.net.preflight = answer
  expect(await visit.ask(({ refresh }) => refresh())).toBe('network')
  expect(await visit.ask(({ flags }) => flags.value('colour', ''))).toBe('of ada')
})

it('does not follow a redirect with the key and the identifier', async () => {
  const visit = await world.visit(app)
  await visit.ask(({ flags }) => flags.ready({ from: 'network' }))
  world.net.seen.length = 0
  world.net.answer = answering(307, '', { Location: '/api/v1/elsewhere/' })
  await visit.ask(({ refresh }) => refresh())
  expect(world.net.seen.filter(({ path }) => path.includes('elsewhere'))).toEqual([])
})
