import { GuidonError } from '../model/errors.ts'

/** The part of Web Crypto that is used, looked up when it is: this room compiles without a platform's types. */
interface WebCrypto {
  readonly crypto: { getRandomValues(bytes: Uint8Array): Uint8Array }
}

/**
 * A random GUID (RFC 9562, version 4). Needs no `crypto.randomUUID`, which insecure pages and Hermes lack.
 *
 * @param random fills the bytes it is given with random ones. Default: `crypto.getRandomValues`.
 * @throws GuidonError `unsupported` without a source of randomness. `Math.random` is none: its numbers can be foretold.
 */
export function newGuid(
  random = (bytes: Uint8Array): Uint8Array =>
    (globalThis as unknown as WebCrypto).crypto.getRandomValues(bytes),
): string {
  try {
    const bytes = random(new Uint8Array(36))
    // Half a byte for each digit: all of it for a 0, two bits for the 8, as RFC 9562 lays down the variant there.
    return '00000000-0000-4000-8000-000000000000'.replace(/[08]/g, (digit, index: number) =>
      (+digit ^ (bytes[index]! & (15 >> (+digit / 4)))).toString(16),
    )
  } catch (cause) {
    throw new GuidonError('unsupported', 'newGuid needs crypto.getRandomValues', { cause })
  }
}
