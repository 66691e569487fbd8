import { describe, expect, it, vi } from 'vitest'
import { createEdge, environmentDocument } from '../../src/edge.ts'
import { createClient, memoryStorage, type TraitValue } from '../../src/index.ts'
import { type EnvironmentOptions, environment } from '../../src/testing.ts'
import { fileWith } from '../cli/folder.ts'
import { run } from '../cli/run.ts'
import { ada, bob } from '../world.ts'

/** What somebody gets. */
const flagsOf = (
  options: EnvironmentOptions,
  traits: Record<string, TraitValue> = {},
  identifier: string = ada,
) =>
  createEdge({ document: environment(options) }).flagsOf({
    identifier,
    traits: new Map(Object.entries(traits)),
  })
const sizeOf = (...asked: Parameters<typeof flagsOf>) => flagsOf(...asked).size?.value
/** The same each time, so that a share is what it was. */
const guids = Array.from({ length: 400 }, (_, i) => `00000000-0000-4000-8000-${`${i}`.padStart(12, '0')}`)

describe('an environment document for tests', () => {
  it('is one, to the letter, and the same each time', () => {
    const options: EnvironmentOptions = {
      flags: {
        'new-checkout': false,
        title: 'Hello',
        size: { enabled: false, value: 16 },
        hero: { value: 'plain', split: [{ value: 'left', percent: 50, variant: 'a' }] },
        margin: 'secret',
      },
      segments: [{ name: 'pro', when: { plan: 'pro' }, percent: 10, flags: { size: true } }],
      identities: { [ada]: { title: 'Hello Ada' } },
      serverOnly: ['margin'],
    }
    const text = JSON.stringify(environment(options))
    expect(environmentDocument(JSON.parse(text))).toEqual(environment(options))
    expect(JSON.stringify(environment(options))).toBe(text)
    expect(environment()).toMatchObject({ api_key: 'test-key', feature_states: [] })
    expect(environment({ key: 'mine' }).api_key).toBe('mine')
  })

  it('is what `guidon serve --document` serves', async () => {
    const { file } = fileWith(environment({ key: 'mine', flags: { title: 'Hello' } }))
    const { out } = run(['serve', '--port', '0', '--document', file])
    const url = await vi.waitFor(() => / at (\S+)/.exec(out[0] ?? '')![1]!)
    expect(out[0]).toContain('client key mine')
    const flags = createClient({ environmentKey: 'mine', api: url, storage: memoryStorage() })
    await flags.ready({ from: 'network' })
    expect(flags.value('title', '')).toBe('Hello')
  })

  it('gives everybody its flags, but those for servers only', () => {
    expect(
      flagsOf({
        flags: {
          on: true,
          off: false,
          title: 'Hello',
          size: { enabled: false, value: 16 },
          margin: 1,
          no: undefined,
        },
        serverOnly: ['margin'],
      }),
    ).toEqual({
      on: { enabled: true, value: null },
      off: { enabled: false, value: null },
      title: { enabled: true, value: 'Hello' },
      size: { enabled: false, value: 16 },
    })
  })

  it('takes any name for a flag', () => {
    const names = ['__proto__', 'constructor', '', '🚩']
    const flags = Object.fromEntries(names.map((name) => [name, `of ${name}`]))
    expect(Object.keys(flagsOf({ flags })).sort()).toEqual([...names].sort())
  })

  it('gives a segment what it says of a flag, and what it does not say as it is for everybody', () => {
    const options: EnvironmentOptions = {
      flags: { size: { enabled: false, value: 16 }, title: 'Hello' },
      segments: [{ when: { plan: 'pro' }, flags: { size: true, title: { value: 'Dear' } } }],
    }
    expect(flagsOf(options)).toEqual({
      size: { enabled: false, value: 16 },
      title: { enabled: true, value: 'Hello' },
    })
    expect(flagsOf(options, { plan: 'pro' })).toEqual({
      size: { enabled: true, value: 16 },
      title: { enabled: true, value: 'Dear' },
    })
  })

  it('takes the first of two segments, and an identity’s own before both', () => {
    const options: EnvironmentOptions = {
      flags: { size: 1 },
      segments: [
        { when: { plan: 'pro' }, flags: { size: 2 } },
        { when: { beta: true }, flags: { size: 3 } },
      ],
      identities: { [bob]: { size: 4 } },
    }
    expect(sizeOf(options, { beta: true })).toBe(3)
    expect(sizeOf(options, { beta: true, plan: 'pro' })).toBe(2)
    expect(sizeOf(options, { beta: true, plan: 'pro' }, bob)).toBe(4)
  })

  it.each([
    [
      { plan: 'pro', seats: 3 },
      { plan: 'pro', seats: 3 },
      { plan: 'pro', seats: 4 },
    ],
    [{ seats: { operator: 'GREATER_THAN_INCLUSIVE', value: 10 } }, { seats: 10 }, { seats: 9 }],
    [{ country: { operator: 'IN', value: ['FR', 'CH'] } }, { country: 'CH' }, { country: 'C' }],
    [
      { version: { operator: 'LESS_THAN', value: '2.0.0:semver' } },
      { version: '1.10.0' },
      { version: '2.0.0' },
    ],
    [{ plan: { operator: 'IS_SET' } }, { plan: '' }, {}],
    [{ plan: { operator: 'IS_NOT_SET' } }, {}, { plan: '' }],
  ] as const)('asks of traits %j', (when, inside, outside) => {
    const options: EnvironmentOptions = { flags: { size: 1 }, segments: [{ when, flags: { size: 2 } }] }
    expect([sizeOf(options, inside), sizeOf(options, outside)]).toEqual([2, 1])
  })

  it('holds everybody in a segment without conditions, and so many of a hundred with a percentage', () => {
    const share = (percent?: number) => {
      const options: EnvironmentOptions = { flags: { size: 1 }, segments: [{ percent, flags: { size: 2 } }] }
      const edge = createEdge({ document: environment(options) })
      return (
        guids.filter((identifier) => edge.flagsOf({ identifier }).size?.value === 2).length / guids.length
      )
    }
    expect([share(), share(100)]).toEqual([1, 1])
    expect(share(50)).toBeGreaterThan(0.35)
    expect(share(50)).toBeLessThan(0.65)
  })

  it('splits by percentages, and who is left gets the value of the flag', () => {
    const split = [
      { value: 'left', percent: 30, variant: 'a' },
      { value: 'right', percent: 30 },
    ]
    const edge = createEdge({ document: environment({ flags: { hero: { value: 'plain', split } } }) })
    const got = guids.map((identifier) => edge.flagsOf({ identifier }).hero?.value)
    for (const [value, percent] of [
      ['left', 30],
      ['right', 30],
      ['plain', 40],
    ] as const) {
      const share = got.filter((one) => one === value).length / guids.length
      expect(Math.abs(share - percent / 100), value).toBeLessThan(0.12)
    }
  })

  it('leaves everybody in their share when a segment, an identity or a flag comes along', () => {
    const flags = { hero: { value: 'plain', split: [{ value: 'left', percent: 50 }] } }
    const shares = (options: EnvironmentOptions) => {
      const edge = createEdge({ document: environment(options) })
      return guids.map((identifier) => edge.flagsOf({ identifier }).hero?.value)
    }
    const more: EnvironmentOptions = {
      flags: { ...flags, title: 'Hello' },
      segments: [{ when: { plan: 'pro' }, flags: { hero: 'right' } }],
      identities: { [ada]: { hero: 'right' } },
    }
    expect(shares(more)).toEqual(shares({ flags }))
  })

  it('names the variation that somebody got', async () => {
    const document = environment({
      flags: {
        hero: { value: 'plain', split: [{ value: 'left', percent: 100, variant: 'a' }] },
        title: { value: 'Hello', variant: 'b' },
      },
    })
    const headers = { 'X-Environment-Key': 'test-key' }
    const asked = new Request(`https://flags.test/api/v1/identities/?identifier=${ada}`, { headers })
    const { flags } = await (await createEdge({ document }).handler(asked)).json()
    expect(flags).toMatchObject([
      { feature_state_value: 'left', variant: 'a' },
      { feature_state_value: 'Hello', variant: 'b' },
    ])
  })

  it.each<[string, EnvironmentOptions, string]>([
    ['a segment’s flag that nobody has', { segments: [{ flags: { sise: 1 } }] }, "'sise'"],
    ['an identity’s flag that nobody has', { identities: { [ada]: { sise: 1 } } }, "'sise'"],
    ['a secret that nobody has', { serverOnly: ['sise'] }, "'sise'"],
    ['a value that none can be', { flags: { size: { value: {} as never } } }, "'size'"],
    [
      'shares of more than all',
      { flags: { size: { split: [60, 41].map((percent) => ({ value: 1, percent })) } } },
      "'size'",
    ],
    ['a share of less than nothing', { flags: { size: { split: [{ value: 1, percent: -1 }] } } }, "'size'"],
    ['a share that is no number', { flags: { size: { split: [{ value: 1 } as never] } } }, "'size'"],
  ])('refuses %s', (_, options, name) => {
    const error = { code: 'invalid-option', message: expect.stringContaining(name) }
    expect(() => environment(options)).toThrow(expect.objectContaining(error))
  })
})
