import { readFileSync } from 'node:fs'
import { HttpResponse, http } from 'msw'
import { setupServer } from 'msw/node'
import { afterAll, beforeAll } from 'vitest'
import { createEdge, type EnvironmentDocument } from '../../src/edge.ts'

export const KEY = 'your-client-side-key'

/** The environment that the docs speak of: that of the examples, under the key that stands in every block. */
export const environment = (): EnvironmentDocument => ({
  ...(JSON.parse(readFileSync('examples/environment.json', 'utf8')) as EnvironmentDocument),
  api_key: KEY,
})

/** That environment, served. */
export const openEdge = () =>
  createEdge({ document: environment(), serverKeys: ['ser.your-server-side-key'] })

/** What of the network a block may use: a flag service wherever `api` says, and where events go. */
export const answerAll = () => {
  const edge = openEdge()
  return async (request: Request): Promise<Response> => {
    const { pathname } = new URL(request.url)
    if (pathname === '/v1/events') return Response.json({ accepted: 1, rejected: [] }, { status: 202 })
    return edge.handler(request)
  }
}

export const useNetwork = () => {
  const answer = answerAll()
  const server = setupServer(
    http.all(/^https:\/\/(edge\.api|realtime|events\.api)\.flagsmith\.com\//, ({ request }) =>
      answer(request),
    ),
    http.all('https://flags.example.com/*', ({ request }) => answer(request)),
    http.all('*', () => HttpResponse.error()),
  )
  beforeAll(() => server.listen())
  afterAll(() => server.close())
}
