// What the page around it does to the inspector, and what several of them do to each other.

import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import type { Beside } from '../doors.ts'
import type { App } from '../world.ts'
import {
  frame,
  inspectorOf,
  kept,
  late,
  line,
  override,
  row,
  strict,
  tab,
  useInspector,
} from './inspector.ts'

const { world, open } = useInspector()

/** Styles of the page, as its policy allows them. */
const addStyle = (page: Page, text: string) =>
  page.evaluate((text) => {
    const sheet = new CSSStyleSheet()
    sheet.replaceSync(text)
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet]
  }, text)

it('knows the inspector as a custom element, one for all copies of the module', async () => {
  const { page } = await open()
  expect(await inspectorOf(page).evaluate((host) => host.matches('guidon-inspector:defined'))).toBe(true)
})

describe('the styles of the page', () => {
  it('do not reach it, whatever they say of everything', async () => {
    const { page } = await open()
    await row(page, 'colour').click()
    const look = () =>
      inspectorOf(page).evaluate((host) =>
        [
          ...host.shadowRoot!.querySelectorAll(
            'section, .panel, .head, h2, .tabs button, .row, .detail, textarea',
          ),
        ].map((element) => {
          const { x, y, width, height } = element.getBoundingClientRect()
          const { color, font, letterSpacing, textTransform, direction, cursor, visibility } =
            getComputedStyle(element)
          return {
            x,
            y,
            width,
            height,
            color,
            font,
            letterSpacing,
            textTransform,
            direction,
            cursor,
            visibility,
          }
        }),
      )
    const before = await look()
    const all = `font: 30px/3 serif; color: red; letter-spacing: 9px; text-transform: uppercase; cursor: wait;
      visibility: hidden; --ink: red; --mono: 30px serif`
    const own = 'position: static; transform: scale(.5); opacity: .1'
    await addStyle(page, `* { ${all} } body > * { ${own} } html { direction: rtl; }`)
    expect(await look()).toEqual(before)
    await addStyle(
      page,
      `* { ${all.replaceAll(';', ' !important;')} !important; direction: rtl !important } body > * { position: static !important; transform: scale(.5) !important }`,
    )
    expect(await look()).toEqual(before)
    await page.emulateMedia({ media: 'print' })
    expect(await inspectorOf(page).isVisible()).toBe(false)
  })
})

describe('colours that the user forces', () => {
  it('leave what is on, and which tab it is, to be seen', async () => {
    const { page } = await open()
    await row(page, 'colour').click()
    await page.emulateMedia({ forcedColors: 'active' })
    const colours = () =>
      inspectorOf(page).evaluate((host) => {
        const control = host.shadowRoot!.querySelector('.switch')!
        const tabs = [...host.shadowRoot!.querySelectorAll('[role=tab]')]
        return {
          knob: getComputedStyle(control, '::before').backgroundColor,
          ground: getComputedStyle(control).backgroundColor,
          lines: tabs.map((tab) => getComputedStyle(tab).borderBottomColor),
        }
      })
    const on = await colours()
    expect(on.knob).not.toBe(on.ground)
    expect(on.lines[0]).not.toBe(on.lines[1])
    await inspectorOf(page).getByRole('switch', { name: 'On' }).click()
    await frame(page)
    const off = await colours()
    expect(off.knob).not.toBe(off.ground)
    expect(off.ground).not.toBe(on.ground)
  })
})

describe('the focus', () => {
  it('goes back into a component of the page', async () => {
    const visit = await open(late)
    const { page } = visit
    const focused = () => page.evaluate('document.activeElement.shadowRoot?.activeElement?.textContent')
    await page.evaluate(() => {
      const { flags, guidonInspector } = (
        globalThis as unknown as { made: { it: Awaited<ReturnType<typeof late>> } }
      ).made.it
      const button = Object.assign(document.createElement('button'), { textContent: 'inspect' })
      button.onclick = () => guidonInspector(flags).open()
      const component = document.body.appendChild(document.createElement('div'))
      component.attachShadow({ mode: 'open' }).append(button)
    })
    await page.getByRole('button', { name: 'inspect', exact: true }).click()
    await inspectorOf(page).getByRole('dialog').waitFor()
    await page.keyboard.press('Escape')
    expect(await focused()).toBe('inspect')
  })

  it('goes to the button in the corner when who had it cannot take it any more', async () => {
    const visit = await open(late)
    const { page } = visit
    await page.evaluate(() => {
      const { flags, guidonInspector } = (
        globalThis as unknown as { made: { it: Awaited<ReturnType<typeof late>> } }
      ).made.it
      const button = Object.assign(document.createElement('button'), { textContent: 'inspect' })
      button.onclick = () => {
        guidonInspector(flags).open()
        button.disabled = true
      }
      document.body.append(button)
    })
    await page.getByRole('button', { name: 'inspect', exact: true }).click()
    await inspectorOf(page).getByRole('dialog').waitFor()
    await page.keyboard.press('Escape')
    expect(await page.evaluate('document.activeElement.localName')).toBe('guidon-inspector')
  })
})

describe('two clients of one environment', () => {
  /** As after a hot reload that did not close the one before. */
  const two = ((guidon, { api, key, ada }) => {
    const { inspector } = (globalThis as unknown as Beside).guidon_devtools
    const create = () =>
      guidon.createClient({ environmentKey: key, api, identity: ada, retries: 0, use: [inspector()] })
    const line = document.querySelector('#line') as HTMLElement
    const flags = create()
    const other = create()
    other.on('change', () => {
      line.textContent = other.value('colour', '')
    })
    return { flags, other }
  }) satisfies App<unknown>

  /** Each, wherever it stands. */
  const both = async (page: Page) => {
    await inspectorOf(page).nth(1).waitFor()
    await page.evaluate(() =>
      document.querySelectorAll('guidon-inspector').forEach((host, index) => {
        host.id = `inspector-${index}`
      }),
    )
    return [page.locator('#inspector-0'), page.locator('#inspector-1')] as const
  }

  it('have a button each, beside one another, and the panel that is opened is in front', async () => {
    const visit = await world.visit(two, strict)
    const { page } = visit
    const [one, other] = await both(page)
    const [a, b] = [
      (await one.getByRole('button').boundingBox())!,
      (await other.getByRole('button').boundingBox())!,
    ]
    expect(a.y + a.height <= b.y || b.y + b.height <= a.y).toBe(true)
    await one.getByRole('button').click()
    await one.getByRole('dialog').waitFor()
    expect(await page.evaluate('document.activeElement.shadowRoot.activeElement.textContent')).toBe('Flags')
    await one.getByRole('button', { name: 'Close' }).click()
    await other.getByRole('button').click()
    await other.getByRole('dialog').waitFor()
  })

  it('have the same overrides, and neither writes over what the other keeps', async () => {
    const visit = await world.visit(two, strict)
    const { page } = visit
    await visit.ask(({ flags, other }) =>
      Promise.all([flags, other].map((client) => client.ready({ from: 'network' }))),
    )
    await line(page, 'of ada')
    const [one, other] = await both(page)
    await one.getByRole('button').click()
    await one.locator('.row', { hasText: 'colour' }).click()
    await one.getByLabel('Value of colour').fill('mine')
    await one.getByRole('button', { name: 'Override', exact: true }).click()
    await line(page, 'mine')
    await one.getByRole('button', { name: 'Close' }).click()
    await other.getByRole('button').click()
    await other.getByRole('tab', { name: 'Tools' }).click()
    expect((await kept(visit))?.text).toContain('mine')
  })
})

it('keeps what another tab overrides though it was not told of it', async () => {
  const visit = await open()
  const { page } = visit
  await override(page, 'size', 'number', '20')
  const { key, text } = (await kept(visit))!
  // As a page in the back/forward cache finds it: the browser tells of no change there.
  await page.evaluate(
    ([key, text]) => localStorage.setItem(key!, text!),
    [key, text.replace('["size",true,20]', '["colour",true,"theirs"]')],
  )
  await tab(page, 'Tools')
  await line(page, 'theirs')
  expect((await kept(visit))?.text).toContain('theirs')
})

it('is not lost when its height is kept as nonsense', async () => {
  const visit = await open()
  await tab(visit.page, 'Tools')
  const { key, text } = (await kept(visit))!
  await visit.page.evaluate(
    ([key, text]) => localStorage.setItem(key!, text!),
    [key, text.replace('"panel":{', '"panel":{"bottom":-50,')],
  )
  await visit.page.reload()
  expect((await inspectorOf(visit.page).getByRole('dialog').boundingBox())!.height).toBe(160)
})
