import { GuidonError } from '../model/errors.ts'
import { formGuid } from './guid.ts'
import { checkIdentifier } from './identifier.ts'
import { UNSENDABLE } from './patterns.ts'

/** The parts of the platform that are used: this room compiles without a platform's types. */
declare const crypto: { subtle: { digest(algorithm: string, bytes: Uint8Array): Promise<ArrayBuffer> } }
declare const TextEncoder: new () => { encode(text: string): Uint8Array }

/**
 * The same GUID for the same id and salt each time (RFC 9562, version 8): the first 16 bytes of SHA-256 over salt, NUL
 * and id in UTF-8, so that a server can make it, too. Nobody gets back to the id who does not try out ids; choose a salt
 * of your app's own, and never change it, or every user becomes another.
 *
 * Where there is no `crypto.subtle` (pages without https, Hermes), let your server make the GUID.
 *
 * @throws GuidonError `invalid-option` without a salt, `invalid-identifier` without an id, `unsupported` without Web Crypto.
 * @example await flags.identify(await opaqueId(account.id, { salt: 'shop.example' }))
 */
export async function opaqueId(userId: string, { salt }: { salt: string }): Promise<string> {
  const id = checkIdentifier(userId)
  // A NUL parts the two, and neither holds one, so that no other pair gives the same bytes.
  if (!salt || UNSENDABLE.test(salt)) throw new GuidonError('invalid-option', 'salt')
  try {
    const bytes = new TextEncoder().encode(`${salt}\0${id}`)
    return formGuid(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes), 0, 16), 8)
  } catch (cause) {
    throw new GuidonError('unsupported', 'no crypto', { cause })
  }
}
