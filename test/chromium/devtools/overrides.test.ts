import { describe, expect, it } from 'vitest'
import { colours, documentOf } from '../document.ts'
import { held } from '../net.ts'
import type { App } from '../world.ts'
import {
  app,
  frame,
  inspectorOf,
  kept,
  late,
  line,
  override,
  row,
  said,
  tab,
  turn,
  useInspector,
} from './inspector.ts'

const { world, open } = useInspector()

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

  it('has its type chosen with the arrow keys', async () => {
    const { page } = await open()
    await row(page, 'colour').click()
    const type = inspectorOf(page).getByLabel('Type of the value')
    await type.focus()
    for (let i = 0; i < 3; i++) await page.keyboard.press('ArrowDown')
    expect(await type.inputValue()).toBe('JSON')
    expect(await inspectorOf(page).locator('.place textarea').count()).toBe(1)
  })

  it('that is being typed stays while flags come that are the same', async () => {
    const visit = await open()
    const { page } = visit
    const letGo = held(world.net)
    await page.reload()
    await row(page, 'colour').filter({ hasText: 'storage' }).click()
    await inspectorOf(page).getByLabel('Value of colour').fill('half')
    letGo()
    await inspectorOf(page).locator('.facts', { hasText: 'network' }).waitFor()
    expect(await inspectorOf(page).getByLabel('Value of colour').inputValue()).toBe('half')
    // And the switch takes it along.
    await inspectorOf(page).getByRole('switch', { name: 'On' }).click()
    await line(page, 'half 16 false')
  })

  it('of the state alone leaves the value as the server wrote it', async () => {
    const theme = '{ "dark":true }'
    world.net.replace(documentOf({ theme }))
    const visit = await open()
    await row(visit.page, 'theme').click()
    await inspectorOf(visit.page).getByRole('switch', { name: 'On' }).click()
    expect(
      await visit.ask(({ flags }) => [flags.isEnabled('theme', true), flags.value('theme', '')]),
    ).toEqual([false, theme])
  })

  it('may be of a flag that the server does not have', async () => {
    const visit = await open()
    // The second is a part of the name of one that is there.
    for (const name of ['not-there-yet', 'col']) {
      await inspectorOf(visit.page).getByRole('searchbox').fill(name)
      await inspectorOf(visit.page)
        .getByRole('button', { name: `Override “${name}”, which the server does not have` })
        .click()
      await inspectorOf(visit.page).locator('.facts h3', { hasText: name }).waitFor()
      await inspectorOf(visit.page).getByRole('button', { name: 'Override', exact: true }).click()
    }
    expect(
      await visit.ask(({ flags }) => ['not-there-yet', 'col'].map((name) => flags.isEnabled(name))),
    ).toEqual([true, true])
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
