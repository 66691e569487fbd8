import { describe, expect, it, vi } from 'vitest'
import { GuidonError } from '../../src/model/errors.ts'
import { transient } from '../../src/model/trait.ts'
import { checkTrait, personalKind, type TraitDetector } from '../../src/privacy/traits.ts'
import { EVERYDAY, PERSONAL } from './trait-corpus.ts'

const refusal = (key: string, input: unknown): GuidonError => {
  try {
    checkTrait(key, input)
  } catch (error) {
    expect(error).toBeInstanceOf(GuidonError)
    return error as GuidonError
  }
  return expect.unreachable(`${key} was not refused`)
}

describe('a personal trait', () => {
  it('is found by value or by key in each example of the corpus', () => {
    expect(PERSONAL.length).toBeGreaterThanOrEqual(150)
    const wrong = PERSONAL.filter(([key, value, kind]) => personalKind(key, value) !== kind)
    expect(wrong.map(([key, value, kind]) => [key, value, kind, personalKind(key, value)])).toEqual([])
  })

  it('is seen in no everyday trait', () => {
    expect(EVERYDAY.length).toBeGreaterThanOrEqual(250)
    const wrong = EVERYDAY.filter(([key, value]) => personalKind(key, value) !== undefined)
    expect(wrong.map(([key, value]) => [key, value, personalKind(key, value)])).toEqual([])
  })

  it('is not a card or an account when its check digits are wrong', () => {
    for (const value of [
      '4111111111111112',
      '4111 1111 1111 1121',
      'DE88370400440532013000',
      'GB82WEST12345698765433',
    ]) {
      expect(personalKind('note', value), value).toBeUndefined()
    }
  })

  it('is never a boolean, whatever its key', () => {
    for (const key of ['email', 'phone', 'first_name', 'ssn', 'password', 'ip']) {
      expect(personalKind(key, true)).toBeUndefined()
      expect(personalKind(key, false)).toBeUndefined()
    }
  })

  it('is what the app says: a text names the kind, true does not', () => {
    const badge: TraitDetector = (_, value) => /^EMP-\d+$/.test(`${value}`) && 'badge'
    const salary: TraitDetector = (key) => key === 'salary'
    const none: TraitDetector = () => undefined
    expect(personalKind('staff', 'EMP-512356', [none, badge, salary])).toBe('badge')
    expect(personalKind('salary', 52_000, [none, badge, salary])).toBe('custom')
    expect(personalKind('plan', 'pro', [none, badge, salary])).toBeUndefined()
    expect(personalKind('email', 'jane@example.com', [badge])).toBe('email')
  })

  it('is looked for in any text without a throw', () => {
    const long = [
      'a',
      '@',
      '.',
      'a@',
      'a.',
      ':',
      '::',
      '1:',
      '1',
      '1 ',
      '0',
      '+',
      '(',
      ' ',
      'A1',
      'eyJ',
      'ey.',
      '-',
      '\ud800',
    ]
    for (const piece of long) {
      const text = piece.repeat(10_000 / piece.length)
      for (const hostile of [text, `${text}!`, `0${text}`, `a@${text}`, `+1${text}`, `DE89${text}`]) {
        expect(() => personalKind('note', hostile)).not.toThrow()
        expect(() => personalKind(hostile, 'note')).not.toThrow()
      }
    }
  })
})

describe('a trait that can be sent', () => {
  it.each([
    true,
    false,
    '',
    'pro',
    '日本語',
    'x'.repeat(2000),
    'é'.repeat(1000),
    '€'.repeat(666),
    '😀'.repeat(500),
    0,
    -0,
    1.5,
    -2147483648,
    2147483647,
    Number.MIN_VALUE,
    1e-7,
    null,
  ])('passes as it is: %j', (value) => {
    expect(checkTrait('plan', value)).toEqual({ value, transient: false })
  })

  it('may be transient, by transient() or by an object of that form', () => {
    expect(checkTrait('country', transient('FR'))).toEqual({ value: 'FR', transient: true })
    expect(checkTrait('country', { value: 7, transient: true })).toEqual({ value: 7, transient: true })
    expect(checkTrait('country', Object.create(transient('x')))).toEqual({ value: 'x', transient: true })
    expect(checkTrait('country', Object.assign(Object.create(null), transient(true)))).toEqual({
      value: true,
      transient: true,
    })
  })

  it.each(['__proto__', 'constructor', 'toString', 'k'.repeat(200), '🚩', '"<b>\'', ' padded '])(
    'may have any name: %j',
    (key) => {
      expect(checkTrait(key, 'x')).toEqual({ value: 'x', transient: false })
    },
  )
})

describe('a trait that cannot be sent', () => {
  const revoked = Proxy.revocable({}, {})
  revoked.revoke()
  const fail = (): never => {
    throw new Error('read')
  }
  const thrower = new Proxy(
    {},
    {
      get: fail,
      ownKeys: fail,
      getPrototypeOf: fail,
      getOwnPropertyDescriptor: fail,
    },
  )

  it.each<[string, unknown]>([
    ['an object', {}],
    ['an object with a value', { value: 'x' }],
    ['an object that is almost transient', { value: 'x', transient: 'yes' }],
    ['an object that is not transient', { value: 'x', transient: false }],
    ['a transient transient', transient(transient('x') as never)],
    ['a transient null', transient(null as never)],
    ['a transient nothing', { transient: true }],
    ['a transient array', transient([] as never)],
    ['a transient proxy that throws', transient(thrower as never)],
    ['an array', ['x']],
    ['a Date', new Date(0)],
    ['a Map', new Map()],
    ['a boxed text', Object('x')],
    ['a function', () => 'x'],
    ['a symbol', Symbol('x')],
    ['undefined', undefined],
    ['a bigint', 1n],
    ['NaN', Number.NaN],
    ['Infinity', Number.POSITIVE_INFINITY],
    ['minus Infinity', Number.NEGATIVE_INFINITY],
    ['an integer past 32 bits', 2147483648],
    ['an integer below 32 bits', -2147483649],
    ['a huge number, which is whole', 1e300],
    ['2,001 bytes', 'x'.repeat(2001)],
    ['2,002 bytes in 1,001 characters', 'é'.repeat(1001)],
    ['2,001 bytes in 667 characters', '€'.repeat(667)],
    ['2,004 bytes in 501 emoji', '😀'.repeat(501)],
    ['a NUL', 'a\0b'],
    ['the first half of a character', 'a\ud83d'],
    ['the second half of a character', '\ude00a'],
    ['a getter that throws', Object.defineProperty({}, 'transient', { enumerable: true, get: fail })],
    ['a proxy that throws', thrower],
    ['a revoked proxy', revoked.proxy],
  ])('is %s: the error names the key and what to send', (_, input) => {
    const error = refusal('born', input)
    expect(error).toMatchObject({ code: 'invalid-trait', key: 'born' })
    expect(error.message).toMatch(/'born': send .*boolean.*number.*text.*null.*ISO.*JSON/)
    expect(error.cause).toBeUndefined()
  })

  it.each(['', '  ', '\t\n', 'k'.repeat(201), 'a\0b', 'a\ud800b'])('has the key %j', (key) => {
    expect(refusal(key, 'x')).toMatchObject({ code: 'invalid-trait', key })
  })

  it('is not told in the message', () => {
    expect(refusal('born', `jane@example.com${'x'.repeat(2000)}`).message).not.toContain('jane')
    expect(refusal('born', { name: 'jane' }).message).not.toContain('jane')
  })

  it('is read once, so that a value cannot change after it was checked', () => {
    const read = vi.fn().mockReturnValueOnce('x').mockReturnValue({})
    const input = { transient: true }
    Object.defineProperty(input, 'value', { enumerable: true, get: read })
    expect(checkTrait('plan', input)).toEqual({ value: 'x', transient: true })
    expect(read).toHaveBeenCalledTimes(1)
  })
})
