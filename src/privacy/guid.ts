import { GuidonError } from '../model/errors.ts'

/** The part of Web Crypto that is used: this room compiles without a platform's types. */
declare const crypto: { getRandomValues(bytes: Uint8Array): Uint8Array }

/**
 * Fills an array with random bytes, and gives it back: what `crypto.getRandomValues` does. That takes no shared memory, which
 * TypeScript says by a type argument since 5.7 and could not say before.
 */
export type RandomSource = (bytes: ReturnType<typeof Uint8Array.of>) => Uint8Array

/** 16 bytes as a GUID (RFC 9562). Its version, 4 or 8, and its variant, `10`, take the place of six bits. */
export function formGuid(bytes: Uint8Array, version: number): string {
  bytes[6] = (bytes[6]! & 15) | (version << 4)
  bytes[8] = (bytes[8]! & 63) | 128
  return bytes
    .reduce((hex, byte) => hex + byte.toString(16).padStart(2, '0'), '')
    .replace(/(?=(.{4}){3,6}$)/g, '-')
}

/**
 * A random GUID (RFC 9562, version 4). Needs no `crypto.randomUUID`, which insecure pages and Hermes lack.
 *
 * @param random fills the bytes it is given with random ones. Default: `crypto.getRandomValues`.
 * @throws GuidonError `unsupported` without a source of randomness. `Math.random` is none: its numbers can be foretold.
 */
export function newGuid(random: RandomSource = (bytes) => crypto.getRandomValues(bytes)): string {
  try {
    return formGuid(random(new Uint8Array(16)), 4)
  } catch (cause) {
    throw new GuidonError('unsupported', 'no crypto', { cause })
  }
}
