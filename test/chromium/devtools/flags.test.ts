import { describe, expect, it } from 'vitest'
import { documentOf } from '../document.ts'
import { answering } from '../net.ts'
import { inspectorOf, row, tab, useInspector } from './inspector.ts'

const { world, open } = useInspector()

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
