import { GuidonError } from '../model/errors.ts'
import type { Trait, TraitValue } from '../model/trait.ts'
import { kindOf, PERSONAL_KEY, UNSENDABLE } from './patterns.ts'

/** What is done about a persistent trait that is personal. */
export type TraitPolicy = 'transient' | 'drop' | 'block' | 'warn' | 'allow'

/**
 * A rule of the app's own. A text (the kind) or `true` says that the trait is personal.
 *
 * @example const badge: TraitDetector = (key, value) => /^EMP-\d+$/.test(`${value}`) && 'badge'
 */
export type TraitDetector = (key: string, value: TraitValue) => string | boolean | undefined

/**
 * Which personal data a trait is, by its value, by its key, or by a rule of the app's own: `'email'`, `'phone'`, `'card'`,
 * `'iban'`, `'ip'`, `'national-id'`, `'secret'`, `'key'`, `'custom'`; `undefined` when none.
 */
export function personalKind(
  key: string,
  value: TraitValue,
  detectors: readonly TraitDetector[] = [],
): string | undefined {
  const text = `${value}`
  const kind =
    // A version of four parts, `1.2.3.4`, looks like an address.
    (!/version/i.test(key) && kindOf(text)) ||
    // Yes, no and small numbers are about personal data, not personal data: `has_phone: true`, `unread_mail: 3`.
    (!/^(?:\d{0,4}|true|false|yes|no)$/i.test(text) &&
      PERSONAL_KEY.test(key.replace(/[a-z](?=[A-Z])/g, '$&_')) &&
      'key') ||
    detectors.map((detector) => detector(key, value)).find(Boolean)
  return kind === true ? 'custom' : (kind as string | undefined)
}

/**
 * A trait as it is sent, or an error: one bad trait would cost the server's whole answer, flags included.
 *
 * @throws GuidonError `invalid-trait`, which names the key, never the value, and says what to send instead.
 */
export function checkTrait(key: string, input: unknown): Trait {
  try {
    // Each property is read once. A getter or proxy that throws ends in the refusal below.
    const own = Object(input)
    const transient = own.transient === true
    const value = transient ? own.value : input
    if (
      key.trim() &&
      key.length <= 200 &&
      !UNSENDABLE.test(`${key} ${value}`) &&
      (typeof value === 'string'
        ? // Bytes in UTF-8: each is one character or one `%XX`.
          encodeURIComponent(value).replace(/%../g, '.').length <= 2000
        : typeof value === 'number'
          ? // An integer within 32 bits, or a fraction. What is neither (NaN, Infinity, 2 ** 31) has the remainder 0 or NaN.
            (value | 0) === value || value % 1
          : typeof value === 'boolean' || (value === null && !transient))
    ) {
      return { value: value as TraitValue | null, transient }
    }
  } catch {}
  throw new GuidonError('invalid-trait', `'${key}': send a boolean, number, text, null, ISO date or JSON`, {
    key,
  })
}
