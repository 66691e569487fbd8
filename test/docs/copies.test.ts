import { readFileSync, writeFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { BLOCKS, PAGES } from './pages.ts'

/** A copy stands after a comment that names its file, which is what is run. */
const COPY = /(<!-- (\S+\/\S+) -->\n```\w+\n)[\s\S]*?(```\n)/g

/** A file as a user would have it: with doors for our sources, and with the whole of Playwright. */
const copy = (file: string) =>
  readFileSync(file, 'utf8')
    .replace(/'(?:\.\.\/)+src\/([\w-]+)\.ts'/g, (_, door) => `'guidon${door === 'index' ? '' : `/${door}`}'`)
    .replace("'playwright-core'", "'@playwright/test'")

const copies = BLOCKS.filter(({ copyOf }) => copyOf)

it('pages have copies of files', () => expect(copies.length).toBeGreaterThan(6))

it.each(PAGES.filter((page) => copies.some((block) => block.page === page)))(
  '%s has files as they are run',
  (page) => {
    const text = readFileSync(page, 'utf8')
    expect(text.match(COPY)?.length).toBe(copies.filter((block) => block.page === page).length)
    const current = text.replace(COPY, (_, before, file, after) => before + copy(file) + after)
    if (process.env.GUIDON_WRITE_DOCS) writeFileSync(page, current)
    // Else: GUIDON_WRITE_DOCS=1 npx vitest run --project node test/docs/copies.test.ts
    else expect(text).toBe(current)
  },
)

it('copies are of files that tests or examples have', () => {
  const inTests = copies.map(({ copyOf }) => copyOf!).filter((file) => !/^(?:test|examples)\//.test(file))
  expect(inTests).toEqual([])
})
