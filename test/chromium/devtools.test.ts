// The inspector, in pages under a strict policy: no style and no script of a page's own is allowed there.

import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Locator, Page } from 'playwright-core'
import { beforeEach, describe, expect, it } from 'vitest'
import { ada, bob, colours, documentOf } from './document.ts'
import { type Beside, useDoor } from './doors.ts'
import { answering } from './net.ts'
import { type App, type PageOptions, useWorld, type Visit } from './world.ts'

const world = useWorld()
useDoor(world, 'devtools')
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

beforeEach(async () => {
  world.context().setDefaultTimeout(15_000)
  await world.context().addInitScript(() => {
    addEventListener('securitypolicyviolation', ({ violatedDirective, sample }) => {
      throw new Error(`against the policy: ${violatedDirective} ${sample}`)
    })
  })
})

/** The inspector from the client's first moment, and one line in the page that shows a flag. */
const app = ((guidon, { api, key, ada }) => {
  const { guidonInspector, inspector } = (globalThis as unknown as Beside).guidon_devtools
  const line = document.querySelector('#line') as HTMLElement
  const flags = guidon.createClient({
    environmentKey: key,
    api,
    identity: ada,
    retries: 0,
    consent: { storage: !('denied' in window) },
    defaults: { flags: { colour: { enabled: true, value: 'bundled' }, size: { enabled: false, value: 1 } } },
    // In front of who counts, though it is asked to be behind.
    use: [inspector({ open: true, links: location.hash === '#links' }), guidon.analytics()],
  })
  const first = flags.value('colour', '')
  const show = () => {
    line.textContent = `${flags.value('colour', 'none')} ${flags.value('size', 0)} ${flags.isEnabled('colour')}`
  }
  show()
  flags.on('change', show)
  const heard: unknown[] = []
  flags.onFlag('colour', (flag) => heard.push([flag?.value, flag?.source]))
  return { flags, first, heard, guidonInspector }
}) satisfies App<unknown>

/** The inspector that comes when the client has been there for long. */
const late = ((guidon, { api, key, ada }) => {
  const { guidonInspector } = (globalThis as unknown as Beside).guidon_devtools
  const flags = guidon.createClient({
    environmentKey: key,
    api,
    identity: ada,
    retries: 0,
    use: [guidon.analytics()],
  })
  const heard: unknown[] = []
  flags.onFlag('colour', (flag) => heard.push([flag?.value, flag?.source]))
  flags.on('change', ({ changed, source }) => heard.push([...changed, source]))
  flags.on('settled', () => heard.push('settled'))
  return { flags, heard, guidonInspector }
}) satisfies App<unknown>

const strict: PageOptions = {
  policy: "require-trusted-types-for 'script'; trusted-types 'none'; ",
  before: '<main><p id="line"></p></main>',
}
type Shown = Visit<ReturnType<typeof app>>

const inspectorOf = (page: Page) => page.locator('guidon-inspector')
const tab = async (page: Page, name: string) => {
  await inspectorOf(page).getByRole('tab', { name }).click()
  return inspectorOf(page).locator('.view:not([hidden])')
}
const row = (page: Page, name: string): Locator => inspectorOf(page).locator('.row').filter({ hasText: name })
const line = (page: Page, text: string) => page.locator('#line', { hasText: text }).waitFor()
const said = (page: Page, text: string) => inspectorOf(page).locator('.foot', { hasText: text }).waitFor()

const open = async (made: App<unknown> = app, options = strict) => {
  const visit = (await world.visit(made as typeof app, options)) as Shown
  await visit.ask(({ flags }) => flags.ready({ from: 'network' }))
  return visit
}
/** Overrides a flag as a tester does. */
const override = async (page: Page, name: string, type: string, value: string) => {
  await tab(page, 'Flags')
  await row(page, name).click()
  const detail = inspectorOf(page).locator('.detail')
  await detail.getByLabel('Type of the value').selectOption(type)
  await detail.getByLabel(`Value of ${name}`).fill(value)
  await detail.getByRole('button', { name: /^(?:Override|Change)$/ }).click()
  await frame(page)
}
/** Until the page has been drawn. */
const frame = (page: Page) =>
  page.evaluate('new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))')
/** What axe complains of, in the page with all that is in it. */
const complaints = async (page: Page) => {
  await page.evaluate(axe)
  const { violations } = (await page.evaluate('axe.run(document)')) as {
    violations: { id: string; nodes: { html: string; failureSummary: string }[] }[]
  }
  // That the page has neither language, title nor heading is not the inspector's.
  return violations.flatMap(({ id, nodes }) =>
    nodes
      .filter(({ html }) => !/^<html|^<p id="line"/.test(html))
      .map(({ html, failureSummary }) => [id, html, failureSummary]),
  )
}
const turn = () => new Promise((resolve) => setTimeout(resolve, 5))
const kept = (visit: Visit<unknown>) =>
  visit.page.evaluate(() => {
    const key = Object.keys(localStorage).find((name) => name.startsWith('guidon-inspector.'))
    return key ? { key, text: localStorage.getItem(key) as string } : undefined
  })

describe('flags', () => {
  it('are listed with value, state and source, and found by name and by value', async () => {
    world.net.replace(documentOf({ colour: 'red', size: 16, theme: '{"dark":true}', empty: '' }))
    const { page } = await open()
    await row(page, 'theme').waitFor()
    expect(
      (await inspectorOf(page).locator('.row').allInnerTexts()).map((text) => text.replace(/\s+/g, ' ')),
    ).toEqual([
      'colour red on network',
      'empty empty text on network',
      'size 16 on network',
      'theme {"dark":true} on network',
    ])
    const search = inspectorOf(page).getByRole('searchbox')
    await search.fill('DARK')
    await row(page, 'colour').waitFor({ state: 'detached' })
    expect(await row(page, 'theme').count()).toBe(1)
    expect(await inspectorOf(page).locator('.count').innerText()).toBe('1 of 4 flags')
    await row(page, 'theme').click()
    expect(await inspectorOf(page).locator('.facts pre').innerText()).toBe('{\n  "dark": true\n}')
    expect(await inspectorOf(page).locator('.detail').innerText()).toMatch(/Asked for .* ago\./)
  })

  it('say why the server decided so, where it tells', async () => {
    const flag = (name: string, more = {}) => ({
      feature: { name },
      enabled: true,
      feature_state_value: 1,
      ...more,
    })
    world.net.answer = answering(
      200,
      JSON.stringify({
        flags: [flag('colour', { reason: 'TARGETING_MATCH; segment=beta', variant: 'dark' }), flag('size')],
      }),
    )
    const { page } = await open()
    const facts = async (name: string) => {
      await row(page, name).click()
      await inspectorOf(page).locator('.facts h3', { hasText: name }).waitFor()
      return (await inspectorOf(page).locator('.facts dl > div').allInnerTexts()).map((text) =>
        text.replace(/\s+/g, ' '),
      )
    }
    expect(await facts('colour')).toEqual([
      'State on',
      'Value 1',
      'Source network',
      'Variant dark',
      'Reason TARGETING_MATCH; segment=beta',
    ])
    expect(await facts('size')).toEqual(['State on', 'Value 1', 'Source network', 'Reason not told'])
  })

  it('may have any name and any value: all of it is text', async () => {
    const hostile = [
      '<img src=x onerror=alert(1)>',
      '__proto__',
      'constructor',
      '"><script>',
      '\u202Egnol',
      '',
      ' ',
    ]
    world.net.replace(
      documentOf(Object.fromEntries([...hostile.map((name) => [name, `${name}<b>`]), ['__proto__', 'x<b>']])),
    )
    const visit = await open()
    const { page } = visit
    for (const name of hostile.slice(0, 5)) {
      await inspectorOf(page).getByRole('searchbox').fill(name)
      await row(page, name).first().click()
      expect(await inspectorOf(page).locator('.facts h3').innerText()).toBe(name)
      await inspectorOf(page).getByRole('switch', { name: 'On' }).click()
    }
    await tab(page, 'Tools')
    await tab(page, 'Timeline')
    expect(await inspectorOf(page).locator('b:not(.name), img, script').count()).toBe(0)
    expect(
      await visit.ask(({ flags }) => ['__proto__', 'constructor'].map((name) => flags.isEnabled(name, true))),
    ).toEqual([false, false])
    expect(
      await visit.ask(
        ({ flags }) => Object.values(flags.all()).filter(({ source }) => source === 'override').length,
      ),
    ).toBe(5)
  })
})

describe('an override', () => {
  it('is in the page at once, in every read, and marked', async () => {
    const visit = await open()
    const { page } = visit
    await line(page, 'of ada 16 true')
    await override(page, 'colour', 'text', 'mine')
    await line(page, 'mine 16 true')
    await inspectorOf(page).getByRole('switch', { name: 'On' }).click()
    await line(page, 'mine 16 false')
    expect(
      await visit.ask(({ flags }) => {
        const { source, stale, reason } = flags.flag('colour')!
        return [
          flags.isEnabled('colour', true),
          flags.value('colour', 7),
          flags.all().colour!.source,
          source,
          stale,
          reason,
        ]
      }),
    ).toEqual([false, 7, 'override', 'override', false, undefined])
    expect(await visit.ask(({ heard }) => heard.slice(-2))).toEqual([
      ['mine', 'override'],
      ['mine', 'override'],
    ])
    expect(await row(page, 'colour').getAttribute('data-overridden')).toBe('')
    // What the server says goes on being known.
    expect(await inspectorOf(page).locator('.facts').innerText()).toMatch(/Without override\s+on, of ada/)
    // Nobody else is given it: not the page's next visitor.
    expect(JSON.stringify(await visit.ask(({ flags }) => flags.snapshot()))).not.toContain('mine')
    await page.keyboard.press('Escape')
    const badge = inspectorOf(page).getByRole('button', { name: 'guidon inspector: 1 override' })
    expect(await badge.innerText()).toBe('1 override')
  })

  it('outlives a reload, and is there on the first line', async () => {
    const visit = await open()
    await override(visit.page, 'colour', 'text', 'mine')
    await line(visit.page, 'mine')
    await visit.page.reload()
    expect(await visit.page.evaluate('made.it.first')).toBe('mine')
    await line(visit.page, 'mine 16 true')
    const tools = await tab(visit.page, 'Tools')
    await tools.getByRole('button', { name: 'Clear all overrides' }).click()
    await line(visit.page, 'of ada 16 true')
    await visit.page.reload()
    expect(await visit.page.evaluate('made.it.first')).toBe('of ada')
  })

  it('stays while the server changes its mind, and says what that is now', async () => {
    const visit = await open()
    const { page } = visit
    await override(page, 'colour', 'text', 'mine')
    world.net.replace(colours(' anew'))
    await visit.ask(({ flags }) => flags.refresh())
    await line(page, 'mine')
    await inspectorOf(page).locator('.facts', { hasText: 'of ada anew' }).waitFor()
    await inspectorOf(page).getByRole('button', { name: 'Remove override' }).click()
    await line(page, 'of ada anew')
  })

  it('has the type of its value, and JSON is checked first', async () => {
    const visit = await open()
    const { page } = visit
    const detail = inspectorOf(page).locator('.detail')
    await override(page, 'size', 'number', '20.5')
    expect(await visit.ask(({ flags }) => flags.value('size', 0))).toBe(20.5)
    await detail.getByLabel('Value of size').fill('')
    await detail.getByRole('button', { name: 'Change' }).click()
    expect(await detail.getByRole('alert').innerText()).toBe('This is no number.')
    expect(await visit.ask(({ flags }) => flags.value('size', 0))).toBe(20.5)

    await override(page, 'size', 'JSON', '{"a": ')
    expect(await detail.getByRole('alert').innerText()).toMatch(/^This is no JSON: /)
    expect(await detail.getByLabel('Value of size').getAttribute('aria-invalid')).toBe('true')
    expect(await visit.ask(({ flags }) => flags.value('size', 0))).toBe(20.5)
    await override(page, 'size', 'JSON', '{"a": [1]}')
    expect(await visit.ask(({ flags }) => flags.json('size'))).toEqual({ a: [1] })

    await detail.getByLabel('Type of the value').selectOption('boolean')
    await detail.getByLabel('Value of size').check()
    await detail.getByRole('button', { name: 'Change' }).click()
    expect(await visit.ask(({ flags }) => flags.value('size', false))).toBe(true)
    await frame(page)
    await detail.getByLabel('Type of the value').selectOption('no value')
    await detail.getByRole('button', { name: 'Change' }).click()
    expect(await visit.ask(({ flags }) => flags.flag('size')!.value)).toBe(null)
  })

  it('may be of a flag that the server does not have', async () => {
    const visit = await open()
    await inspectorOf(visit.page).getByRole('searchbox').fill('not-there-yet')
    await inspectorOf(visit.page)
      .getByRole('button', { name: /^Override “not-there-yet”/ })
      .click()
    await inspectorOf(visit.page).getByRole('button', { name: 'Override', exact: true }).click()
    expect(await visit.ask(({ flags }) => flags.isEnabled('not-there-yet'))).toBe(true)
  })

  it('is not counted, whoever came first; what is not overridden is', async () => {
    for (const made of [app, late] as App<unknown>[]) {
      const visit = await open(made)
      await visit.ask(({ flags, guidonInspector }) => guidonInspector(flags, { open: true }).isOpen)
      await override(visit.page, 'colour', 'text', 'mine')
      world.net.seen.length = 0
      await visit.ask(({ flags }) => {
        // Counts leave with the page.
        flags.flag('colour')
        flags.isEnabled('colour')
        flags.value('colour', '')
        flags.json('colour')
        flags.value('size', 0)
        window.dispatchEvent(new Event('pagehide'))
      })
      const posts = () => world.net.asked().filter(({ path }) => path.endsWith('/analytics/flags/'))
      while (!posts()[0]?.body.endsWith('}')) await turn()
      const counts = JSON.parse(posts()[0]!.body)
      expect(counts.size).toBeGreaterThan(0)
      // What the page read before it was overridden.
      const before = made === app ? counts.colour : 0
      await visit.ask(({ flags }) => {
        for (let i = 0; i < 100; i++) flags.value('colour', '')
        flags.value('size', 0)
        window.dispatchEvent(new Event('pagehide'))
      })
      while (!posts()[1]?.body.endsWith('}')) await turn()
      expect(JSON.parse(posts()[1]!.body)).toEqual({ size: 1 })
      expect(before ?? 0).toBeLessThan(100)
      await inspectorOf(visit.page).getByRole('button', { name: 'Remove override' }).click()
      await visit.leave()
    }
  })

  it('reaches listeners that were there before the inspector', async () => {
    const visit = await open(late)
    await visit.ask(({ flags, guidonInspector }) => guidonInspector(flags).isOpen)
    await visit.ask(({ heard }) => heard.splice(0))
    await override(visit.page, 'colour', 'text', 'mine')
    expect(await visit.ask(({ heard }) => heard)).toEqual([
      'settled',
      ['mine', 'override'],
      ['colour', 'override'],
    ])
  })

  it('is seen in other tabs of the browser as well', async () => {
    const one = await open()
    const other = await open()
    // The tabs are two of the same page only by their origin.
    await override(one.page, 'colour', 'text', 'mine')
    await line(other.page, 'mine')
    await (await tab(other.page, 'Tools')).getByRole('button', { name: 'Remove' }).first().click()
    await line(one.page, 'of ada')
  })

  it('is forgotten at the end of the page without consent to storage, and says so', async () => {
    const visit = await open()
    await visit.ask(({ flags }) => flags.setConsent({ storage: false }))
    await override(visit.page, 'colour', 'text', 'mine')
    await line(visit.page, 'mine')
    await said(visit.page, 'until this page goes')
    expect(await kept(visit)).toBeUndefined()
    await visit.ask(({ flags }) => flags.setConsent({ storage: true }))
    expect((await kept(visit))?.text).toContain('mine')

    // Withdrawn before the page comes.
    const { page } = visit
    await world.context().addInitScript('window.denied = true')
    await page.reload()
    await line(page, 'of ada')
    expect(await kept(visit)).toBeUndefined()
  })

  it('that is damaged on the disk is none, and the next one is kept again', async () => {
    const visit = await open()
    await override(visit.page, 'colour', 'text', 'mine')
    const { key } = (await kept(visit))!
    expect(key).not.toContain('client-key')
    for (const text of [
      '{"overrides":[["colour"',
      'null',
      '{"overrides":{"colour":1},"panel":7}',
      '{"overrides":[["colour","yes",{}],[1],null,["size",true,20]]}',
    ]) {
      await visit.page.evaluate(([key, text]) => localStorage.setItem(key!, text!), [key, text])
      await visit.page.reload()
      await row(visit.page, 'colour').filter({ hasText: 'of ada' }).waitFor()
      expect(await visit.page.evaluate('made.it.flags.value("size", 0)')).toBe(text.includes('20') ? 20 : 16)
    }
    await override(visit.page, 'colour', 'text', 'again')
    expect((await kept(visit))?.text).toContain('again')
  })
})

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

describe('the timeline', () => {
  const entries = async (page: Page) =>
    (await (await tab(page, 'Timeline')).locator('.timeline > li').allInnerTexts()).map((text) =>
      text.replace(/\s+/g, ' ').replace(/^[\d:.]+ /, ''),
    )

  it('has every arrival, with where from, why, and what changed', async () => {
    const visit = await open()
    const { page } = visit
    await visit.ask(({ flags }) => flags.refresh())
    expect((await entries(page)).filter((entry) => !entry.startsWith('status')).reverse()).toEqual([
      'defaults 2 flags, at the start',
      expect.stringMatching(/^network 2 flags, 2 different, because of the start 2 changes/),
      'network 2 flags, nothing new, because of refresh()',
    ])
    const change = inspectorOf(page).locator('.timeline details').first()
    await change.locator('summary').click()
    expect((await change.locator('li').allInnerTexts()).map((text) => text.replace(/\s+/g, ' '))).toEqual([
      'colour on, bundled → on, of ada',
      'size off, 1 → on, 16',
    ])

    await page.reload()
    await visit.ask(({ flags }) => flags.ready({ from: 'network' }))
    await visit.ask(({ flags }) => flags.identify('b7c1d9e4-1f3a-4c58-8e7d-5a2f6b9c0d31'))
    const again = (await entries(page)).filter((entry) => !entry.startsWith('status')).reverse()
    expect(again[0]).toMatch(/^storage 2 flags, .* old, at the start$/)
    expect(again.slice(-2)).toEqual([
      expect.stringMatching(/^defaults 2 flags|^user identity b7c1d9e4/),
      expect.stringMatching(/^network 2 flags, .* because of identify\(\)/),
    ])
  })

  it('says that it does not know what was before, when it comes late', async () => {
    const visit = await open(late)
    await visit.ask(({ flags, guidonInspector }) => guidonInspector(flags).isOpen)
    expect((await entries(visit.page)).at(-1)).toContain(
      'there already when the inspector came. What was before is not known.',
    )
    const network = await tab(visit.page, 'Network')
    expect(await network.innerText()).toContain('None since the inspector is here.')
  })

  it('tells what came by the stream, what came from another tab, and who leads', async () => {
    const tabbed = ((guidon, { api, key, ada }, tools) => {
      const { inspector } = (globalThis as unknown as Beside).guidon_devtools
      const flags = guidon.createClient({
        environmentKey: key,
        api,
        identity: ada,
        use: [inspector({ open: true }), guidon.tabs([guidon.realtime()])],
      })
      return { flags, becomes: (value: string) => tools.becomes(flags, value) }
    }) satisfies App<unknown>
    const one = await world.visit(tabbed, strict)
    await one.ask(({ becomes }) => becomes('of ada'))
    const other = await one.page.context().newPage()
    await other.goto(one.page.url())
    await inspectorOf(other).locator('.row').first().waitFor()
    while (!world.net.asked().some(({ path }) => path.startsWith('/sse/'))) await turn()
    await inspectorOf(one.page).getByRole('tab', { name: 'Network' }).click()
    await inspectorOf(one.page)
      .locator('dl > div', { hasText: /Event stream\s*open/ })
      .waitFor()
    await inspectorOf(one.page)
      .locator('dl > div', { hasText: /Extensions run in\s*this tab/ })
      .waitFor()
    await inspectorOf(other).getByRole('tab', { name: 'Network' }).click()
    await inspectorOf(other)
      .locator('dl > div', { hasText: /Extensions run in\s*another tab/ })
      .waitFor()

    world.net.replace(colours(' anew'))
    await one.ask(({ becomes }) => becomes('of ada anew'))
    expect((await entries(one.page)).join('\n')).toMatch(/network 2 flags, 1 different, because of an event/)
    expect((await entries(one.page)).join('\n')).toContain('stream something changed on the server')
    await inspectorOf(other).getByRole('tab', { name: 'Timeline' }).click()
    await inspectorOf(other)
      .locator('.timeline > li', { hasText: /tab\s*2 flags, 1 different/ })
      .waitFor()
    await other.close()
  })
})

describe('identity', () => {
  it('shows traits with their marks, and transient values only to who asks', async () => {
    const visit = await open()
    const { page } = visit
    await visit.ask(({ flags }) =>
      flags.setTraits({
        plan: 'enterprise',
        country: { value: 'Freedonia', transient: true },
        email: 'ada@example.com',
      }),
    )
    const view = await tab(page, 'Identity')
    await view.getByRole('cell', { name: 'enterprise' }).waitFor()
    const html = () => inspectorOf(page).evaluate((host) => host.shadowRoot!.innerHTML)
    for (const name of ['Flags', 'Timeline', 'Network', 'Tools', 'Identity']) {
      await tab(page, name)
      expect(await html()).not.toMatch(/Freedonia|ada@example/)
    }
    expect(await view.getByRole('row', { name: /country/ }).innerText()).toMatch(/transient/)
    expect(await view.getByRole('row', { name: /plan/ }).innerText()).toMatch(/persistent/)
    await view.getByRole('button', { name: 'Show the value of country' }).click()
    await view.getByText('Freedonia').waitFor()
    // The focus stays with the button, which hides it again.
    await page.keyboard.press('Enter')
    await view.getByText('Freedonia').waitFor({ state: 'detached' })
    // The guards have spoken, of the key alone.
    expect(await view.getByRole('row', { name: /trait email/ }).innerText()).toMatch(/transient/)
    expect(await kept(visit)).not.toMatchObject({ text: expect.stringMatching(/Freedonia|ada@/) })
  })

  it('becomes another GUID, and whom the guards refuse it does not become', async () => {
    const visit = await open()
    const { page } = visit
    const view = await tab(page, 'Identity')
    const input = view.getByLabel('Become another identity')
    await input.fill(bob)
    await page.keyboard.press('Enter')
    await line(page, 'of bob')
    await view.locator('.who', { hasText: bob }).waitFor()
    await input.fill('ada@example.com')
    await page.keyboard.press('Enter')
    await said(page, 'personal-identifier')
    expect(await inspectorOf(page).locator('.foot').innerText()).not.toContain('ada@')
    await view.getByRole('button', { name: 'New GUID' }).click()
    const guid = await input.inputValue()
    expect(guid).toMatch(/^[\da-f-]{36}$/)
    await view.getByRole('button', { name: 'Become' }).click()
    await line(page, 'of nobody')
    expect(await visit.ask(({ flags }) => flags.identity)).toBe(guid)
    await view.getByRole('button', { name: 'Log out' }).click()
    await view.getByText('Nobody: these are the flags of the environment.').waitFor()
  })

  it('shows what waits in the outbox', async () => {
    const visit = await open()
    await world.net.down()
    await visit.ask(({ flags }) => flags.setTraits({ plan: 'pro' }).catch(() => {}))
    const view = await tab(visit.page, 'Identity')
    const cell = view.getByRole('row', { name: /plan\s+pro\s+this user/ })
    await cell.waitFor()
    await world.net.up()
    await visit.ask(({ flags }) => flags.refresh())
    await view.getByText('No trait write waits for the server.').waitFor()
  })
})

describe('the network', () => {
  const outcomes = async (page: Page) =>
    (await (await tab(page, 'Network')).locator('tbody tr').allInnerTexts()).map((text) =>
      text.split('\t').slice(1).join(' | ').replace(/\s+/g, ' '),
    )

  it('shows each request with its reason, its outcome and how long it took', async () => {
    const visit = await open()
    world.net.answer = (_, response) => response.writeHead(500, { 'Access-Control-Allow-Origin': '*' }).end()
    await visit.ask(({ flags }) => flags.refresh().catch(() => {}))
    world.net.answer = world.net.edge
    await visit.ask(({ flags }) => flags.setTraits({ plan: 'pro' }))
    expect(await outcomes(visit.page)).toEqual([
      expect.stringMatching(/^flags of an identity, 1 trait \| setTraits\(\) \| 200 \| \d/),
      expect.stringMatching(/^flags of an identity \| refresh\(\) \| 500 \| \d/),
      expect.stringMatching(/^flags of an identity \| the start \| 200 \| \d/),
    ])
  })

  it('is offline when it is to be, for this client alone, and over a reload', async () => {
    const visit = await open()
    const { page } = visit
    await (await tab(page, 'Network')).getByLabel('Offline').check()
    world.net.seen.length = 0
    expect(await visit.ask(({ flags }) => flags.refresh().catch(({ code }) => code))).toBe('network')
    await inspectorOf(page).locator('.state[data-state=offline]').waitFor()
    await line(page, 'of ada 16 true')
    expect(world.net.seen).toEqual([])
    expect((await outcomes(page))[0]).toMatch(/refresh\(\) \| offline/)
    // Others' requests go out as ever.
    await page.evaluate(`fetch(${JSON.stringify(`${world.net.origin}/health`)}, { mode: 'no-cors' })`)
    expect(world.net.seen.splice(0)).toHaveLength(1)

    await page.reload()
    expect(
      await visit.ask(({ flags }) => flags.ready({ from: 'network' }).then(({ error }) => error?.code)),
    ).toBe('network')
    expect(await page.evaluate('made.it.first')).toBe('of ada')
    expect(world.net.seen).toEqual([])
    await (await tab(page, 'Network')).getByLabel('As it is').check()
    await inspectorOf(page).getByRole('button', { name: 'Refresh now' }).click()
    await said(page, 'Refreshed.')
    await inspectorOf(page).locator('.state[data-state=fresh]').waitFor()
  })

  it('is slow when it is to be', async () => {
    await world.context().clock.install()
    const visit = await open()
    const { page } = visit
    await (await tab(page, 'Network')).getByLabel('Slow').check()
    world.net.seen.length = 0
    await page.evaluate('void made.it.flags.refresh()')
    await page.clock.runFor(2_500)
    expect(world.net.seen).toEqual([])
    await page.clock.runFor(1_000)
    while (!world.net.seen.length) await turn()
    await page.clock.resume()
    await inspectorOf(page).locator('tbody tr').first().filter({ hasText: /200/ }).waitFor()
    expect((await outcomes(page))[0]).toMatch(/200 \| 3\.\d/)
  })

  it('closes the event stream when it is offline, and opens it again', async () => {
    const streaming = ((guidon, { api, key, ada }) => {
      const { inspector } = (globalThis as unknown as Beside).guidon_devtools
      return {
        flags: guidon.createClient({
          environmentKey: key,
          api,
          identity: ada,
          use: [inspector({ open: true }), guidon.realtime()],
        }),
      }
    }) satisfies App<unknown>
    const { page } = await world.visit(streaming, strict)
    const view = await tab(page, 'Network')
    const stream = (text: RegExp) => view.locator('dl > div', { hasText: text }).waitFor()
    await stream(/Event stream\s*open$/)
    await view.getByLabel('Offline').check()
    await stream(/Event stream\s*closed/)
    await view.getByLabel('As it is').check()
    await stream(/Event stream\s*open$/)
  })
})

describe('storage', () => {
  it('is listed by what it is, with its size, and cleared', async () => {
    const visit = await open()
    const tools = await tab(visit.page, 'Tools')
    await tools.getByRole('row', { name: /flags of this user \d+ B|flags of this user [\d.]+\skB/ }).waitFor()
    const stored = await world.stored(visit)
    const flags = Object.values(stored).find((text) => text.includes('of ada'))!
    expect(await tools.innerText()).toContain(`${new TextEncoder().encode(flags).length}\u00a0B`)
    await tools.getByRole('button', { name: 'Clear storage' }).click()
    await said(visit.page, 'The storage is clear.')
    await tools.getByText('Nothing is kept.').waitFor()
    expect(Object.keys(await world.stored(visit)).filter((key) => key.startsWith('guidon.'))).toEqual([])
    await line(visit.page, 'of ada')
    await visit.page.reload()
    expect(await visit.page.evaluate('made.it.first')).toBe('bundled')
  })
})

describe('the panel', () => {
  it('can be used with the keyboard alone', async () => {
    const visit = await open()
    const { page } = visit
    const focused = () =>
      page.evaluate(() => {
        const active = document.activeElement?.shadowRoot?.activeElement ?? document.activeElement
        return `${active?.getAttribute('role') ?? active?.tagName} ${active?.getAttribute('aria-label') ?? active?.textContent}`
      })
    const press = async (...keys: string[]) => {
      for (const key of keys) await page.keyboard.press(key)
    }
    await page.evaluate(() =>
      document.body.prepend(Object.assign(document.createElement('button'), { textContent: 'of the page' })),
    )
    await page.getByRole('button', { name: 'of the page' }).focus()
    await press('Tab')
    expect(await focused()).toBe('separator Size of the inspector')
    const height = async () => (await inspectorOf(page).getByRole('dialog').boundingBox())!.height
    const before = await height()
    await press('ArrowUp', 'ArrowUp')
    expect(await height()).toBe(before + 48)
    await press('Home')
    expect(await height()).toBe(160)
    await press('End')
    await press('Tab')
    expect(await focused()).toBe('tab Flags')
    await press('ArrowRight', 'ArrowRight')
    expect(await focused()).toBe('tab Identity')
    expect(await inspectorOf(page).getByRole('tabpanel').getAttribute('aria-labelledby')).toBe(
      'guidon-tab-identity',
    )
    await press('End')
    expect(await focused()).toBe('tab Tools')
    await press('ArrowRight')
    expect(await focused()).toBe('tab Flags')
    await press('Tab', 'Tab', 'Tab')
    expect(await focused()).toBe('INPUT Search flags by name or value')
    await page.keyboard.type('siz')
    await press('ArrowDown')
    expect(await focused()).toBe('listbox Flags')
    await press('ArrowDown')
    expect(await inspectorOf(page).locator('.row[aria-selected=true]').innerText()).toContain('size')
    expect(await inspectorOf(page).getByRole('listbox').getAttribute('aria-activedescendant')).toBe(
      await inspectorOf(page).locator('.row[aria-selected=true]').getAttribute('id'),
    )
    await press('Enter')
    expect(await focused()).toMatch(/^switch/)
    await press('Space')
    await said(page, 'size is overridden.')
    expect(await focused()).toMatch(/^switch/)
    expect(await visit.ask(({ flags }) => flags.isEnabled('size'))).toBe(false)
    await press('Tab', 'Tab')
    expect(await focused()).toBe('INPUT Value of size')
    await press('Control+a')
    await page.keyboard.type('21')
    await press('Enter')
    await line(page, 'of ada 21')
    await press('Escape')
    await inspectorOf(page).getByRole('dialog').waitFor({ state: 'hidden' })
    // Back to who had it before would be nobody: it was open when the page came.
    expect(await focused()).toMatch(/guidon inspector: 1 override$/)
    await press('Enter')
    await inspectorOf(page).getByRole('dialog').waitFor()
    expect(await focused()).toBe('tab Flags')
    await press('Escape')
    expect(await focused()).toMatch(/guidon inspector: 1 override$/)
  })

  it('opens when it is asked for with a key, however it was left, and takes the focus', async () => {
    const visit = await open(late)
    const { page } = visit
    const press = async () => {
      await page.evaluate(() => {
        const { flags, guidonInspector } = (
          globalThis as unknown as { made: { it: Awaited<ReturnType<typeof late>> } }
        ).made.it
        addEventListener('keydown', () => guidonInspector(flags), { once: true })
      })
      await page.keyboard.press('i')
      await inspectorOf(page).getByRole('dialog').waitFor()
      expect(await page.evaluate('document.activeElement.shadowRoot.activeElement.textContent')).toBe('Flags')
    }
    await press()
    await page.keyboard.press('Escape')
    await page.reload()
    await press()
  })

  it('gives the focus back to who had it', async () => {
    const visit = await open(late)
    const { page } = visit
    await page.evaluate(() => {
      const button = Object.assign(document.createElement('button'), { textContent: 'inspect' })
      const { flags, guidonInspector } = (
        globalThis as unknown as { made: { it: Awaited<ReturnType<typeof late>> } }
      ).made.it
      button.onclick = () => guidonInspector(flags).open()
      document.body.append(button)
    })
    await page.getByRole('button', { name: 'inspect', exact: true }).click()
    await inspectorOf(page).getByRole('dialog').waitFor()
    await page.keyboard.press('Escape')
    expect(await page.evaluate('document.activeElement.textContent')).toBe('inspect')
  })

  it('keeps what is typed into it from the page’s shortcuts', async () => {
    const visit = await open()
    await visit.page.evaluate(
      'window.keys = []; document.addEventListener("keydown", ({ key }) => keys.push(key))',
    )
    await inspectorOf(visit.page).getByRole('searchbox').fill('')
    await visit.page.keyboard.type('ab')
    await visit.page.keyboard.press('Control+k')
    expect(await visit.page.evaluate('keys')).toEqual(['Control', 'k'])
  })

  it('docks at the right, and is found there again', async () => {
    const { page } = await open()
    await inspectorOf(page).getByRole('button', { name: 'Dock at the right' }).click()
    await page.reload()
    const box = (await inspectorOf(page).getByRole('dialog').boundingBox())!
    const { width, height } = page.viewportSize()!
    expect([box.x + box.width, box.y, box.height]).toEqual([width, 0, height])
  })

  it('has nothing for axe to complain of, light and dark, wide and narrow, open and closed', async () => {
    world.net.replace(
      documentOf({ colour: 'red', size: 16, theme: '{"dark":true}', long: 'x'.repeat(3_000) }),
    )
    const visit = await open()
    const { page } = visit
    await visit.ask(({ flags }) =>
      flags.setTraits({ plan: 'pro', country: { value: 'Freedonia', transient: true } }),
    )
    await visit.ask(({ flags }) => flags.setTraits({ email: 'ada@example.com' }))
    await override(page, 'size', 'number', '20')
    await override(page, 'theme', 'JSON', '{')
    const found: unknown[] = []
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme })
      for (const width of [1200, 360]) {
        await page.setViewportSize({ width, height: 700 })
        for (const name of ['Flags', 'Timeline', 'Identity', 'Network', 'Tools']) {
          const view = await tab(page, name)
          if (name === 'Tools') await view.getByText('in all.').waitFor()
          found.push(...(await complaints(page)).map((complaint) => [colorScheme, width, name, ...complaint]))
        }
        await inspectorOf(page).getByRole('button', { name: 'Close' }).click()
        found.push(
          ...(await complaints(page)).map((complaint) => [colorScheme, width, 'closed', ...complaint]),
        )
        await inspectorOf(page).getByRole('button').click()
      }
    }
    expect(found).toEqual([])
  }, 120_000)

  it('fits a phone: nothing sticks out, and the details have the whole panel', async () => {
    const { page } = await open()
    await page.setViewportSize({ width: 360, height: 700 })
    for (const name of ['Flags', 'Timeline', 'Identity', 'Network', 'Tools']) {
      const view = await tab(page, name)
      expect(await view.evaluate(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth), name).toBe(0)
    }
    await tab(page, 'Flags')
    await row(page, 'colour').click()
    await row(page, 'colour').waitFor({ state: 'hidden' })
    await inspectorOf(page).getByRole('button', { name: 'Back to the list' }).click()
    await row(page, 'colour').waitFor()
  })
})

describe('five thousand flags', () => {
  const many = () =>
    documentOf(
      Object.fromEntries(Array.from({ length: 5_000 }, (_, i) => [`flag-${`${i}`.padStart(4, '0')}`, i])),
    )

  it('are as many rows as there is room for, wherever one scrolls', async () => {
    world.net.replace(many())
    const { page } = await open()
    await inspectorOf(page).locator('.count', { hasText: '5,000 flags' }).waitFor()
    const rows = inspectorOf(page).getByRole('listbox').getByRole('option')
    const list = inspectorOf(page).getByRole('listbox')
    const room = await list.evaluate(({ clientHeight }) => Math.ceil(clientHeight / 36))
    for (const share of [0, 0.25, 0.5, 0.9999, 1]) {
      await list.evaluate((list, share) => {
        list.scrollTop = share * (list.scrollHeight - list.clientHeight)
      }, share)
      const first = Math.floor(await list.evaluate(({ scrollTop }) => scrollTop / 36))
      await rows.filter({ hasText: `flag-${`${first}`.padStart(4, '0')}` }).waitFor()
      const count = await rows.count()
      expect(count).toBeGreaterThanOrEqual(room)
      expect(count).toBeLessThanOrEqual(room + 14)
      expect(await rows.first().getAttribute('aria-setsize')).toBe('5000')
    }
    // Down a thousand keys' worth, and what is selected is there to be read out though one scrolls away from it.
    await list.focus()
    await page.keyboard.press('End')
    await inspectorOf(page).locator('.row[aria-selected=true]').filter({ hasText: 'flag-4999' }).waitFor()
    await list.evaluate((list) => list.scrollTo(0, 0))
    await rows.filter({ hasText: 'flag-0000' }).waitFor()
    expect(await inspectorOf(page).locator('.row[aria-selected=true]').getAttribute('aria-posinset')).toBe(
      '5000',
    )
  })
})

describe('its end', () => {
  const counted = ((guidon, { api, key, ada }) => {
    const { guidonInspector } = (globalThis as unknown as Beside).guidon_devtools
    /** Listeners on window and document, and timers, that are there at the moment. */
    const there = new Map<unknown, string>()
    for (const target of [window, document] as EventTarget[]) {
      const { addEventListener, removeEventListener } = target
      target.addEventListener = (type: string, listener: never, options: never) => {
        there.set(listener, type)
        addEventListener.call(target, type, listener, options)
      }
      target.removeEventListener = (type: string, listener: never, options: never) => {
        there.delete(listener)
        removeEventListener.call(target, type, listener, options)
      }
    }
    const { setInterval, clearInterval } = window
    Object.assign(window, {
      setInterval(...args: Parameters<typeof setInterval>) {
        const timer = setInterval.apply(window, args)
        there.set(timer, 'interval')
        return timer
      },
      clearInterval(timer: number) {
        there.delete(timer)
        clearInterval.call(window, timer)
      },
    })
    const flags = guidon.createClient({ environmentKey: key, api, identity: ada, retries: 0 })
    const { on } = flags
    let listeners = 0
    flags.on = ((...args: Parameters<typeof on>) => {
      listeners++
      const off = on(...args)
      return () => {
        listeners--
        off()
      }
    }) as never
    const { refresh, setConsent } = flags
    const { fetch, EventSource } = window
    const same = () => [
      window.fetch === fetch,
      window.EventSource === EventSource,
      flags.refresh === refresh,
      flags.setConsent === setConsent,
    ]
    const state = () => ({ there: [...there.values()].sort(), listeners, same: same() })
    return { flags, guidonInspector, state }
  }) satisfies App<unknown>

  it('leaves nothing behind: no listener, no timer, no element, no override', async () => {
    const visit = await world.visit(counted, strict)
    await visit.ask(({ flags }) => flags.ready({ from: 'network' }))
    const before = await visit.ask(({ state }) => state())
    await visit.ask(({ flags, guidonInspector }) => guidonInspector(flags).isOpen)
    await override(visit.page, 'colour', 'text', 'mine')
    expect(await visit.ask(({ state }) => state())).not.toEqual(before)
    for (const end of ['guidonInspector(flags).stop()', 'flags.close()']) {
      await visit.page.evaluate(
        `(({ flags, guidonInspector }) => { guidonInspector(flags); ${end} })(made.it)`,
      )
      expect(await inspectorOf(visit.page).count()).toBe(0)
      expect(await visit.ask(({ state }) => state())).toEqual(before)
      expect(await visit.ask(({ flags }) => flags.value('colour', ''))).toBe('of ada')
    }
  })

  it('is none for overrides: they are there again with the inspector', async () => {
    const visit = await open(late)
    await visit.ask(({ flags, guidonInspector }) => guidonInspector(flags).isOpen)
    await override(visit.page, 'colour', 'text', 'mine')
    await visit.ask(({ flags, guidonInspector }) => guidonInspector(flags).stop())
    expect(await visit.ask(({ flags }) => flags.value('colour', ''))).toBe('of ada')
    await visit.ask(({ flags, guidonInspector }) => guidonInspector(flags).open())
    expect(await visit.ask(({ flags }) => flags.value('colour', ''))).toBe('mine')
  })
})

it('is done without in a browser that lacks something: the app runs, and hears why', async () => {
  await world.context().addInitScript('delete window.CSSStyleSheet')
  const lacking = ((guidon, { api, key, ada }) => {
    const { inspector } = (globalThis as unknown as Beside).guidon_devtools
    const { fetch } = window
    const flags = guidon.createClient({ environmentKey: key, api, identity: ada, use: [inspector()] })
    const errors: string[] = []
    flags.on('error', ({ code }) => errors.push(code))
    return { flags, errors, isUntouched: () => window.fetch === fetch }
  }) satisfies App<unknown>
  const visit = await world.visit(lacking, strict)
  await visit.ask(({ flags }) => flags.ready({ from: 'network' }))
  expect(
    await visit.ask(({ flags, errors, isUntouched }) => [flags.value('colour', ''), errors, isUntouched()]),
  ).toEqual(['of ada', ['unsupported'], true])
})

it('does what it can in a page that lets nobody replace its fetch', async () => {
  await world
    .context()
    .addInitScript(`Object.defineProperty(window, 'fetch', { writable: false, value: fetch })`)
  const visit = await open()
  await override(visit.page, 'colour', 'text', 'mine')
  await line(visit.page, 'mine')
  expect(await (await tab(visit.page, 'Network')).innerText()).toContain(
    'Seen are those that go over the page’s fetch',
  )
  const timeline = await tab(visit.page, 'Timeline')
  expect(await timeline.innerText()).toContain('by a request that was not seen')
})

it('sends nothing anywhere and says nothing to the console, whatever is done in it', async () => {
  const visit = await open()
  world.net.seen.length = 0
  for (const name of ['Flags', 'Timeline', 'Identity', 'Network', 'Tools']) await tab(visit.page, name)
  await override(visit.page, 'colour', 'text', 'mine')
  await visit.page.keyboard.press('Escape')
  expect(world.net.asked()).toEqual([])
  expect(await visit.ask(({ flags }) => flags.identity)).toBe(ada)
})
