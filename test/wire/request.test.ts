import { describe, expect, it } from 'vitest'
import type { Trait } from '../../src/model/trait.ts'
import { flagsRequest } from '../../src/wire/request.ts'

const traits = (entries: Record<string, Trait>) => new Map(Object.entries(entries))
const guid = { id: 'a+b/ä', transient: false }
const body = (request: { body?: string }) => JSON.parse(request.body as string)

describe('the request for flags', () => {
  it('is a GET of the environment for nobody', () => {
    expect(flagsRequest(undefined, new Map())).toEqual({ path: 'flags/' })
  })

  it('is a GET of the identity, encoded, as long as there are no traits', () => {
    expect(flagsRequest(guid, new Map())).toEqual({ path: 'identities/?identifier=a%2Bb%2F%C3%A4' })
  })

  it('is a POST with all traits, and marks only the transient ones', () => {
    const request = flagsRequest(
      guid,
      traits({
        plan: { value: 'pro', transient: false },
        country: { value: 'FR', transient: true },
        beta: { value: null, transient: false },
      }),
    )
    expect(request.path).toBe('identities/')
    expect(body(request)).toEqual({
      identifier: 'a+b/ä',
      traits: [
        { trait_key: 'plan', trait_value: 'pro' },
        { trait_key: 'country', trait_value: 'FR', transient: true },
        { trait_key: 'beta', trait_value: null },
      ],
    })
  })

  it('is a POST for a transient identity even without traits: a GET would drop its overrides', () => {
    expect(body(flagsRequest({ ...guid, transient: true }, new Map()))).toEqual({
      identifier: 'a+b/ä',
      transient: true,
      traits: [],
    })
  })

  it('sends a trait named __proto__ like any other', () => {
    const request = flagsRequest(guid, new Map([['__proto__', { value: 1, transient: false }]]))
    expect(body(request).traits).toEqual([{ trait_key: '__proto__', trait_value: 1 }])
  })
})
