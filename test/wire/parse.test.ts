import { describe, expect, it } from 'vitest'
import { GuidonError } from '../../src/model/errors.ts'
import type { FlagTable } from '../../src/model/flag.ts'
import { parseFlags } from '../../src/wire/parse.ts'
import { bodyText, type Recording, recordings } from '../recordings.ts'

const guid = { id: 'guid', transient: false }
const wireFlag = (name: string, enabled: unknown, value: unknown, more = {}) => ({
  feature: { id: 1, name, type: 'STANDARD' },
  enabled,
  feature_state_value: value,
  ...more,
})
const refusal = (text: string, identity: typeof guid | undefined = undefined) => {
  try {
    parseFlags(text, identity)
  } catch (error) {
    return error as GuidonError
  }
  throw new Error('was not refused')
}

describe.each(Object.entries(recordings))('recorded answers of %s', (_, exchanges) => {
  const answered = (test: (exchange: Recording) => boolean) =>
    exchanges.filter((exchange) => exchange.response.status === 200 && test(exchange))
  const whole = ({ response: { body } }: Recording) => typeof body === 'object' && body !== null

  const flagLists = answered(
    (e) => whole(e) && Array.isArray(e.response.body) && /v1\/flags\/$/.test(e.request.path),
  )
  const identities = answered(
    (e) => whole(e) && 'flags' in (e.response.body as object) && 'identifier' in (e.response.body as object),
  )

  it('to GET flags/ become the flags they say', () => {
    expect(flagLists.length).toBeGreaterThan(5)
    for (const exchange of flagLists) {
      const body = exchange.response.body as ReturnType<typeof wireFlag>[]
      const table = parseFlags(bodyText(exchange), undefined)
      expect(table.size).toBe(body.length)
      for (const flag of body) {
        expect(table.get(flag.feature.name)).toEqual([flag.enabled, flag.feature_state_value])
      }
    }
  })

  it('to identities/ become the flags they say, with variants where there are any', () => {
    expect(identities.length).toBeGreaterThan(15)
    for (const exchange of identities) {
      const body = exchange.response.body as {
        identifier: string
        flags: { feature: { name: string }; variant?: string }[]
      }
      const table = parseFlags(bodyText(exchange), { id: body.identifier, transient: false })
      expect(table.size).toBe(body.flags.length)
      for (const { feature, variant } of body.flags)
        expect(table.get(feature.name)?.[2] ?? null).toBe(variant ?? null)
    }
  })

  it('that are anything else are refused', () => {
    const others = exchanges.filter(
      (e) =>
        !flagLists.includes(e) && !identities.includes(e) && !/"flags"|feature_state_value/.test(bodyText(e)),
    )
    expect(others.length).toBeGreaterThan(30)
    for (const exchange of others) {
      expect(refusal(bodyText(exchange), guid).code, exchange.name).toBe('payload')
      expect(refusal(bodyText(exchange)).code, exchange.name).toBe('payload')
    }
  })
})

describe('an answer', () => {
  it.each([
    ['nothing', ''],
    ['a page of a captive portal', '<!doctype html><title>Log in</title>'],
    ['half a body', JSON.stringify([wireFlag('a', true, 1)]).slice(0, -5)],
    ['a message with status 200', '{"detail":"Missing identifier"}'],
    ['null', 'null'],
    ['a number', '42'],
    ['a list of something else', '[1,null,"x"]'],
    ['a flag without a feature', '[{"enabled":true,"feature_state_value":1}]'],
    ['a flag without a name', JSON.stringify([{ ...wireFlag('a', true, 1), feature: {} }])],
    ['a flag that is neither on nor off', JSON.stringify([wireFlag('a', 'yes', 1)])],
    ['a flag whose value is an object', JSON.stringify([wireFlag('a', true, { a: 1 })])],
    [
      'a flag whose value is missing',
      JSON.stringify([{ ...wireFlag('a', true, 1), feature_state_value: undefined }]),
    ],
    ['a variant that is no text', JSON.stringify([wireFlag('a', true, 1, { variant: 7 })])],
    ['one good flag and one bad', JSON.stringify([wireFlag('a', true, 1), wireFlag('b', 1, 1)])],
  ])('that is %s is no answer', (_, text) => {
    expect(refusal(text).code).toBe('payload')
    expect(refusal(`{"flags":${text}}`, guid).code).toBe('payload')
  })

  it('for another identifier is refused, as a careless cache might give it', () => {
    expect(refusal('{"identifier":"somebody else","flags":[]}', guid).code).toBe('payload')
  })

  it('without an identifier is taken: one proxy sends none', () => {
    expect(parseFlags('{"flags":[],"traits":[]}', guid)).toEqual(new Map())
  })

  it('is never repeated in the error, which may be logged', () => {
    const error = refusal('{"identifier":"jane@example.com","flags":"secret trait"')
    expect(`${error.message} ${JSON.stringify(error)} ${error.cause}`).not.toMatch(/jane|secret/)
    expect(error).toBeInstanceOf(GuidonError)
  })

  it('may name flags like the parts of an object', () => {
    const names = ['__proto__', 'constructor', 'toString', '', '🚩', 'x'.repeat(200), '"<b>&\\']
    const table: FlagTable = parseFlags(
      JSON.stringify(names.map((name) => wireFlag(name, true, name))),
      undefined,
    )
    expect([...table.keys()]).toEqual(names)
    for (const name of names) expect(table.get(name)).toEqual([true, name])
  })
})
