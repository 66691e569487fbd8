import { expect, it } from 'vitest'
import { colours } from './document.ts'
import { bundled } from './doors.ts'
import { type App, useWorld } from './world.ts'

const world = useWorld()

const app = ((guidon, { api, key, ada }, tools) => {
  const { lifecycle, polling, realtime } = guidon
  const flags = guidon.createClient({
    environmentKey: key,
    api,
    identity: ada,
    use: [lifecycle(), polling(), realtime()],
  })
  const becomes = (value: string) => tools.becomes(flags, value)
  const show = tools.visibility()
  return { flags, becomes, show }
}) satisfies App<unknown>

/** Until the server has seen so many streams: a turn of the event loop at a time. */
const streams = async (count: number) => {
  const opened = () => world.net.asked().filter(({ path }) => path === '/sse/environments/client-key/stream')
  while (opened().length < count) await new Promise((resolve) => setTimeout(resolve, 5))
  return opened()
}
const questions = () => world.net.asked().filter(({ path }) => path.startsWith('/api/')).length

it('has no need of a parser for event streams in a browser', async () => {
  expect(await bundled('live')).not.toContain('ParseError')
})

it('shows a change that is saved, which the page hears of through its EventSource', async () => {
  const visit = await world.visit(app)
  await visit.ask(({ becomes }) => becomes('of ada'))
  const [stream] = await streams(1)
  expect(stream!.headers.accept).toBe('text/event-stream')
  world.net.replace(colours(' anew'))
  await visit.ask(({ becomes }) => becomes('of ada anew'))
  world.net.replace(colours(' again'))
  await visit.ask(({ becomes }) => becomes('of ada again'))
  expect(questions()).toBe(3)
  expect(await streams(1)).toHaveLength(1)
})

it('makes no request in an hour in which the page is hidden, and brings what was missed on return', async () => {
  await world.context().clock.install()
  const visit = await world.visit(app)
  await visit.ask(({ becomes }) => becomes('of ada'))
  await streams(1)
  await visit.ask(({ show }) => show(false))
  world.net.replace(colours(' anew'))
  const { length } = world.net.asked()
  await visit.page.clock.runFor(3_600_000)
  expect(world.net.asked()).toHaveLength(length)
  await visit.ask(({ show }) => show(true))
  await visit.ask(({ becomes }) => becomes('of ada anew'))
  await streams(2)
})

it('leaves no stream behind when the client is closed', async () => {
  const visit = await world.visit(app)
  await visit.ask(({ becomes }) => becomes('of ada'))
  await streams(1)
  await visit.ask(({ flags }) => flags.close())
  const { length } = world.net.asked()
  world.net.replace(colours(' anew'))
  await visit.ask(() => new Promise((resolve) => setTimeout(resolve)))
  expect(world.net.asked()).toHaveLength(length)
})
