import { afterEach, expect, it, vi } from 'vitest'
import { httpSend } from '../../src/transport/http.ts'

afterEach(() => void vi.unstubAllGlobals())

/** What `fetch` is given, where `navigator` is this. */
const asked = async (navigator: object | undefined) => {
  vi.stubGlobal('navigator', navigator)
  let init: RequestInit = {}
  const fetch = async (_: unknown, given?: RequestInit) => {
    init = given ?? {}
    return new Response('[]')
  }
  const send = httpSend('https://flags.test/', 'key', () => fetch as typeof globalThis.fetch, 1_000)
  await send({ path: 'flags/' }, new AbortController())
  return init
}

it.each(['Gecko', 'ReactNative'])('sends no cookies where there are some (%s)', async (product) => {
  expect(await asked({ product })).toMatchObject({ credentials: 'omit', referrerPolicy: 'no-referrer' })
})

it.each([undefined, {}, { userAgent: 'Cloudflare-Workers' }])(
  'does not speak of cookies where a runtime has none, and may refuse to hear of them',
  async (navigator) => {
    expect(await asked(navigator)).not.toHaveProperty('credentials')
  },
)
