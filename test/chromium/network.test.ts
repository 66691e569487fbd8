import { expect, it } from 'vitest'
import { ada, colours, documentOf } from './document.ts'
import { answering } from './net.ts'
import { type App, useWorld, type Visit } from './world.ts'

const world = useWorld()

const app = ((guidon, { api, key, ada }, tools) => {
  const { lifecycle } = guidon
  // Each failure is told at once: the waits between tries are tested where time is faked.
  const flags = guidon.createClient({
    environmentKey: key,
    api,
    identity: ada,
    retries: 0,
    use: [lifecycle()],
  })
  const first = flags.value('colour', '')
  const delivered = async () => {
    while (flags.pending) await new Promise((resolve) => setTimeout(resolve, 5))
  }
  const becomes = (value: string) => tools.becomes(flags, value)
  return { flags, first, delivered, becomes }
}) satisfies App<unknown>

/** The traits that the server was last told of somebody, as those requests say that it answered. */
const told = (identifier: string) => {
  const traits: Record<string, unknown> = {}
  for (const { body, status } of world.net.seen) {
    if (!body || status() !== 200) continue
    const { identifier: whose, traits: writes } = JSON.parse(body)
    for (const { trait_key, trait_value } of whose === identifier ? writes : [])
      traits[trait_key] = trait_value
  }
  return traits
}

const slow = async (visit: Visit<unknown>) => {
  const session = await world.context().newCDPSession(visit.page)
  // 2G: a round trip of 0.8 s, 35 kilobytes a second.
  await session.send('Network.emulateNetworkConditions', {
    offline: false,
    latency: 800,
    downloadThroughput: 35_000,
    uploadThroughput: 32_000,
  })
}

it('delivers what was set offline when the network returns, and brings what was missed', async () => {
  world.net.replace(colours())
  const visit = await world.visit(app)
  await visit.ask(({ becomes }) => becomes('of ada'))
  await world.context().setOffline(true)
  const code = await visit.ask(({ flags }) =>
    flags.setTraits({ plan: 'pro' }).catch(({ code }: { code: string }) => code),
  )
  expect(code).toBe('network')
  expect(await visit.ask(({ flags }) => [flags.status.state, flags.pending])).toEqual(['offline', 1])
  expect(await visit.ask(({ flags }) => flags.value('colour', ''))).toBe('of ada')
  world.net.replace(colours(' anew'))
  await world.context().setOffline(false)
  await visit.ask(({ becomes }) => becomes('of ada anew'))
  await visit.ask(({ delivered }) => delivered())
  expect(told(ada)).toEqual({ plan: 'pro' })
})

it('does not wait for 2G: the stored flags are there at once, and ready() keeps to its budget', async () => {
  world.net.replace(
    documentOf({ colour: 'red', ...Object.fromEntries([...Array(200).keys()].map((i) => [`flag-${i}`, i])) }),
  )
  const first = await world.visit(app)
  await first.ask(({ flags }) => flags.ready({ from: 'network' }))
  await slow(first)
  const { length } = world.net.asked()
  const ready = await first.ask(({ flags }) => {
    flags.refresh()
    return flags.ready({ from: 'network', timeoutMs: 50 })
  })
  expect(ready).toMatchObject({ source: 'network' })

  await first.page.reload()
  const again = await first.page.evaluate(() => {
    const { it } = (globalThis as never as { made: { it: ReturnType<typeof app> } }).made
    return { first: it.first, state: it.flags.status.state }
  })
  expect(again).toEqual({ first: 'red', state: 'refreshing' })
  await first.ask(({ flags }) => flags.ready({ from: 'network', timeoutMs: 20_000 }))
  expect(await first.ask(({ flags }) => flags.status.state)).toBe('fresh')
  expect(world.net.asked().length - length).toBeGreaterThan(0)
})

it('keeps flags and loses no trait while a server comes and goes', async () => {
  world.net.replace(colours())
  const visit = await world.visit(app)
  await visit.ask(({ becomes }) => becomes('of ada'))
  const { edge } = world.net
  let asked = 0
  const faults = [
    answering(503, ''),
    answering(200, '<h1>Maintenance</h1>'),
    answering(429, '', { 'Retry-After': '0' }),
  ]
  for (let round = 0; round < 6; round++) {
    // Every third request is served; between rounds nobody listens at all.
    world.net.answer = (request, response) =>
      asked++ % 3 ? faults[asked % faults.length]!(request, response) : edge(request, response)
    const shown = await visit.ask(async ({ flags }) => {
      const key = `trait-${flags.traits().count ?? 0}`
      await flags.setTraits({ count: Number(flags.traits().count ?? 0) + 1, [key]: true }).catch(() => {})
      return flags.value('colour', '')
    })
    expect(shown).toBe('of ada')
    await world.net.down()
    await visit.ask(({ flags }) => flags.refresh().catch(() => {}))
    expect(await visit.ask(({ flags }) => flags.value('colour', ''))).toBe('of ada')
    await world.net.up()
  }
  world.net.answer = edge
  await visit.ask(({ flags }) => flags.refresh())
  await visit.ask(({ delivered }) => delivered())
  expect(await visit.ask(({ flags }) => flags.status.state)).toBe('fresh')
  expect(told(ada)).toEqual({
    count: 6,
    ...Object.fromEntries([0, 1, 2, 3, 4, 5].map((i) => [`trait-${i}`, true])),
  })
})

it('lets a trait arrive that was set while the page goes away', async () => {
  world.net.replace(colours())
  const visit = await world.visit(app)
  await visit.ask(({ becomes }) => becomes('of ada'))
  // Slow enough for the page to be gone before its request has left: browsers first ask whether it may.
  let letGo = () => {}
  const gone = new Promise<void>((resolve) => {
    letGo = resolve
  })
  const { preflight } = world.net
  world.net.preflight = async (request, response) => {
    await gone
    await preflight(request, response)
  }
  await visit.page.evaluate(() => {
    const { flags } = (globalThis as never as { made: { it: ReturnType<typeof app> } }).made.it
    addEventListener('pagehide', () => void flags.setTraits({ plan: 'pro' }))
  })
  await visit.page.goto('about:blank')
  letGo()
  while (!('plan' in told(ada))) await new Promise((resolve) => setTimeout(resolve, 5))
  expect(told(ada)).toEqual({ plan: 'pro' })
})
