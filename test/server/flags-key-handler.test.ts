import { describe, expect, it, vi } from 'vitest'
import { type FlagsKeyHandlerOptions, flagsKey, flagsKeyHandler, type Visitor } from '../../src/server.ts'
import { served } from '../served.ts'

const guid = '3f2b8c1e-8d52-4b3a-9a54-0c9d1d6e7f10'
const flags = { hero: { enabled: true, value: 'blue' }, price: { enabled: false, value: 'é' } }

const setup = (options: Partial<FlagsKeyHandlerOptions> = {}) => {
  const evaluate = vi.fn((_: Visitor) => flags)
  const handler = flagsKeyHandler({ evaluate, ...options })
  const ask = (headers: Record<string, string> = { 'Flags-Identity': guid }, path = '/flags-key') =>
    handler(new Request(`http://flags${path}`, { headers }))
  return { ask, evaluate }
}
const decoded = ({ headers }: Response) =>
  JSON.parse(Buffer.from(headers.get('Flags') ?? '', 'base64url').toString())

describe('the handler at /flags-key', () => {
  it('answers the key, the flags of the key, and how long both may be kept', async () => {
    const answer = await setup().ask()
    expect(answer.status).toBe(200)
    expect(await answer.text()).toBe('')
    expect(answer.headers.get('Flags-Key')).toBe(await flagsKey(flags))
    expect(decoded(answer)).toEqual([
      ['hero', true, 'blue'],
      ['price', false, 'é'],
    ])
    expect(answer.headers.get('Cache-Control')).toBe('max-age=2, stale-while-revalidate=2')
    expect(answer.headers.get('Vary')).toBe('Flags-Identity')
  })

  it('looks at the flags that pages depend on, by option or by address', async () => {
    const { ask } = setup({ only: ['hero'], maxAge: 30 })
    expect(decoded(await ask())).toEqual([['hero', true, 'blue']])
    const answer = await ask(undefined, '/flags-key?only=price,new')
    expect(answer.headers.get('Flags-Key')).toBe(await flagsKey(flags, { only: ['new', 'price'] }))
    expect(decoded(answer)).toEqual([
      ['new', false, null],
      ['price', false, 'é'],
    ])
    expect(answer.headers.get('Cache-Control')).toMatch(/^max-age=30,/)
  })

  it('tells the evaluation the traits that the cache may tell, and no others', async () => {
    const { ask, evaluate } = setup({ traits: ['plan', 'Age', 'beta', 'zip'] })
    const answer = await ask({
      'Flags-Identity': guid,
      'Flags-Trait-Plan': 'pro',
      'Flags-Trait-Age': '42',
      'Flags-Trait-Beta': 'true',
      'Flags-Trait-Zip': '01234',
      'Flags-Trait-Admin': 'true',
    })
    expect(evaluate.mock.lastCall).toEqual([
      {
        identifier: guid,
        traits: new Map<string, unknown>([
          ['plan', 'pro'],
          ['Age', 42],
          ['beta', true],
          ['zip', '01234'],
        ]),
      },
    ])
    expect(answer.headers.get('Vary')).toBe(
      'Flags-Identity, Flags-Trait-plan, Flags-Trait-Age, Flags-Trait-beta, Flags-Trait-zip',
    )
  })

  it.each([undefined, '', 'ada@example.org', '42', 'user_512356', 'Ada Lovelace', 'x'.repeat(5_000)])(
    'evaluates nothing for %s, and answers the default key, which nobody keeps',
    async (identifier) => {
      const { ask, evaluate } = setup()
      const answer = await ask(identifier === undefined ? {} : { 'Flags-Identity': identifier })
      expect(answer.status).toBe(200)
      expect(answer.headers.get('Flags-Key')).toBe('default')
      expect(answer.headers.get('Flags')).toBeNull()
      expect(answer.headers.get('Cache-Control')).toBe('no-store')
      expect(evaluate).not.toHaveBeenCalled()
    },
  )

  it('fails with 500, which nobody keeps, when the evaluation does, and says why to who listens', async () => {
    const onError = vi.fn()
    const broken = new Error('no flags')
    const answer = await setup({ evaluate: () => Promise.reject(broken), onError }).ask()
    expect([answer.status, answer.headers.get('Cache-Control')]).toEqual([500, 'no-store'])
    expect(onError.mock.calls).toEqual([[broken]])
  })

  it('fails when the flags are too much for a header, and names the remedy', async () => {
    const onError = vi.fn()
    const evaluate = () => ({ hero: { enabled: true, value: 'x'.repeat(6_000) } })
    expect((await setup({ evaluate, onError }).ask()).status).toBe(500)
    expect(onError.mock.calls[0]![0].message).toContain('list fewer in `only`')
  })

  it('answers a probe, and nothing else', async () => {
    const { ask, evaluate } = setup()
    expect(await (await ask({}, '/healthz')).text()).toBe('ok')
    expect((await ask(undefined, '/')).status).toBe(404)
    expect(evaluate).not.toHaveBeenCalled()
  })
})

describe('the edge behind it', () => {
  const state = (id: number, name: string, value: string | null) => ({
    feature: { id, name },
    enabled: true,
    feature_state_value: value,
  })
  const document = {
    api_key: 'key',
    project: {
      server_key_only_feature_ids: [3],
      segments: [
        {
          id: 1,
          rules: [
            { type: 'ALL' as const, conditions: [{ operator: 'EQUAL', property_: 'plan', value: 'pro' }] },
          ],
          feature_states: [state(1, 'hero', 'for pros')],
        },
      ],
    },
    feature_states: [state(1, 'hero', 'for all'), state(2, '__proto__', null), state(3, 'secret', 'no')],
  }
  const asked = async (edge: ReturnType<typeof served>, headers: Record<string, string> = {}) => {
    const handler = flagsKeyHandler({ evaluate: edge.flagsOf, traits: ['plan'] })
    return handler(new Request('http://flags/flags-key', { headers: { 'Flags-Identity': guid, ...headers } }))
  }

  it('tells what a client may see: no flags that are for servers alone', async () => {
    expect(decoded(await asked(served(document)))).toEqual([
      ['__proto__', true, null],
      ['hero', true, 'for all'],
    ])
  })

  it('evaluates with a trait of the cache, and does not keep it', async () => {
    const edge = served(document)
    expect(decoded(await asked(edge, { 'Flags-Trait-Plan': 'pro' }))[1]).toEqual(['hero', true, 'for pros'])
    expect(decoded(await asked(edge))[1]).toEqual(['hero', true, 'for all'])
  })

  it('knows the traits that the visitor’s client has set, as the client’s own flags do', async () => {
    const edge = served(document)
    await edge.handler(
      new Request('http://flags/api/v1/identities/', {
        method: 'POST',
        headers: { 'X-Environment-Key': 'key', 'Content-Type': 'application/json' },
        body: JSON.stringify({ identifier: guid, traits: [{ trait_key: 'plan', trait_value: 'pro' }] }),
      }),
    )
    expect(decoded(await asked(edge))[1]).toEqual(['hero', true, 'for pros'])
    expect(decoded(await asked(edge, { 'Flags-Trait-Plan': 'free' }))[1]).toEqual(['hero', true, 'for all'])
  })

  it('gives no key where no flags are to be served', async () => {
    const stopped = {
      ...document,
      project: { ...document.project, organisation: { stop_serving_flags: true } },
    }
    expect((await asked(served(stopped))).status).toBe(500)
  })
})
