import { describe, expect, it } from 'vitest'
import type { Beside } from '../doors.ts'
import type { App } from '../world.ts'
import { inspectorOf, kept, line, override, said, strict, tab, useInspector } from './inspector.ts'

const { world, open } = useInspector()

describe('a link', () => {
  const link = (here: string, text: string, hash = '#links') => {
    const url = new URL(here)
    url.search = '?a=1'
    url.searchParams.set('guidon', text)
    url.hash = hash
    return url.href
  }

  it('carries overrides to another browser, where the app allows it, and leaves the address', async () => {
    const visit = await open()
    const { page } = visit
    const here = page.url()
    await page.goto(`${here}?b=2#links`)
    await override(page, 'colour', 'text', 'mine & “yours”')
    const tools = await tab(page, 'Tools')
    await world.context().grantPermissions(['clipboard-read', 'clipboard-write'])
    await tools.getByRole('button', { name: 'Copy link' }).click()
    await said(page, 'The link is copied.')
    const copied = (await page.evaluate('navigator.clipboard.readText()')) as string
    expect(copied).toContain('b=2')

    await page.evaluate('localStorage.clear()')
    await page.goto('about:blank')
    await page.goto(copied)
    expect(await page.evaluate('made.it.first')).toBe('mine & “yours”')
    await said(page, '1 override from the address')
    expect(new URL(page.url()).search).toBe('?b=2&guidon=')
    await inspectorOf(page).getByRole('tab', { name: 'Tools' }).click()
    await inspectorOf(page).getByRole('button', { name: 'Clear all overrides' }).click()
    await page.reload()
    await line(page, 'of ada')
  })

  it('is refused where the app does not allow it, and says so', async () => {
    const visit = await open()
    const { page } = visit
    await page.goto(link(page.url(), '[["colour",true,"theirs"]]', ''))
    await said(page, 'This app does not take them')
    expect(await page.evaluate('made.it.first')).toBe('of ada')
    await line(page, 'of ada')
    const tools = await tab(page, 'Tools')
    expect(await tools.innerText()).toContain('This app takes no overrides from links')
    expect(await tools.getByRole('button', { name: 'Copy link' }).count()).toBe(0)
  })

  it('may say anything: what is no override is ignored', async () => {
    const visit = await open()
    const here = visit.page.url()
    for (const text of [
      '',
      '1',
      '[[',
      '{"__proto__":1}',
      '[["colour",1,"x"]]',
      `[["colour",true,"${'x'.repeat(9_000)}"]]`,
    ]) {
      await visit.page.goto('about:blank')
      await visit.page.goto(link(here, text))
      await line(visit.page, 'of ada')
      expect(await visit.page.evaluate('made.it.flags.flag("colour").source')).toMatch(/storage|network/)
    }
  })
})

describe('the address', () => {
  const asked = ((guidon, { api, key }) => {
    const { inspector } = (globalThis as unknown as Beside).guidon_devtools
    const { fetch, EventSource } = globalThis
    const flags = guidon.createClient({ environmentKey: key, api, use: [inspector({ address: true })] })
    return { flags, isUntouched: globalThis.fetch === fetch && globalThis.EventSource === EventSource }
  }) satisfies App<unknown>

  it('opens the inspector with ?guidon, and without it nothing is there and nothing is watched', async () => {
    const visit = await world.visit(asked, strict)
    expect(await visit.ask(({ isUntouched }) => isUntouched)).toBe(true)
    expect(await inspectorOf(visit.page).count()).toBe(0)
    expect(await kept(visit)).toBeUndefined()

    await visit.page.goto(`${visit.page.url()}?guidon`)
    await inspectorOf(visit.page).getByRole('dialog').waitFor()
    expect(await visit.page.evaluate('made.it.isUntouched')).toBe(false)
  })

  it('does not matter while something is overridden: nobody forgets it', async () => {
    const visit = await world.visit(asked, strict)
    const here = visit.page.url()
    await visit.page.goto(`${here}?guidon`)
    await override(visit.page, 'colour', 'text', 'mine')
    await visit.page.keyboard.press('Escape')
    await visit.page.goto(here)
    await inspectorOf(visit.page).getByRole('button', { name: '1 override' }).waitFor()
    expect(await visit.page.evaluate('made.it.flags.value("colour", "")')).toBe('mine')
  })
})
