import { expect, it } from 'vitest'
import { colours, documentOf } from './document.ts'
import { held } from './net.ts'
import { type App, useWorld, type Visit } from './world.ts'

const world = useWorld()

const app = ((guidon, { api, key, ada }) => {
  const flags = guidon.createClient({
    environmentKey: key,
    api,
    identity: ada,
    retries: 0,
    defaults: { flags: { colour: { enabled: false, value: 'bundled' } } },
  })
  const first = { value: flags.value('colour', 'none'), source: flags.flag('colour')?.source }
  const errors: string[] = []
  flags.on('error', ({ code }) => errors.push(code))
  return { flags, first, errors }
}) satisfies App<unknown>

type Made = ReturnType<typeof app>

const asBob = ((guidon, { api, key, bob }) => ({
  flags: guidon.createClient({ environmentKey: key, api, identity: bob }),
})) satisfies App<unknown>

const heardNetwork = (visit: Visit<Pick<Made, 'flags'>>) =>
  visit.ask(({ flags }) => flags.ready({ from: 'network' }))
const colour = (visit: Visit<Made>) => visit.ask(({ flags }) => flags.value('colour', ''))

/** Under which key the flags of the one who was here last are kept. */
const lastKey = async (visit: Visit<unknown>): Promise<string> => {
  const stored = await world.stored(visit)
  const users = Object.keys(stored).find((key) => key.endsWith('.users'))!
  return users.replace('users', stored[users]!.split(' ')[0]!)
}

const put = (visit: Visit<unknown>, key: string, text: string) =>
  visit.page.evaluate(([key, text]) => localStorage.setItem(key!, text!), [key, text])

/** Not one character more fits. */
const fill = (visit: Visit<unknown>) =>
  visit.page.evaluate(() => {
    for (let size = 2 ** 22, index = 0; size >= 1; ) {
      try {
        localStorage.setItem(`filler${index++}`, 'x'.repeat(size))
      } catch {
        size /= 2
      }
    }
  })

it('works in memory where storage is denied', async () => {
  // A sandboxed page is of no origin: naming `localStorage` throws a SecurityError.
  const visit = await world.visit(app, { policy: 'sandbox allow-scripts; ' })
  const named = () => {
    try {
      return String(localStorage)
    } catch (error) {
      return (error as Error).name
    }
  }
  expect(await visit.page.evaluate(named)).toBe('SecurityError')
  expect(await visit.ask(({ first }) => first)).toEqual({ value: 'bundled', source: 'defaults' })
  expect(await heardNetwork(visit)).toMatchObject({ source: 'network' })
  expect(await colour(visit)).toBe('of ada')
  expect(await visit.ask(({ errors }) => errors)).toEqual(['storage'])
})

it('works in memory where there is no storage, as in some web views', async () => {
  await world.context().addInitScript(() => {
    Object.defineProperty(window, 'localStorage', { value: null })
  })
  const visit = await world.visit(app)
  expect(await visit.ask(({ first }) => first)).toEqual({ value: 'bundled', source: 'defaults' })
  expect(await heardNetwork(visit)).toMatchObject({ source: 'network' })
  expect(await colour(visit)).toBe('of ada')
  expect(await visit.ask(({ errors }) => errors)).toEqual(['storage'])
})

it('shows today’s flags and leaves the old entry whole when the disk is full', async () => {
  const before = await world.visit(app)
  await heardNetwork(before)
  const key = await lastKey(before)
  const old = (await world.stored(before))[key]
  await fill(before)
  await before.leave()

  world.net.replace(colours(` ${'and longer '.repeat(20)}`))
  const visit = await world.visit(app)
  expect(await visit.ask(({ first }) => first)).toEqual({ value: 'of ada', source: 'storage' })
  await heardNetwork(visit)
  expect(await colour(visit)).toContain('and longer')
  expect(await visit.ask(({ errors }) => errors)).toEqual(['storage'])
  expect((await world.stored(visit))[key]).toBe(old)
})

it('makes room by removing the user who was away longest', async () => {
  const bobs = await world.visit(asBob)
  await heardNetwork(bobs)
  const bobsKey = await lastKey(bobs)
  const before = await world.visit(app)
  await heardNetwork(before)
  const adasKey = await lastKey(before)
  await fill(before)

  world.net.replace(colours(', now, and longer'))
  await before.ask(({ flags }) => flags.refresh())
  expect(await before.ask(({ flags }) => flags.value('colour', ''))).toBe('of ada, now, and longer')
  const stored = await world.stored(before)
  expect(stored).not.toHaveProperty([bobsKey])
  expect(stored[adasKey]).toContain('of ada, now, and longer')
})

const ofNow = (change: (entry: Record<string, unknown>) => unknown) => (text: string) =>
  JSON.stringify(change(JSON.parse(text)))

it.each<[what: string, broken: (text: string) => string]>([
  ['is empty', () => ''],
  ['is half', (text) => text.slice(0, text.length / 2)],
  ['is null', () => 'null'],
  ['is a list', () => '[]'],
  ['is HTML', () => '<!doctype html>'],
  ['is of an older version', ofNow((entry) => ({ ...entry, v: 0 }))],
  ['is of a newer version', ofNow((entry) => ({ ...entry, v: 2 }))],
  ['has no flags', ofNow(({ flags, ...entry }) => entry)],
  ['has no time', ofNow((entry) => ({ ...entry, at: null }))],
  ['is of another environment', ofNow((entry) => ({ ...entry, environment: 'guidon.0000000000000000.' }))],
])('removes a stored entry that %s, and starts from the bundled flags', async (_, broken) => {
  const before = await world.visit(app)
  await heardNetwork(before)
  const key = await lastKey(before)
  await put(before, key, broken((await world.stored(before))[key]!))
  await before.leave()

  const letGo = held(world.net)
  const visit = await world.visit(app)
  expect(await visit.ask(({ first }) => first)).toEqual({ value: 'bundled', source: 'defaults' })
  expect(await world.stored(visit)).not.toHaveProperty([key])
  letGo()
  await heardNetwork(visit)
  expect(await colour(visit)).toBe('of ada')
  expect((await world.stored(visit))[key]).toContain('of ada')
  expect(await visit.ask(({ errors }) => errors)).toEqual([])
})

it.each<[what: string, row: unknown]>([
  ['nothing', null],
  ['a number', 7],
  ['a flag that is neither on nor off', ['yes', {}]],
  ['a flag whose value is an object', [1, { toString: 1 }]],
])('reads a flag as unknown where its stored entry says %s, and the others as they are', async (_, row) => {
  const before = await world.visit(app)
  await heardNetwork(before)
  const key = await lastKey(before)
  const spoil = ofNow((entry) => ({ ...entry, flags: [...(entry.flags as []), ['odd', row]] }))
  await put(before, key, spoil((await world.stored(before))[key]!))
  await before.leave()

  held(world.net)
  const visit = await world.visit(app)
  expect(await visit.ask(({ first }) => first)).toEqual({ value: 'of ada', source: 'storage' })
  expect(
    await visit.ask(({ flags }) => [
      flags.isEnabled('odd', true),
      flags.value('odd', 'fallback'),
      flags.flag('odd') ?? 'unknown',
      'odd' in flags.all(),
    ]),
  ).toEqual([true, 'fallback', 'unknown', false])
})

it('does not show another user’s flags, not even from under this user’s key', async () => {
  const before = await world.visit(app)
  await heardNetwork(before)
  const adasKey = await lastKey(before)
  const bobs = await world.visit(asBob)
  await heardNetwork(bobs)
  const bobsKey = await lastKey(bobs)
  const stored = await world.stored(bobs)
  expect(stored[bobsKey]).toContain('of bob')
  await put(bobs, adasKey, stored[bobsKey]!)

  held(world.net)
  const visit = await world.visit(app)
  expect(await visit.ask(({ first }) => first)).toEqual({ value: 'bundled', source: 'defaults' })
  expect(await world.stored(visit)).not.toHaveProperty([adasKey])
})

it('starts at once from five thousand stored flags', async () => {
  const values = Object.fromEntries(
    Array.from({ length: 5_000 }, (_, index) => [`flag-${index}`, `value ${index}`]),
  )
  world.net.replace(documentOf({ ...values, colour: 'of everyone' }))
  const before = await world.visit(app)
  await heardNetwork(before)
  await before.leave()

  held(world.net)
  const visit = await world.visit(app)
  expect(await visit.ask(({ first }) => first)).toEqual({ value: 'of everyone', source: 'storage' })
  expect(await visit.ask(({ flags }) => flags.value('flag-4999', ''))).toBe('value 4999')
})
