/** Playwright's `test`, with a page that goes nowhere: test/chromium/testing.test.ts opens real ones. */
import type { Page } from 'playwright-core'

export { environment } from 'guidon/testing'
export { flagService } from '../../testing/recipes/flag-service.ts'

const page = { async route() {}, async goto() {} } as unknown as Page
export const test = (_name: string, run: (given: { readonly page: Page }) => Promise<void>) => run({ page })
