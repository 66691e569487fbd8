/**
 * A 64-bit hash as text, synchronous, for storage keys: the synchronous start cannot wait for Web Crypto. Two lanes of
 * FNV-1a over characters, each with a start of its own, further apart than any two characters. It keeps an opaque
 * identifier out of a dump; it is no defence for one that can be guessed.
 */
export const hash = (text = ''): string => lane(text, 1e9) + lane(text, 2e9)

const lane = (text: string, h: number): string => {
  for (const character of text) {
    h = Math.imul(h ^ (character.codePointAt(0) as number), 0x85ebca6b)
    h ^= h >>> 15
  }
  return (h >>> 0).toString(16).padStart(8, '0')
}
