/** A test of Playwright's, whose page leads nowhere. `test/chromium` runs its recipe in a real one. */
import type { Page } from 'playwright-core'

export { environment } from 'guidon/testing'
export { flagService } from '../../testing/recipes/flag-service.ts'
export * from './app.ts'

const page = { route: async () => {}, goto: async () => null } as unknown as Page
const bodies: Promise<void>[] = []

export const test = (_title: string, body: (fixtures: { page: Page }) => Promise<void>): void => {
  bodies.push(body({ page }))
}
export const finish = async (): Promise<void> => {
  await Promise.all(bodies)
}
