import { readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { BLOCKS } from './pages.ts'

/** A file as a user would have it: with doors for our sources, and with the whole of Playwright. */
const asUsersHaveIt = (file: string) =>
  readFileSync(file, 'utf8')
    .replace(/'(?:\.\.\/)+src\/([\w-]+)\.ts'/g, (_, door) => `'guidon${door === 'index' ? '' : `/${door}`}'`)
    .replace("'playwright-core'", "'@playwright/test'")

const quotes = BLOCKS.flatMap(({ quotes, ...block }) => (quotes ? [{ ...block, file: quotes }] : []))

describe('a block that is taken from a file', () => {
  // GUIDON_WRITE_DOCS=1 npx vitest run --project node test/docs/quotes.test.ts
  it.each(quotes)('$where is $file as it is run', ({ page, code, file }) => {
    const current = asUsersHaveIt(file)
    if (process.env.GUIDON_WRITE_DOCS)
      writeFileSync(
        page,
        readFileSync(page, 'utf8').replace(code, () => current),
      )
    else expect(code).toBe(current)
  })

  it('is so only where tests are', () => {
    expect(quotes.length).toBeGreaterThan(6)
    expect(quotes.filter(({ file }) => !file.startsWith('test/'))).toEqual([])
  })
})
