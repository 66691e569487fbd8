import { expect, it } from 'vitest'
import { colours } from './document.ts'
import { type App, useWorld, type Visit } from './world.ts'

const world = useWorld()

const app = ((guidon, { api, key, ada }, tools) => {
  const { realtime, tabs } = guidon
  const flags = guidon.createClient({
    environmentKey: key,
    api,
    identity: ada,
    use: [tabs([realtime()])],
  })
  /** All that was ever shown here, with whose it was. */
  const shown: string[] = []
  flags.on('change', () => shown.push(`${flags.identity} ${flags.value('colour', '')}`))
  const becomes = (value: string) => tools.becomes(flags, value)
  const show = tools.visibility()
  /** How many locks this page's origin holds, and how many are waited for. */
  const locks = async () => {
    const { held = [], pending = [] } = await navigator.locks.query()
    return [held.length, pending.length]
  }
  return { flags, becomes, show, shown, locks }
}) satisfies App<unknown>

type Tab = Visit<ReturnType<typeof app>>

const turn = () => new Promise((resolve) => setTimeout(resolve, 5))
const opened = () => world.net.asked().filter(({ path }) => path.startsWith('/sse/')).length
const questions = () => world.net.asked().filter(({ path }) => path.startsWith('/api/')).length
/** Until so many streams have been opened in all. */
const streams = async (count: number) => {
  while (opened() < count) await turn()
}
const locked = async (tab: Tab, held: number, pending: number) => {
  for (;;) {
    const now = await tab.ask(({ locks }) => locks())
    if (now[0] === held && now[1] === pending) return
    await turn()
  }
}
const open = async (count: number): Promise<Tab[]> => {
  const all: Tab[] = []
  for (let i = 0; i < count; i++) {
    const tab = await world.visit(app)
    await tab.ask(({ becomes }) => becomes('of ada'))
    await tab.ask(({ flags }) => flags.ready({ from: 'network' }))
    all.push(tab)
  }
  await streams(1)
  await locked(all[0]!, 1, count - 1)
  return all
}
const allShow = (all: readonly Tab[], version: string) => {
  const show = [
    (made: ReturnType<typeof app>) => made.becomes('of ada anew'),
    (made: ReturnType<typeof app>) => made.becomes('of ada again'),
  ]
  return Promise.all(all.map((tab) => tab.ask(version === 'anew' ? show[0]! : show[1]!)))
}

it('has one stream and makes one request per change for five tabs', async () => {
  const all = await open(5)
  const before = questions()
  world.net.replace(colours(' anew'))
  await allShow(all, 'anew')
  world.net.replace(colours(' again'))
  await allShow(all, 'again')
  expect(questions() - before).toBe(2)
  expect(opened()).toBe(1)
  const [, second] = all
  expect(await second!.ask(({ flags }) => flags.flag('colour')?.source)).toBe('network')
  expect(await second!.ask(({ flags }) => flags.status.state)).toBe('fresh')
})

it('goes on in another tab when the one that leads is closed', async () => {
  const [first, ...others] = await open(3)
  await first!.leave()
  await streams(2)
  world.net.replace(colours(' anew'))
  await allShow(others, 'anew')
  await locked(others[0]!, 1, 1)
})

it('goes on in another tab when the one that leads is hidden, and rests when all are', async () => {
  const all = await open(2)
  const [first, second] = all
  await first!.ask(({ show }) => show(false))
  await streams(2)
  world.net.replace(colours(' anew'))
  // Who is hidden hears of it all the same.
  await allShow(all, 'anew')
  await second!.ask(({ show }) => show(false))
  await locked(second!, 0, 0)
  const before = world.net.asked().length
  world.net.replace(colours(' again'))
  await first!.ask(() => new Promise((resolve) => setTimeout(resolve, 50)))
  expect(world.net.asked()).toHaveLength(before)
  // What was missed comes when somebody looks again, to both.
  await first!.ask(({ show }) => show(true))
  await allShow(all, 'again')
})

it('never mixes users: a tab that logs out or becomes another leaves the others as they are', async () => {
  const [first, second, third] = (await open(3)) as [Tab, Tab, Tab]
  await first.ask(({ flags }) => flags.reset())
  await second.page.evaluate(() =>
    (globalThis as never as { made: { it: ReturnType<typeof app> } }).made.it.flags.identify(
      'b7c1d9e4-1f3a-4c58-8e7d-5a2f6b9c0d31',
    ),
  )
  // One leads for nobody, one for Bob, one for Ada.
  await locked(third, 3, 0)
  world.net.replace(colours(' anew'))
  await third.ask(({ becomes }) => becomes('of ada anew'))
  await first.ask(({ becomes }) => becomes('of nobody anew'))
  for (const tab of [first, second, third]) {
    const shown = await tab.ask(({ shown }) => shown)
    expect(shown.length).toBeGreaterThan(0)
    for (const line of shown)
      expect(line).toMatch(/^(?:\S+7f10 (?:of ada.*)?|\S+0d31 (?:of bob.*)?|undefined (?:of nobody.*)?)$/)
  }
})

it('shares no answer that was for other traits', async () => {
  const [first, second] = (await open(2)) as [Tab, Tab]
  const before = await second.ask(({ flags }) => flags.flag('colour'))
  await first.ask(({ flags }) => flags.setTraits({ plan: 'pro' }))
  await locked(second, 2, 0)
  expect(await second.ask(({ flags }) => flags.flag('colour'))).toEqual(before)
  // As soon as both say the same they are one group again, whatever the order.
  await second.ask(({ flags }) => flags.setTraits({ plan: 'pro' }))
  await locked(second, 1, 1)
})

it('leaves no lock and no stream behind when its clients are closed', async () => {
  const [first, second] = (await open(2)) as [Tab, Tab]
  await second.ask(({ flags }) => flags.close())
  await locked(first, 1, 0)
  await first.ask(({ flags }) => flags.close())
  await locked(first, 0, 0)
  const before = world.net.asked().length
  world.net.replace(colours(' anew'))
  await first.ask(() => new Promise((resolve) => setTimeout(resolve, 50)))
  expect(world.net.asked()).toHaveLength(before)
})

it('lets each tab work alone where there are no Web Locks, as on insecure pages', async () => {
  const options = { host: 'shop.test' }
  const first = await world.visit(app, options)
  const second = await world.visit(app, options)
  expect(await first.ask(() => 'locks' in navigator)).toBe(false)
  await streams(2)
  await Promise.all([first, second].map((tab) => tab.ask(({ flags }) => flags.ready({ from: 'network' }))))
  world.net.replace(colours(' anew'))
  await allShow([first, second], 'anew')
})
