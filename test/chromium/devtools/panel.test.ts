import { describe, expect, it } from 'vitest'
import { documentOf } from '../document.ts'
import { complaints, inspectorOf, late, line, override, row, said, tab, useInspector } from './inspector.ts'

const { world, open } = useInspector()

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
