import { expect, it, vi } from 'vitest'
import { createClient } from '../../src/index.ts'
import type { Demo } from '../chromium/demo.ts'
import { ada } from '../chromium/document.ts'
import type { Net } from '../chromium/net.ts'
import { HEADLINE, headline, headlines, identifiers, snapshot } from './page.ts'

/** What every example of pages for visitors does, as tests; and how to visit it. */
export const visitorsOf = (now: () => readonly [Demo, Net]) => {
  const visit = (visitor?: string, path = '', init: RequestInit = {}) =>
    fetch(new URL(path, now()[0].url), {
      ...init,
      redirect: 'manual',
      headers: visitor ? { Cookie: `visitor=${visitor}` } : {},
    })
  const textFor = async (visitor?: string) => (await visit(visitor)).text()

  it('gives a visitor a GUID at the first visit, and asks for their flags once each time', async () => {
    const first = await visit()
    const guid = /^visitor=([^;]+)/.exec(first.headers.get('Set-Cookie') ?? '')?.[1]
    expect(guid).toMatch(/^[\da-f]{8}-[\da-f]{4}-4/)
    const second = await visit(guid)
    expect(second.headers.get('Set-Cookie')).toBeNull()
    expect(identifiers(now()[1])).toEqual([guid, guid])
  })

  it('shows fifty visitors at once their own flags, each', async () => {
    const guids = Array.from({ length: 50 }, () => crypto.randomUUID())
    now()[1].replace(headlines(Object.fromEntries(guids.map((guid) => [guid, `for ${guid}`]))))
    const pages = await Promise.all(guids.map(textFor))
    expect(pages.map(headline)).toEqual(guids.map((guid) => `for ${guid}`))
    expect(pages.map((page) => snapshot(page).identity)).toEqual(guids)
    expect(identifiers(now()[1]).sort()).toEqual(guids.sort())
  })

  it('brings the flags to the page’s client, which asks for none', async () => {
    now()[1].replace(headlines({ [ada]: 'for ada' }))
    const found = snapshot(await textFor(ada))
    const ask = vi.fn<typeof fetch>()
    const client = createClient({
      environmentKey: found.environment,
      identity: found.identity,
      snapshot: found,
      fetch: ask,
    })
    expect(client.value(HEADLINE, '')).toBe('for ada')
    expect(client.status.state).toBe('fresh')
    await client.ready({ from: 'network' })
    expect(ask).not.toHaveBeenCalled()
    client.close()
  })

  return { visit, textFor }
}
