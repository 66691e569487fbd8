/** An MD5 digest as four 32-bit words, in the order and byte order in which its hexadecimal form is written. */
export type Digest = readonly [number, number, number, number]

const shifts = [7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21]
const sines = Int32Array.from({ length: 64 }, (_, step) => Math.floor(Math.abs(Math.sin(step + 1)) * 2 ** 32))

const utf8 = new TextEncoder()
const words = new Int32Array(16)
// Used again for every text, so that hashing allocates nothing. Nothing here awaits, so nobody shares it.
let message = new DataView(new ArrayBuffer(1024))

/**
 * MD5 of a text's UTF-8 bytes.
 *
 * Ours, because the public engine buckets with MD5, an evaluation must be synchronous to be fast, and Web Crypto
 * knows no MD5 and answers only later. It sorts users into buckets; it protects nothing.
 */
export function md5(text: string): Digest {
  const end = writeMessage(text)
  let a = 0x67452301
  let b = 0xefcdab89 | 0
  let c = 0x98badcfe | 0
  let d = 0x10325476

  for (let block = 0; block < end; block += 64) {
    for (let word = 0; word < 16; word++) words[word] = message.getInt32(block + word * 4, true)
    const before = [a, b, c, d] as const
    for (let step = 0; step < 64; step++) {
      const round = step >> 4
      let mixed: number
      let word: number
      if (round === 0) {
        mixed = d ^ (b & (c ^ d))
        word = step
      } else if (round === 1) {
        mixed = c ^ (d & (b ^ c))
        word = (5 * step + 1) & 15
      } else if (round === 2) {
        mixed = b ^ c ^ d
        word = (3 * step + 5) & 15
      } else {
        mixed = c ^ (b | ~d)
        word = (7 * step) & 15
      }
      const sum = (a + mixed + sines[step]! + words[word]!) | 0
      const shift = shifts[round * 4 + (step & 3)]!
      a = d
      d = c
      c = b
      b = (b + ((sum << shift) | (sum >>> (32 - shift)))) | 0
    }
    a = (a + before[0]) | 0
    b = (b + before[1]) | 0
    c = (c + before[2]) | 0
    d = (d + before[3]) | 0
  }
  return [swapBytes(a), swapBytes(b), swapBytes(c), swapBytes(d)]
}

/** Lays the text out as MD5 wants it: its bytes, a one bit, zeros, the length in bits. Answers where it ends. */
function writeMessage(text: string): number {
  // A UTF-16 unit becomes at most three bytes; the padding at most 72.
  const room = text.length * 3 + 72
  if (message.byteLength < room) message = new DataView(new ArrayBuffer(room))
  const bytes = new Uint8Array(message.buffer)

  const { written: length } = utf8.encodeInto(text, bytes)
  const end = (length + 72) & ~63
  bytes.fill(0, length, end)
  bytes[length] = 0x80
  message.setUint32(end - 8, length << 3, true)
  message.setUint32(end - 4, length / 0x2000_0000, true)
  return end
}

/** MD5 counts in little-endian, people write it in big-endian. */
const swapBytes = (word: number): number =>
  ((word << 24) | ((word & 0xff00) << 8) | ((word >>> 8) & 0xff00) | (word >>> 24)) >>> 0
