/** An MD5 digest as four 32-bit words, in the order and byte order in which its hexadecimal form is written. */
export type Digest = readonly [number, number, number, number]

const sines = Int32Array.from({ length: 64 }, (_, step) => Math.floor(Math.abs(Math.sin(step + 1)) * 2 ** 32))

const utf8 = new TextEncoder()
const start = Int32Array.of(0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476)

// Used again for every text, so that hashing allocates nothing. Nothing here awaits, so nobody shares them.
const state = new Int32Array(4)
const words = new Int32Array(16)
let bytes = new Uint8Array(1024)
let message = new DataView(bytes.buffer)

/** Where the text lies in `bytes`. Before it there is room for what is put in front. */
const textAt = 128
let text: string | undefined
let textEnd = textAt

/**
 * MD5 of the UTF-8 bytes of two texts, one after the other. The second is remembered: an identity is hashed once for each
 * feature that is split, and there the seed in front is all that differs.
 *
 * Ours, because the public engine buckets with MD5, an evaluation must be synchronous to be fast, and Web Crypto
 * knows no MD5 and answers only later. It sorts users into buckets; it protects nothing.
 */
export function md5(front: string, rest: string): Digest {
  if (rest !== text) write(rest)
  const begin = writeInFront(front)
  if (begin === undefined) return md5('', front + rest)

  const length = textEnd - begin
  const end = begin + ((length + 72) & ~63)
  message.setUint32(end - 8, length << 3, true)
  message.setUint32(end - 4, length / 0x2000_0000, true)
  for (let word = 0; word < 4; word++) state[word] = start[word]!
  for (let block = begin; block < end; block += 64) {
    for (let word = 0; word < 16; word++) words[word] = message.getInt32(block + word * 4, true)
    mix()
  }
  // With another front the length stands elsewhere, and here a zero.
  message.setFloat64(end - 8, 0)
  return [swapBytes(state[0]!), swapBytes(state[1]!), swapBytes(state[2]!), swapBytes(state[3]!)]
}

/** Lays the text out as MD5 wants it: its bytes, a one bit, and zeros enough for any length in front. */
function write(rest: string): void {
  // A UTF-16 unit becomes at most three bytes; the padding at most 72.
  const room = textAt + rest.length * 3 + 72
  if (bytes.length < room) {
    bytes = new Uint8Array(room)
    message = new DataView(bytes.buffer)
  }
  text = rest
  textEnd = textAt + utf8.encodeInto(rest, bytes.subarray(textAt)).written
  bytes.fill(0, textEnd, textEnd + 72)
  bytes[textEnd] = 0x80
}

/** Answers where the whole begins; undefined when there is no room, or the text is not ASCII. */
function writeInFront(front: string): number | undefined {
  const begin = textAt - front.length
  if (begin < 0) return undefined
  for (let index = 0; index < front.length; index++) {
    const code = front.charCodeAt(index)
    if (code > 0x7f) return undefined
    bytes[begin + index] = code
  }
  return begin
}

/** Mixes the words of a block into the state: four rounds of sixteen steps, each a sum that is turned to the left. */
function mix(): void {
  let a = state[0]!
  let b = state[1]!
  let c = state[2]!
  let d = state[3]!
  // Four steps stand in each loop, because after four the names are back in their places.
  for (let i = 0; i < 16; i += 4) {
    a = turned(a + (d ^ (b & (c ^ d))) + sines[i]! + words[i]!, 7, b)
    d = turned(d + (c ^ (a & (b ^ c))) + sines[i + 1]! + words[i + 1]!, 12, a)
    c = turned(c + (b ^ (d & (a ^ b))) + sines[i + 2]! + words[i + 2]!, 17, d)
    b = turned(b + (a ^ (c & (d ^ a))) + sines[i + 3]! + words[i + 3]!, 22, c)
  }
  for (let i = 16; i < 32; i += 4) {
    a = turned(a + (c ^ (d & (b ^ c))) + sines[i]! + words[(5 * i + 1) & 15]!, 5, b)
    d = turned(d + (b ^ (c & (a ^ b))) + sines[i + 1]! + words[(5 * i + 6) & 15]!, 9, a)
    c = turned(c + (a ^ (b & (d ^ a))) + sines[i + 2]! + words[(5 * i + 11) & 15]!, 14, d)
    b = turned(b + (d ^ (a & (c ^ d))) + sines[i + 3]! + words[(5 * i) & 15]!, 20, c)
  }
  for (let i = 32; i < 48; i += 4) {
    a = turned(a + (b ^ c ^ d) + sines[i]! + words[(3 * i + 5) & 15]!, 4, b)
    d = turned(d + (a ^ b ^ c) + sines[i + 1]! + words[(3 * i + 8) & 15]!, 11, a)
    c = turned(c + (d ^ a ^ b) + sines[i + 2]! + words[(3 * i + 11) & 15]!, 16, d)
    b = turned(b + (c ^ d ^ a) + sines[i + 3]! + words[(3 * i + 14) & 15]!, 23, c)
  }
  for (let i = 48; i < 64; i += 4) {
    a = turned(a + (c ^ (b | ~d)) + sines[i]! + words[(7 * i) & 15]!, 6, b)
    d = turned(d + (b ^ (a | ~c)) + sines[i + 1]! + words[(7 * i + 7) & 15]!, 10, a)
    c = turned(c + (a ^ (d | ~b)) + sines[i + 2]! + words[(7 * i + 14) & 15]!, 15, d)
    b = turned(b + (d ^ (c | ~a)) + sines[i + 3]! + words[(7 * i + 5) & 15]!, 21, c)
  }
  state[0]! += a
  state[1]! += b
  state[2]! += c
  state[3]! += d
}

/** A sum's 32 bits turned to the left, with another word on top. Kept so small that engines put it in place. */
const turned = (sum: number, by: number, other: number): number =>
  (((sum << by) | (sum >>> (32 - by))) + other) | 0

/** MD5 counts in little-endian, people write it in big-endian. */
const swapBytes = (word: number): number =>
  ((word << 24) | ((word & 0xff00) << 8) | ((word >>> 8) & 0xff00) | (word >>> 24)) >>> 0
