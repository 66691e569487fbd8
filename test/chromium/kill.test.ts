import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { launchProfile, type Profile } from './browser.ts'
import { listenTo } from './device.ts'
import { ada } from './document.ts'
import { type Beside, bundled } from './doors.ts'
import { answering, type Net, startNet } from './net.ts'
import { type App, open, type Site, startSite } from './world.ts'

const FLAGS = 3_000
const ROUNDS = 10

/** An app that reads what is stored, and then refreshes for as long as it lives. Each answer is another, and is kept. */
const app = ((guidon, { api, key, ada }) => {
  const flags = guidon.createClient({ environmentKey: key, api, identity: ada })
  const all = Object.values(flags.all())
  const start = {
    sources: [...new Set(all.map(({ source }) => source))],
    versions: [...new Set(all.map(({ value }) => String(value).split(':')[0]))],
    count: all.length,
  }
  const writeOn = async () => {
    for (;;) await flags.refresh()
  }
  return { flags, start, writeOn }
}) satisfies App<unknown>

let net: Net
let site: Site
let profile: Profile | undefined
const folder = mkdtempSync(join(tmpdir(), 'guidon-profile-'))

beforeAll(async () => {
  net = await startNet()
  site = await startSite(net)
})
afterAll(async () => {
  await profile?.kill()
  site.close()
  await net.close()
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
})

it('finds the old flags or the new ones, whole, after each of ten kills of the browser while it wrote', async () => {
  let version = 0
  net.answer = (request, response) => {
    version++
    const flags = Array.from({ length: FLAGS }, (_, index) => ({
      feature: { id: index, name: `flag-${index}` },
      enabled: true,
      // Of a length that changes from version to version.
      feature_state_value: `${version}:${'x'.repeat(20 + ((version * 7) % 30))}`,
    }))
    answering(200, JSON.stringify({ identifier: ada, traits: [], flags }))(request, response)
  }

  const heard: string[] = []
  const visit = async () => {
    profile = await launchProfile(folder)
    const page = await profile.browser.contexts()[0]!.newPage()
    listenTo(page, heard)
    return open<ReturnType<typeof app>>(page, site.page(app))
  }

  // A first visit that ends well, so that there is something to lose.
  const first = await visit()
  await first.ask(({ flags }) => flags.ready({ from: 'network' }))
  await first.leave()
  await profile!.quit()

  let found = 1
  for (let round = 0; round < ROUNDS; round++) {
    const asked = version
    const { page, ask } = await visit()
    const { sources, versions, count } = await ask(({ start }) => start)
    expect({ sources, versions: versions.length, count }).toEqual({
      sources: ['storage'],
      versions: 1,
      count: FLAGS,
    })
    // Nothing older than what was found before, and nothing that no server ever said.
    expect(Number(versions[0])).toBeGreaterThanOrEqual(found)
    expect(Number(versions[0])).toBeLessThanOrEqual(asked)
    found = Number(versions[0])

    ask(({ writeOn }) => writeOn()).catch(() => {}) // it ends with the browser
    while (version < asked + 4) await sleep(5)
    // Chromium brings a page's storage to the disk when the page is closed. Some kills come before that, some in the
    // middle of it, some just after.
    if (round % 3) page.close().catch(() => {})
    await sleep((round * 7) % 40)
    await profile!.kill()
    profile = undefined
  }
  expect(heard).toEqual([])
})

/** An app that sets one trait and waits for nothing. It keeps what it has in IndexedDB, or in localStorage when that is missing. */
const setter = ((guidon, { api, key, ada }) => {
  const { guidon_storage: door } = globalThis as unknown as Partial<Beside>
  const storage = door && { storage: door.indexedDb() }
  const flags = guidon.createClient({ environmentKey: key, api, identity: ada, ...storage })
  return { flags, set: (trait: string) => void flags.setTraits({ [trait]: trait }) }
}) satisfies App<unknown>

interface Made {
  made: { it: { set(trait: string): void } }
}

/**
 * Chromium writes IndexedDB to the disk when a transaction ends, and localStorage some seconds later. So with the first no
 * trait is lost once its request is out; with the second a trait is lost with the browser when neither the server nor
 * the disk has seen it.
 */
it.each([
  { name: 'IndexedDB', rounds: 40, script: () => bundled('storage'), losing: true },
  { name: 'localStorage', rounds: 10, script: () => '', losing: false },
])(
  'loses no trait in $name when the browser is killed $rounds times before the reply, and writes none for another user',
  async ({ rounds, script, losing }) => {
    const home = mkdtempSync(join(tmpdir(), 'guidon-profile-'))
    const content = await script()
    const traits = new Map<string, Record<string, unknown>>()
    let newest = ''
    /** A write reached the server and its reply is lost, or it is lost on the way. */
    let arrives = true
    let under: (() => void) | undefined
    net.answer = (request, response) => {
      let text = ''
      request.on('data', (part) => {
        text += part
      })
      request.on('end', () => {
        const { identifier = ada, traits: writes = [] } = text ? JSON.parse(text) : {}
        const isNewest = writes.some(({ trait_key }: { trait_key: string }) => trait_key === newest)
        if (arrives || !isNewest)
          for (const { trait_key, trait_value } of writes)
            traits.set(identifier, { ...traits.get(identifier), [trait_key]: trait_value })
        if (isNewest) under?.()
        else answering(200, JSON.stringify({ identifier, traits: [], flags: [] }))(request, response)
      })
    }
    const visit = async () => {
      profile = await launchProfile(home)
      const context = profile.browser.contexts()[0]!
      await context.addInitScript({ content })
      return open<ReturnType<typeof setter>>(await context.newPage(), site.page(setter))
    }

    const all: string[] = []
    for (let round = 0; round < rounds; round++) {
      arrives = !losing || round % 2 === 0
      newest = ''
      const { page, ask } = await visit()
      await ask(({ flags }) => flags.ready({ from: 'network' }))
      newest = `trait-${round}`
      all.push(newest)
      const underway = new Promise<void>((resolve) => {
        under = resolve
      })
      await page.evaluate((trait) => (globalThis as never as Made).made.it.set(trait), newest)
      await underway
      await sleep((round * 7) % 20)
      await profile!.kill()
      profile = undefined
    }

    newest = ''
    const last = await visit()
    await last.ask(({ flags }) => flags.refresh())
    expect(await last.ask(({ flags }) => flags.pending)).toBe(0)
    expect([...traits.keys()]).toEqual([ada])
    expect(traits.get(ada)).toEqual(Object.fromEntries(all.map((trait) => [trait, trait])))
    await last.leave()
    await profile!.kill()
    profile = undefined
    rmSync(home, { recursive: true, force: true, maxRetries: 5 })
  },
)
