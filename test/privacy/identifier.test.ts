import { describe, expect, it } from 'vitest'
import { checkIdentifier, classifyIdentifier } from '../../src/privacy/identifier.ts'
import { FIRST_NAMES, LAST_NAMES, WORDS } from './name-corpus.ts'

/** Pseudo-random numbers (mulberry32), so that a failure can be seen again. */
const SEED = 20_261_121
const generator = (seed: number) => () => {
  seed = (seed + 0x6d2b79f5) | 0
  let t = Math.imul(seed ^ (seed >>> 15), 1 | seed)
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
  return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
}
const random = generator(SEED)
const below = (n: number) => Math.floor(random() * n)
const pick = <T>(from: ArrayLike<T>): T => from[below(from.length)] as T
const capital = (word: string) => word.charAt(0).toUpperCase() + word.slice(1)
const text = (alphabet: string, length: number) => Array.from({ length }, () => pick(alphabet)).join('')

const HEX = '0123456789abcdef'
const BASE36 = '0123456789abcdefghijklmnopqrstuvwxyz'
const BASE62 = `${BASE36}ABCDEFGHIJKLMNOPQRSTUVWXYZ`
const URL64 = `${BASE62}-_`
const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const uuid = (version: string) =>
  `${text(HEX, 8)}-${text(HEX, 4)}-${version}${text(HEX, 3)}-${pick('89ab')}${text(HEX, 3)}-${text(HEX, 12)}`
const timeUuid = () =>
  (1_700_000_000_000 + below(1e11))
    .toString(16)
    .padStart(12, '0')
    .replace(/(.{8})/, '$1-') + uuid('7').slice(13)

const OPAQUE: Record<string, () => string> = {
  'UUID version 1': () => uuid('1'),
  'UUID version 4': () => uuid('4'),
  'UUID version 7': timeUuid,
  'UUID version 8': () => uuid('8'),
  'UUID in capitals': () => uuid('4').toUpperCase(),
  'UUID in capitals, without dashes': () => uuid('4').replaceAll('-', '').toUpperCase(),
  'UUID in braces': () => `{${uuid('4')}}`,
  'UUID without dashes': () => uuid('4').replaceAll('-', ''),
  ULID: () => `01${pick('ABCDEFGHJKM0123456789')}${text(CROCKFORD, 23)}`,
  'ULID in small letters': () => `01${text(CROCKFORD, 24)}`.toLowerCase(),
  TypeID: () => `user_01${text(CROCKFORD, 24)}`.toLowerCase(),
  KSUID: () => `2${text(BASE62, 26)}`,
  nanoid: () => text(URL64, 21),
  cuid2: () => pick(BASE36.slice(10)) + text(BASE36, 23),
  cuid: () => `c${(1_700_000_000_000 + below(1e11)).toString(36)}${text(BASE36, 16)}`,
  ObjectId: () => (1_700_000_000 + below(1e8)).toString(16) + text(HEX, 16),
  'Firebase uid': () => text(BASE62, 28),
  'Auth0 id': () => `auth0|${text(HEX, 24)}`,
  'Google id at Auth0': () => `google-oauth2|1${text('0123456789', 20)}`,
  '96 bits in hex': () => text(HEX, 24),
  '128 bits in hex': () => text(HEX, 32),
  'SHA-256 in hex': () => text(HEX, 64),
  '128 bits in base64url': () => text(URL64, 22),
  '256 bits in base64url': () => text(URL64, 43),
  'prefix and nanoid': () => `usr_${text(URL64, 21)}`,
  'Apple id at Auth0': () => `apple|00${text('0123456789', 4)}.${text(HEX, 32)}.${text('0123456789', 4)}`,
  'Cognito id': () => `eu-west-1:${uuid('4')}`,
  'prefix and hex': () => `usr_${text(HEX, 32)}`,
  'prefix and UUID': () => `user-${uuid('4')}`,
}

describe('an identifier that is opaque', () => {
  it.each(Object.entries(OPAQUE))('is known as such: %s', (_, make) => {
    const misjudged: string[] = []
    for (let i = 0; i < 5_000; i++) {
      const id = make()
      if (classifyIdentifier(id) !== 'opaque') misjudged.push(`${id} (seed ${SEED})`)
    }
    expect(misjudged).toEqual([])
  })

  it.each([
    '3f2b8c1e-8d52-4b3a-9a54-0c9d1d6e7f10',
    '01ARZ3NDEKTSV4RRFFQ69G5FAV',
    '0ujtsYcgvSTl8PAuAdqWYSMnLOv',
    'V1StGXR8_Z5jdHi6B-myT',
    'tz4a98xxat96iws9zmbrgj3a',
    '507f1f77bcf86cd799439011',
    'auth0|507f1f77bcf86cd799439011',
    'google-oauth2|106712345678901234567',
    '{3F2B8C1E-8D52-4B3A-9A54-0C9D1D6E7F10}',
    'urn:uuid:3f2b8c1e-8d52-4b3a-9a54-0c9d1d6e7f10',
    'user_2NNEqL2nrIRdJ194ndJqAHwEfxC',
    'user_01h455vb4pex5vsknk084sn02q',
    'eyJVFC1iuwHlKgL_PrS57', // a nanoid that begins as a token does
    'cjld2cjxh0000qzrmn831i7rn',
  ])('is known by the example of its makers: %s', (id) => {
    expect(classifyIdentifier(id)).toBe('opaque')
  })
})

describe('an identifier that is personal', () => {
  it.each([
    'jane@example.com',
    'Jane.Doe+news@mail.example.co.uk',
    'jörg@müller.example',
    'Jane Doe',
    '山田 太郎',
    'Анна Каренина',
    '+33 6 12 34 56 78',
    '+14155552671',
    '0049 30 1234567',
    '(030) 1234567',
    '555-123-4567',
    '4111 1111 1111 1111',
    '4111111111111111',
    '5500-0055-5555-5559',
    '123-45-6789',
    'QQ123456C',
    'RSSMRA85T10A562S',
    '12345678Z',
    'X1234567L',
    'DE89370400440532013000',
    'GB82 WEST 1234 5698 7654 32',
    '203.0.113.7',
    '2001:db8::1',
  ])('is known as such: %s', (id) => {
    expect(classifyIdentifier(id)).toBe('personal')
  })

  it('is known in thousands of e-mail addresses and full names', () => {
    for (let i = 0; i < 5_000; i++) {
      const [first, last] = [pick(FIRST_NAMES), pick(LAST_NAMES)]
      for (const id of [
        `${first}.${last}@${pick(WORDS)}.example`,
        `${last}${below(99)}@mail.test`,
        `${first} ${last}`,
      ]) {
        expect(classifyIdentifier(id), id).toBe('personal')
      }
    }
  })
})

describe('an identifier that can be guessed', () => {
  it.each([
    '42',
    '000123',
    'user_512356',
    'user-1',
    'customer:17',
    'admin',
    'test',
    'a',
    '1795228484',
    '1795228484023',
    '2026-11-21',
    'abcdefghijklmnop',
    '00000000-0000-0000-0000-000000000000',
    '00000000-0000-0000-0000-000000000042',
    'ffffffff-ffff-ffff-ffff-ffffffffffff',
    '11111111-1111-1111-1111-111111111111',
    '12345678-1234-1234-1234-123456789012',
    'deadbeef',
    'd41d8cd9', // a digest of too few bits
    'johnsmith1985',
    'maximilian_schneider',
    'JenniferAndersonMarketing',
    'my-test-user-account',
    '山田',
  ])('is known as such: %s', (id) => {
    expect(classifyIdentifier(id)).toBe('guessable')
  })

  it('is never taken for random when it is a counter, a date or a user name of usual length', () => {
    for (let i = 0; i < 5_000; i++) {
      const [word, other, n] = [pick(WORDS), pick(WORDS), below(1e9)]
      const ids = [
        `${n}`,
        `user_${n}`,
        `${word}-${n}`,
        `${word}_${other}`,
        `${word}${other}${n % 1000}`,
        `id:${n}`,
      ]
      ids.push(
        `2026-${String((n % 12) + 1).padStart(2, '0')}-${String((n % 28) + 1).padStart(2, '0')}-${n % 1000}`,
      )
      for (const id of ids) expect(classifyIdentifier(id), id).not.toBe('opaque')
    }
  })

  /** User names as people and generators make them. */
  const NAMES: Record<string, () => string> = {
    'first and last name': () => `${pick(FIRST_NAMES)}${pick(LAST_NAMES)}`,
    'first and last name, number': () => `${pick(FIRST_NAMES)}${pick(LAST_NAMES)}${below(10_000)}`,
    'first_last name, number': () => `${pick(FIRST_NAMES)}_${pick(LAST_NAMES)}${below(10_000)}`,
    'First-Last name, number': () =>
      `${capital(pick(FIRST_NAMES))}-${capital(pick(LAST_NAMES))}-${below(100)}`,
    'FirstLast name, number': () =>
      `${capital(pick(FIRST_NAMES))}${capital(pick(LAST_NAMES))}${below(10_000)}`,
    FIRST_LAST_NAME: () => `${pick(FIRST_NAMES)}_${pick(LAST_NAMES)}_${below(100)}`.toUpperCase(),
    'two words, number': () => `${pick(WORDS)}${pick(WORDS)}${below(10_000)}`,
    'twoWords, number': () => `${pick(WORDS)}${capital(pick(WORDS))}${below(10_000)}`,
    'three-words-slug': () => `${pick(WORDS)}-${pick(WORDS)}-${pick(WORDS)}`,
    'year between words': () => `${pick(WORDS)}${1950 + below(70)}${pick(WORDS)}`,
    'prefixed date and counter': () =>
      `order-${2000 + below(30)}-${10 + below(20)}-${10 + below(20)}-${below(1e6)}`,
    'prefixed counter with zeros': () => `customer_${String(below(1e6)).padStart(16, '0')}`,
    'prefixed hash of 64 bits': () => `user_${text(HEX, 16)}`,
    'time stamp': () => new Date(below(2e9) * 1e3).toISOString().replaceAll(':', '-'),
  }
  /** The form of cuid, and of a long name without a break alike; here the known form passes. */
  const LIKE_CUID = /^[a-z\d]{24,26}$/

  it.each(Object.entries(NAMES))('is not taken for random: %s', (_, make) => {
    const misjudged: string[] = []
    for (let i = 0; i < 2_000; i++) {
      const id = make()
      if (classifyIdentifier(id) === 'opaque' && !LIKE_CUID.test(id)) misjudged.push(id)
    }
    expect(misjudged).toEqual([])
  })

  it('passes for a cuid when it is a name of exactly that form: a limit', () => {
    expect(classifyIdentifier('maximilianmustermann1985')).toBe('opaque')
    expect(classifyIdentifier('maximilianmusterman1985')).toBe('guessable')
  })
})

describe('any text', () => {
  it('is classified without a throw, hostile ones in one walk', () => {
    const hostile = [
      '',
      ' ',
      '\0',
      '\ud800',
      'a'.repeat(10_000),
      '1 '.repeat(5_000),
      '+'.repeat(10_000),
      'a@'.repeat(5_000),
    ]
    hostile.push(
      'Aa'.repeat(5_000),
      '1-'.repeat(5_000),
      ':'.repeat(10_000),
      '(0'.repeat(5_000),
      'a_'.repeat(5_000),
    )
    for (const id of hostile) expect(['personal', 'guessable', 'opaque']).toContain(classifyIdentifier(id))
  })
})

describe('the shape of an identifier', () => {
  it('is a text that is trimmed, as servers trim it', () => {
    expect(checkIdentifier('  guid ')).toBe('guid')
    expect(checkIdentifier('x'.repeat(2_000))).toHaveLength(2_000)
  })

  it.each([undefined, null, 42, {}, '', '   ', 'x'.repeat(2_001), 'a\0b', 'a\ud800b'])('is not %j', (id) => {
    try {
      checkIdentifier(id)
      expect.unreachable()
    } catch (error) {
      expect(error).toMatchObject({ code: 'invalid-identifier' })
    }
  })
})
