import { expect, test } from 'vitest'
import { askOnce } from '../../src/asking/ask-once.ts'

const GUID = '8b5c2e0e-0c1f-4f6e-9d7e-1f2a3b4c5d6e'
const FLAG = { feature: { id: 1, name: 'title', type: 'STANDARD' }, enabled: true, feature_state_value: 'Hi' }

/** A service that answers like this, and what it was asked. */
function answering(answer: () => Response | Promise<Response>) {
  const asked: { url: string; body: unknown }[] = []
  const fetch = (async (url: string | URL, { body }: RequestInit = {}) => {
    asked.push({ url: String(url), body: body && JSON.parse(String(body)) })
    return answer()
  }) as typeof globalThis.fetch
  return { asked, service: { environmentKey: 'key', api: 'http://127.0.0.1/api/v1/', timeoutMs: 50, fetch } }
}

test('nobody gets the flags of the environment, with one request', async () => {
  const { asked, service } = answering(() => Response.json([FLAG]))
  const { flags, identity } = await askOnce(service, undefined)
  expect({ flags, identity }).toEqual({ flags: [['title', [true, 'Hi']]], identity: undefined })
  expect(asked).toEqual([{ url: 'http://127.0.0.1/api/v1/flags/', body: undefined }])
})

test('somebody’s traits are for this evaluation alone', async () => {
  const { asked, service } = answering(() => Response.json({ identifier: GUID, flags: [FLAG], traits: [] }))
  const { identity } = await askOnce(service, { id: GUID, traits: { plan: 'pro' } })
  expect(identity).toBe(GUID)
  expect(asked).toMatchObject([
    { body: { identifier: GUID, traits: [{ trait_key: 'plan', trait_value: 'pro', transient: true }] } },
  ])
})

test.each([
  ['ada@example.com', 'personal-identifier'],
  ['42', 'guessable-identifier'],
])('asks nothing for %s, rather than for nobody', async (id, code) => {
  const { asked, service } = answering(() => Response.json([FLAG]))
  await expect(askOnce(service, { id })).rejects.toMatchObject({ code })
  expect(asked).toEqual([])
})

test.each([
  ['network', () => Promise.reject(new TypeError('fetch failed'))],
  ['timeout', () => new Promise<Response>(() => {})],
  ['http', () => new Response('', { status: 503 })],
  ['payload', () => new Response('<p>Welcome</p>', { headers: { 'Content-Type': 'text/html' } })],
])('asks once, whatever comes of it: %s', async (code, answer) => {
  const { asked, service } = answering(answer)
  await expect(askOnce(service, undefined)).rejects.toMatchObject({ code })
  expect(asked).toHaveLength(1)
})
