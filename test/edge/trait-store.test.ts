import { expect, test } from 'vitest'
import { traitStore } from '../../src/edge/trait-store.ts'

test('keeps a trait under one id while its value changes', () => {
  const store = traitStore(10_000)
  store.set('a', 'plan', 'free')
  const { id } = store.get('a').get('plan')!
  store.set('a', 'plan', 'pro')
  expect(store.get('a').get('plan')).toEqual({ id, value: 'pro' })
})

test('forgets the identity that was away longest when it is full', () => {
  const store = traitStore(1000)
  const identities = Array.from({ length: 5 }, (_, index) => `identity-${index}`)
  for (const identifier of identities) store.set(identifier, 'plan', 'pro')
  store.get('identity-0')
  for (let more = 0; more < 6; more++) store.set(`more-${more}`, 'plan', 'pro')
  const kept = identities.filter((identifier) => store.get(identifier).size > 0)
  expect(kept).toEqual(['identity-0'])
})

test('does not grow when one identity sends new keys for ever', () => {
  const store = traitStore(10_000)
  store.set('other', 'plan', 'pro')
  let most = 0
  for (let index = 0; index < 1000; index++) {
    store.set('a', `key-${index}`, 'x'.repeat(100))
    most = Math.max(most, store.get('a').size)
  }
  expect(most).toBeLessThan(40)
  expect(store.get('other').size).toBe(0)
})

test('gets room back from what is deleted, changed or cleared', () => {
  const store = traitStore(1000)
  store.set('first', 'plan', 'pro')
  for (let round = 0; round < 100; round++) {
    store.set('second', 'note', 'x'.repeat(round))
    store.delete('second', 'note')
  }
  store.set('second', 'note', 'x'.repeat(200))
  expect(store.get('first').size).toBe(1)
  store.clear()
  expect(store.get('first').size).toBe(0)
  store.set('first', 'note', 'x'.repeat(400))
  expect(store.get('first').size).toBe(1)
})

test('takes any key and any identifier', () => {
  const store = traitStore(10_000)
  for (const name of ['__proto__', 'constructor', '', '😀']) {
    expect(store.get(name).get(name)).toBeUndefined()
    store.set(name, name, true)
    expect(store.get(name).get(name)?.value).toBe(true)
  }
})
