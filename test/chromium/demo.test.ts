import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page, Request } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { type Demo, startDemo } from './demo.ts'
import { useDevice } from './device.ts'
import { documentOf } from './document.ts'

const device = useDevice({ reducedMotion: 'reduce' })
let demo: Demo

beforeAll(async () => {
  demo = await startDemo()
})
afterAll(async () => {
  await demo?.close()
})
beforeEach(() => device.context().setDefaultTimeout(15_000))

const settled = (page: Page) => page.locator('#state[data-state=fresh]').waitFor()

const visit = async (url = demo.url): Promise<Page> => {
  const page = await device.page()
  await page.goto(url)
  await settled(page)
  return page
}

const saying = (page: Page, text: string) => page.locator('#said', { hasText: text }).waitFor()
/** What is to be read there. */
const text = async (of: Page, selector: string) => (await of.locator(selector).allInnerTexts()).join('\n')
const row = (name: string) => `#rows tr:has(code.name:text-is("${name}"))`
const sources = async (page: Page) => [...new Set(await page.locator('#rows [data-source]').allInnerTexts())]

/** The client's requests from now on. */
const requests = (page: Page): Request[] => {
  const made: Request[] = []
  page.on('request', (request) => {
    if (new URL(request.url()).pathname.startsWith('/api/')) made.push(request)
  })
  return made
}

it('shows all flags with value, state and source, and when what arrived', async () => {
  const page = await visit()
  expect(await page.locator('#rows tr').count()).toBeGreaterThanOrEqual(25)
  expect(await text(page, row('font-size'))).toMatch(/font-size\s+16\s+on\s+network/)
  expect(await sources(page)).toEqual(['network'])
  expect(await page.locator('#lanes li').allInnerTexts()).toEqual([
    expect.stringMatching(/^defaults\s+[\d.]+\sms\s+12 flags$/),
    expect.stringMatching(/^storage\s+–\s+nothing kept of this user yet$/),
    expect.stringMatching(/^network\s+[\d.]+\sm?s\s+\d+ flags, \d+ new or different$/),
  ])
  expect(await text(page, '#start-up-summary')).toMatch(
    /^The first flag was readable after [\d.]+\sms, from the bundled defaults\./,
  )
  expect(await text(page, '#requests')).toBe('1 request')

  await page.reload()
  await settled(page)
  expect(await text(page, '#start-up-summary')).toMatch(
    /from this device\. The network answered after [\d.]+\sm?s: \d+ flags, none of them new\.$/,
  )
})

it('has the inspector, loaded when it is asked for, under the same policy', async () => {
  const page = await visit()
  const loaded: string[] = []
  page.on('request', (request) => loaded.push(new URL(request.url()).pathname))
  await page.locator('#inspector').click()
  const inspector = page.locator('guidon-inspector')
  await inspector.locator('.row', { hasText: 'font-size' }).click()
  await inspector.getByLabel('Value of font-size').fill('22')
  await inspector.getByRole('button', { name: 'Override', exact: true }).click()
  await page.locator(row('font-size'), { hasText: /22\s*on\s*override/ }).waitFor()
  expect(loaded).toEqual(['/devtools.js'])

  await page.reload()
  await page.locator(row('font-size'), { hasText: /22\s*on\s*override/ }).waitFor()
  await inspector.getByRole('tab', { name: 'Tools' }).click()
  await inspector.getByRole('button', { name: 'Clear all overrides' }).click()
  await page.locator(row('font-size'), { hasText: /16\s*on\s*network/ }).waitFor()
})

it('runs the script tag with its integrity hash', async () => {
  const page = await visit()
  expect(await page.locator('script[src="/guidon.global.js"]').getAttribute('integrity')).toMatch(/^sha384-/)
})

it('finds flags by name and value', async () => {
  const page = await visit()
  await page.fill('#search', 'FONT')
  expect(await page.locator('#rows tr').count()).toBe(1)
  await page.fill('#search', 'comfortable')
  expect(await page.locator('#rows th').allInnerTexts()).toEqual(['theme'])
  await page.fill('#search', 'nothing is called so')
  expect(await page.locator('#none').isVisible()).toBe(true)
})

it('identifies as another GUID with one request, and still does after a reload', async () => {
  const page = await visit()
  const before = await text(page, '#identity')
  const made = requests(page)
  await page.click('#another')
  await saying(page, 'Identified')
  const guid = await text(page, '#identity')
  expect(guid).not.toBe(before)
  expect(made.map((request) => new URL(request.url()).searchParams.get('identifier'))).toEqual([guid])
  expect(await text(page, '#said')).toBe('Identified, 1 request.')

  await page.reload()
  await settled(page)
  expect(await text(page, '#identity')).toBe(guid)
  expect(await text(page, '#identity-kind')).toBe('Named by the page')

  await page.click('#reset')
  await saying(page, 'Logged out')
  expect(await text(page, '#identity')).not.toBe(guid)
  expect(await text(page, '#identity-kind')).toMatch(/^Anonymous/)
})

it('blocks an e-mail as identifier, and nothing leaves the page', async () => {
  const page = await visit()
  const before = await text(page, '#identity')
  const made = requests(page)
  await page.click('#e-mail')
  await saying(page, 'Blocked, nothing was sent.')
  expect(made).toEqual([])
  expect(await text(page, '#requests')).toBe('1 request')
  expect(await text(page, '#identity')).toBe(before)
  expect(await text(page, '#entries-log [data-kind=guard] + .entry')).toMatch(/identifier/)
  expect(await text(page, 'body')).not.toContain('ada@example.com')

  await page.fill('#identifier', 'user_42')
  await page.click('#identify button')
  await saying(page, 'guessable-identifier')
  expect(made).toEqual([])
})

it('sets a trait each way, guards a personal one, and removes them', async () => {
  const page = await visit()
  const made = requests(page)
  const set = async (key: string, value: string, kind: string) => {
    await page.fill('#trait-key', key)
    await page.fill('#trait-value', value)
    await page.check(`[name=kind][value=${kind}]`)
    await page.click('#trait button')
    await saying(page, `Set ${key}`)
  }
  await set('plan', 'enterprise', 'persistent')
  expect(await text(page, row('max_boards'))).toContain('changed')
  await set('country', 'FR', 'transient')
  await set('email', 'ada@example.com', 'persistent')
  expect(await page.locator('#traits li').allInnerTexts()).toEqual([
    expect.stringMatching(/^plan = "enterprise"\s+persistent\s+Remove$/),
    expect.stringMatching(/^country = "FR"\s+transient\s+Remove$/),
    expect.stringMatching(/^email = "ada@example.com"\s+transient\s+Remove$/),
  ])
  expect(made.length).toBe(3)
  expect(made[2]!.postDataJSON().traits).toEqual([
    { trait_key: 'plan', trait_value: 'enterprise' },
    { trait_key: 'country', trait_value: 'FR', transient: true },
    { trait_key: 'email', trait_value: 'ada@example.com', transient: true },
  ])
  // Transient is transient: nothing of it is on the device, nor in the log.
  expect(
    await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }])),
  ).not.toContain('example.com')
  expect(await text(page, '#entries-log')).not.toContain('example.com')

  await page.click('[aria-label="Remove plan"]')
  await saying(page, 'Removed plan')
  expect(made[3]!.postDataJSON().traits[0]).toEqual({ trait_key: 'plan', trait_value: null })
  expect(await text(page, '#traits')).not.toContain('plan')
})

it('keeps all flags when the network is cut, also after a reload, and recovers', async () => {
  const page = await visit()
  const before = await text(page, '#rows code.name')
  await page.check('#cut')
  await page.reload()
  await page.locator('#state[data-state=offline]').waitFor()
  expect(await text(page, '#rows code.name')).toBe(before)
  expect(await sources(page)).toEqual(['storage'])
  await page.locator('#lanes [data-state=failed]').waitFor()
  expect(await text(page, '#lanes [data-state=failed]')).toMatch(/^network/)

  await page.uncheck('#cut')
  await settled(page)
  expect(await sources(page)).toEqual(['network'])
})

it('shows the stored flags while the network is slow', async () => {
  const page = await visit()
  await page.check('#slow')
  await page.reload()
  await page.locator('#state[data-state=refreshing]').waitFor()
  expect(await sources(page)).toEqual(['storage'])
  expect(await text(page, '#lanes [data-state=waiting]')).toMatch(/^network/)
})

it('brings a flag that is switched on the server to every open page by itself', async () => {
  const page = await visit()
  const other = await visit()
  await other.locator('#live', { hasText: /^connected$/ }).waitFor()
  const state = (of: Page, text: string) => of.locator(`${row('dark-mode')} .switch-state`, { hasText: text })
  await state(page, 'on').waitFor()
  await page.selectOption('#toggle-name', 'dark-mode')
  expect(await text(page, '#toggle-button')).toBe('Switch off')
  await page.click('#toggle-button')
  await Promise.all([state(page, 'off').waitFor(), state(other, 'off').waitFor()])
  expect(await text(other, '#entries-log')).toContain('environment_updated')

  await page.locator('#toggle-button', { hasText: 'Switch on' }).click()
  await Promise.all([state(page, 'on').waitFor(), state(other, 'on').waitFor()])
})

it('starts anew after its storage was cleared', async () => {
  const page = await visit()
  const before = await text(page, '#identity')
  await page.click('#clear')
  expect(await text(page, '#entries')).toBe('nothing')
  await page.click('#reload')
  await page.locator('#start-up-summary', { hasText: 'bundled defaults' }).waitFor()
  await settled(page)
  expect(await text(page, '#identity')).not.toBe(before)
})

const hostile = [
  '<img src=x onerror=alert(1)>',
  '</td><script>alert(1)</script>',
  '"><svg onload=alert(1)>',
  "'; alert(1); '",
  'javascript:alert(1)',
  '{{constructor.constructor("alert(1)")()}}',
  '__proto__',
  'constructor',
  'toString',
  '🏴‍☠️ 👩🏽‍🚀',
  '\u202Edlrow',
  'x'.repeat(200),
]

it('shows names and values that mean harm as text', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'guidon-demo-'))
  const file = join(folder, 'hostile.json')
  // `__proto__` as a key of its own.
  writeFileSync(file, JSON.stringify(documentOf(Object.fromEntries(hostile.map((text) => [text, text])))))
  const other = await startDemo('--document', file)
  try {
    const page = await visit(other.url)
    const names = await page
      .locator('#rows th code')
      .evaluateAll((all) => all.map(({ textContent }) => textContent))
    expect(new Set(names)).toEqual(new Set(hostile))
    const values = await page
      .locator('#rows .value')
      .evaluateAll((all) => all.map(({ textContent }) => textContent))
    expect(new Set(values)).toEqual(new Set(hostile))

    await page.fill('#trait-key', hostile[0]!)
    await page.fill('#trait-value', hostile[1]!)
    await page.click('#trait button')
    await saying(page, `Set ${hostile[0]}`)
    await page.fill('#trait-key', '__proto__')
    await page.click('#trait button')
    await saying(page, 'Set __proto__')

    // Nothing of it became an element: the rows hold what the page itself makes, and nothing else.
    const tags = await page
      .locator('#rows *, #traits *, #entries-log *, #toggle-name *, #said *')
      .evaluateAll((all) => [...new Set(all.map(({ localName }) => localName))].sort())
    expect(tags).toEqual(['button', 'code', 'li', 'option', 'span', 'td', 'th', 'time', 'tr'])
    expect(await page.locator('#trait').isVisible()).toBe(true)
  } finally {
    await other.close()
    rmSync(folder, { recursive: true })
  }
})

it('can be used with the keyboard alone', async () => {
  const page = await visit()
  const focused = () =>
    page.evaluate(() => {
      const { id, textContent, tagName } = document.activeElement as HTMLElement
      if (tagName === 'BODY') return { name: tagName, seen: '' }
      const { outlineStyle, outlineWidth } = getComputedStyle(document.activeElement!)
      return { name: id || textContent!.trim(), seen: `${outlineStyle} ${outlineWidth}` }
    })
  const reached: string[] = []
  for (;;) {
    await page.keyboard.press('Tab')
    const { name, seen } = await focused()
    if (name === 'BODY' || reached.includes(name)) break
    expect(seen, name).toBe('solid 2px')
    reached.push(name)
  }
  expect(reached.join(' ')).toMatch(
    /^Skip to the flags Start-up .* identifier Identify another e-mail reset trait-key trait-value .* Set trait cut slow refresh toggle-name toggle-button reload clear search/,
  )
  // The log scrolls, so it can be reached too.
  expect(reached.at(-1)).toBe('entries-log')

  await page.focus('#identifier')
  await page.keyboard.type('0f8fad5b-d9cb-469f-a165-70867728950e')
  await page.keyboard.press('Enter')
  await saying(page, 'Identified')
  expect(await text(page, '#identity')).toBe('0f8fad5b-d9cb-469f-a165-70867728950e')
  await page.focus('#cut')
  await page.keyboard.press('Space')
  await saying(page, 'The network is cut')
  await page.focus('#trait-key')
  await page.keyboard.type('beta')
  await page.keyboard.press('Tab')
  await page.keyboard.type('true')
  await page.keyboard.press('Tab')
  await page.keyboard.press('ArrowRight')
  expect(await page.locator('[value=transient]').isChecked()).toBe(true)
})

it('gives every control a name', async () => {
  const page = await visit()
  const unnamed = await page
    .locator('input, select, button, a')
    .evaluateAll((all) =>
      (all as HTMLInputElement[])
        .filter((one) => !(one.labels?.length || one.textContent!.trim() || one.ariaLabel))
        .map(({ outerHTML }) => outerHTML),
    )
  expect(unnamed).toEqual([])
})

/** Texts whose contrast with what is behind them is below AA, and controls whose edge is hard to see. */
const faint = (page: Page) =>
  page.evaluate(() => {
    type Colour = [r: number, g: number, b: number, a: number]
    const parse = (text: string): Colour => {
      const [r = 0, g = 0, b = 0, a = 1] = text.match(/[\d.]+/g)!.map(Number)
      return text.startsWith('color(') ? [r, g, b, a] : [r / 255, g / 255, b / 255, a]
    }
    const over = ([r, g, b, a]: Colour, [R, G, B]: Colour): Colour => [
      r * a + R * (1 - a),
      g * a + G * (1 - a),
      b * a + B * (1 - a),
      1,
    ]
    const behind = (element: Element | null): Colour =>
      element
        ? over(parse(getComputedStyle(element).backgroundColor), behind(element.parentElement))
        : [1, 1, 1, 1]
    const light = (colour: Colour) => {
      const [r, g, b] = colour.map((part) =>
        part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4,
      )
      return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!
    }
    const contrast = (one: Colour, other: Colour) => {
      const [a, b] = [light(one), light(other)]
      return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05)
    }
    const found: string[] = []
    const check = (what: string, colour: string, back: Colour, least: number) => {
      const ratio = contrast(over(parse(colour), back), back)
      if (ratio < least) found.push(`${what}: ${ratio.toFixed(2)}`)
    }
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
    for (let node = texts.nextNode(); node; node = texts.nextNode()) {
      const element = node.parentElement!
      const text = node.textContent!.trim()
      if (text && element.checkVisibility())
        check(text, getComputedStyle(element).color, behind(element), 4.5)
    }
    for (const element of document.querySelectorAll('input, select, button:not(.quiet)')) {
      const { borderTopColor } = getComputedStyle(element)
      check(element.id || element.outerHTML, borderTopColor, behind(element.parentElement), 3)
      const placeholder = getComputedStyle(element, '::placeholder').color
      check(`placeholder of ${element.id}`, placeholder, behind(element), 4.5)
    }
    return found
  })

it.each(['light', 'dark'] as const)('has the contrast of AA in %s', async (colorScheme) => {
  const page = await visit()
  await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
  const paper = await page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor)
  expect(paper).toBe(colorScheme === 'light' ? 'rgb(250, 248, 244)' : 'rgb(21, 23, 28)')
  await page.fill('#trait-key', 'plan')
  await page.fill('#trait-value', 'pro')
  await page.click('#trait button')
  await saying(page, 'Set plan')
  expect(await faint(page)).toEqual([])
})

it('fits a phone of 360 pixels, with controls a thumb can hit', async () => {
  const page = await visit()
  await page.setViewportSize({ width: 360, height: 740 })
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360)
  const small = await page.locator('input, select, button, nav a').evaluateAll((all) =>
    all
      .map((element) => [element.closest('label') ?? element, element] as const)
      .filter(([target]) => target.getBoundingClientRect().height < 24)
      .map(([, { outerHTML }]) => outerHTML),
  )
  expect(small).toEqual([])
})

it('says in one line that its port is taken', async () => {
  const child = spawn(process.execPath, ['scripts/demo.js', '--port', new URL(demo.url).port])
  let errors = ''
  child.stderr.on('data', (text) => {
    errors += text
  })
  const code = await new Promise((resolve) => child.on('close', resolve))
  expect(code).toBe(1)
  expect(errors).toMatch(/^Port \d+ is taken\. [^\n]+\n$/)
})
