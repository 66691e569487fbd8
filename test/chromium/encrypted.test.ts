import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { launchProfile } from './browser.ts'
import { listenTo } from './device.ts'
import { ada } from './document.ts'
import { type Beside, useDoor } from './doors.ts'
import { type App, open, useWorld, type Visit } from './world.ts'

const world = useWorld()
const door = useDoor(world, 'storage')

const app = ((guidon, { api, key, ada }) => {
  const { encrypted, localStorage } = (globalThis as unknown as Beside).guidon_storage
  const storage = encrypted(localStorage())
  const flags = guidon.createClient({
    environmentKey: key,
    api,
    identity: ada,
    retries: 0,
    storage,
    defaults: { flags: { colour: { enabled: false, value: 'bundled' } } },
  })
  const first = flags.flag('colour')?.source
  const errors: string[] = []
  flags.on('error', ({ code }) => errors.push(code))
  const shown = () => ({ value: flags.value('colour', ''), source: flags.flag('colour')?.source })
  /** Until flags of this source are shown. */
  const from = (source: string) =>
    new Promise<void>((resolve) => {
      const look = () => {
        if (flags.flag('colour')?.source === source) resolve()
      }
      flags.on('change', look)
      look()
    })
  /** Until the network was heard, and what it said is on the device. */
  const kept = async () => {
    await flags.ready({ from: 'network' })
    const there = () => Object.keys(globalThis.localStorage).some((name) => name.endsWith('.users'))
    while (!there()) await new Promise((resolve) => setTimeout(resolve, 5))
  }
  return { flags, storage, first, errors, shown, from, kept }
}) satisfies App<unknown>

type Made = ReturnType<typeof app>

/** Someone was here before, and the server had an answer. */
const firstVisit = async () => {
  const visit = await world.visit(app)
  await visit.ask(({ kept }) => kept())
  return visit
}

const removeKey = ({ page }: Visit<unknown>) =>
  page.evaluate(
    () =>
      new Promise<string>((resolve) => {
        const request = indexedDB.deleteDatabase('guidon-key')
        request.onsuccess = () => resolve('removed')
        request.onerror = request.onblocked = () => resolve('the database is in use')
      }),
  )

const startsFromStorage = async (visit: Visit<Made>) => {
  expect(await visit.ask(({ first }) => first)).toBe('defaults')
  await visit.ask(({ from }) => from('storage'))
  expect(await visit.ask(({ shown }) => shown())).toEqual({ value: 'of ada', source: 'storage' })
}

it('shows the flags of last time after a reload with the server down', async () => {
  await (await firstVisit()).leave()
  await world.net.down()
  const visit = await world.visit(app)
  await startsFromStorage(visit)
  expect(await visit.ask(({ errors }) => errors)).not.toContain('storage')
})

it('leaves no flag, value, trait or identifier in localStorage', async () => {
  const visit = await firstVisit()
  await world.net.down()
  await visit.ask(({ flags }) => flags.setTraits({ team: 'vermilion' }).catch(() => {}))
  expect(await visit.ask(({ flags }) => flags.pending)).toBe(1)
  const stored = await world.stored(visit)
  expect(Object.keys(stored).filter((name) => name.endsWith('.outbox'))).toHaveLength(1)
  for (const text of Object.values(stored)) expect(text).toMatch(/^g1:[\w+/]+=*$/)
  for (const plain of ['colour', 'of ada', 'team', 'vermilion', ada])
    expect(JSON.stringify(stored)).not.toContain(plain)
})

it('has a key that a script can use and cannot read', async () => {
  const visit = await firstVisit()
  const looked = await visit.page.evaluate(async () => {
    const key = await new Promise<CryptoKey>((resolve, reject) => {
      const request = indexedDB.open('guidon-key')
      request.onerror = () => reject(request.error)
      request.onsuccess = () => {
        const got = request.result.transaction('keys').objectStore('keys').get('key')
        got.onsuccess = () => resolve(got.result)
      }
    })
    const exported = (form: 'raw' | 'jwk') => crypto.subtle.exportKey(form, key).catch(({ name }) => name)
    return [key.extractable, key.usages, await exported('raw'), await exported('jwk')]
  })
  expect(looked).toEqual([false, ['encrypt', 'decrypt'], 'InvalidAccessError', 'InvalidAccessError'])
})

it('starts from the bundled flags when the key was destroyed, and goes on', async () => {
  const before = await firstVisit()
  expect(await removeKey(before)).toBe('removed')
  await before.leave()

  await world.net.down()
  const visit = await world.visit(app)
  await visit.ask(({ flags }) => flags.ready({ from: 'network' }))
  expect(await visit.ask(({ shown }) => shown())).toEqual({ value: 'bundled', source: 'defaults' })
  await world.net.up()
  await visit.ask(({ flags }) => flags.refresh())
  expect(await visit.ask(({ shown }) => shown())).toEqual({ value: 'of ada', source: 'network' })
  await visit.ask(({ kept }) => kept())
  expect(await visit.ask(({ errors }) => errors)).not.toContain('storage')
  await visit.leave()

  await world.net.down()
  await startsFromStorage(await world.visit(app))
})

it('has one key for three tabs that start at the same time', async () => {
  const url = world.site().page(app)
  for (let round = 0; round < 5; round++) {
    const pages = await Promise.all([1, 2, 3].map(() => world.context().newPage()))
    const tabs = await Promise.all(pages.map((page) => open<Made>(page, url)))
    await Promise.all(tabs.map(({ ask }) => ask(({ storage }) => storage.set(`${Math.random()}`, 'text'))))
    const read = ({ ask }: Visit<Made>) =>
      ask(async ({ storage }) => {
        const names = [...(await storage.keys())].filter((name) => name.startsWith('0.'))
        return Promise.all(names.map((name) => storage.get(name)))
      })
    for (const tab of tabs) expect(await read(tab)).toEqual(['text', 'text', 'text'])
    expect(await removeKey(tabs[0]!)).toBe('removed')
    await tabs[0]!.page.evaluate(() => localStorage.clear())
    await Promise.all(tabs.map(({ leave }) => leave()))
  }
})

it('works in memory, with one error, in a page without https', async () => {
  const visit = await world.visit(app, { host: 'shop.test' })
  await visit.ask(({ flags }) => flags.ready({ from: 'network' }))
  expect(await visit.ask(({ shown }) => shown())).toEqual({ value: 'of ada', source: 'network' })
  await visit.ask(({ flags }) => flags.refresh())
  expect(await visit.ask(({ errors }) => errors)).toEqual(['storage'])
  expect(await world.stored(visit)).toEqual({})
})

it('finds its key and its flags again when the browser was closed', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'guidon-profile-'))
  const heard: string[] = []
  const url = world.site().page(app)
  const start = async () => {
    const profile = await launchProfile(folder)
    const context = profile.browser.contexts()[0]!
    await context.addInitScript({ content: door.text() })
    const page = await context.newPage()
    listenTo(page, heard)
    return { profile, visit: await open<Made>(page, url) }
  }
  const before = await start()
  await before.visit.ask(({ kept }) => kept())
  await before.visit.leave()
  await before.profile.quit()

  await world.net.down()
  const { profile, visit } = await start()
  await startsFromStorage(visit)
  await profile.kill()
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  expect(heard).toEqual([])
})
