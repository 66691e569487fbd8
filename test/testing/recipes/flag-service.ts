import type { Page } from 'playwright-core'
import { createEdge } from '../../../src/edge.ts'
import { type EnvironmentOptions, environment } from '../../../src/testing.ts'

/** Answers what the page asks the flag service, with a server in the test's own process. */
export const flagService = async (page: Page, options: EnvironmentOptions) => {
  const edge = createEdge({ document: environment(options) })
  await page.route('https://edge.api.flagsmith.com/api/v1/**', async (route) => {
    const asked = route.request()
    const answer = await edge.handler(
      new Request(asked.url(), {
        method: asked.method(),
        headers: asked.headers(),
        body: asked.postData(),
      }),
    )
    await route.fulfill({
      status: answer.status,
      headers: Object.fromEntries(answer.headers),
      body: await answer.text(),
    })
  })
  return edge
}
