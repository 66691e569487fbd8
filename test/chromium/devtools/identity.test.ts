import { describe, expect, it } from 'vitest'
import { bob } from '../document.ts'
import { inspectorOf, kept, line, said, tab, useInspector } from './inspector.ts'

const { world, open } = useInspector()

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
