import { readFileSync, writeFileSync } from 'node:fs'
import { expect, it } from 'vitest'

const PAGE = 'docs/testing.md'
/** Each recipe stands after a comment that names its file, which is what is run. */
const RECIPE = /(<!-- (test\/.+?) -->\n```\w+\n)[\s\S]*?(```\n)/g

/** A file as a user would have it: with doors for our sources, and with the whole of Playwright. */
const recipe = (file: string) =>
  readFileSync(file, 'utf8')
    .replace(/'(?:\.\.\/)+src\/([\w-]+)\.ts'/g, (_, door) => `'guidon${door === 'index' ? '' : `/${door}`}'`)
    .replace("'playwright-core'", "'@playwright/test'")

it('docs/testing.md has its recipes as they are run', () => {
  const page = readFileSync(PAGE, 'utf8')
  expect(page.match(RECIPE)?.length).toBeGreaterThan(6)
  const current = page.replace(RECIPE, (_, before, file, after) => before + recipe(file) + after)
  if (process.env.GUIDON_WRITE_DOCS) writeFileSync(PAGE, current)
  // Else: GUIDON_WRITE_DOCS=1 npx vitest run --project node test/testing/recipes.test.ts
  else expect(page).toBe(current)
})
