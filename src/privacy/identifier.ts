import { GuidonError } from '../model/errors.ts'
import { kindOf, UNSENDABLE } from './patterns.ts'

/**
 * How much an identifier tells: `personal` says who somebody is, `guessable` can be counted up to or looked up,
 * `opaque` is neither.
 */
export type IdentifierClass = 'personal' | 'guessable' | 'opaque'

/** What is done about an identifier that is not opaque. */
export type IdentifierPolicy = 'block' | 'hash' | 'warn' | 'allow'

const UUID = /^[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}$/

/**
 * Random in form and, where it can be seen, in fact: the known forms first, then any text that does not read like words.
 * In doubt an id in a known form passes: it must never happen that one user of 20,000 is blocked for an unlucky id.
 */
function isOpaque(text: string): boolean {
  // Capitals alone tell no more than small letters alone.
  const id = /[a-z]/.test(text) ? text : text.toLowerCase()
  return (
    // Dummies and counters in the clothes of a UUID repeat themselves, `00000000-0000-…`, `12345678-1234-1234-…`; too
    // little hex, `user_9f86d081884c7d65`.
    !/(.{4,5})\1\1|^(?:[a-z]+[_-])?[\da-f]{8,20}$/.test(id) &&
    // Whatever is before it (`usr_`, `auth0|`, `eu-west-1:`): 21 digits of hex, as many as Google's ids have, with the
    // dashes and braces of a UUID or without, which takes in ObjectId; then cuid, cuid2 and ULID.
    (/(?:[\da-f][-.]?){21}\}?$|(?:^|[_|:-])[a-z\d]{24,26}$/.test(id) ||
      // base64url and base62 (nanoid, KSUID, Firebase): random letters fall into many pieces, names and words into few. A
      // piece is what can be spoken in one go (a vowel every five letters, a capital at its head) and the number behind
      // it, or one character. Of random ids of 21 characters one in a million has three pieces or fewer.
      (/^[\w|:-]{16,}$/.test(id) &&
        id.match(/[A-Z]?(?:[a-z]{0,4}[aeiouy])+[a-z]{0,3}[-_\d]*|[-_\d]+|./g)!.length >
          (id.length < 21 ? 4 : id.length * 0.4 - 5.3)))
  )
}

/**
 * Which class an identifier is of. Never throws, never keeps or tells the identifier.
 *
 * @example classifyIdentifier('ada@example.org')                        // 'personal'
 * @example classifyIdentifier('user_512356')                            // 'guessable'
 * @example classifyIdentifier('3f2b8c1e-8d52-4b3a-9a54-0c9d1d6e7f10')   // 'opaque'
 */
export const classifyIdentifier = (id: string): IdentifierClass =>
  // What has a space in it was written by or for people: a name, a number in groups. Most identifiers are UUIDs, and for
  // those the start need not compile the patterns of all that is personal.
  !UUID.test(id) && (/\s/.test(id) || kindOf(id)) ? 'personal' : isOpaque(id) ? 'opaque' : 'guessable'

/**
 * An identifier as it is sent: trimmed, as the API trims it.
 *
 * @throws GuidonError `invalid-identifier` for what servers refuse or fail on: no text, nothing, more than 2,000 characters,
 * NUL, half a character.
 */
export function checkIdentifier(id: unknown): string {
  const text = typeof id === 'string' && id.trim()
  if (!text || text.length > 2000 || UNSENDABLE.test(text)) {
    throw new GuidonError('invalid-identifier', 'send text')
  }
  return text
}
