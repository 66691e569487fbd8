import { type Digest, md5 } from './md5.ts'

/**
 * The percentage, from 0 up to but never 100, under which an id falls for a seed: the same two, the same bucket, in
 * every engine that speaks Flagsmith.
 */
export function bucket(seed: string, id: string): number {
  // 9998 of 9999 would be 100 %, which no one may reach. The public engine then hashes the ids written out twice,
  // three times and so on, until the answer is another.
  for (let front = `${seed},`; ; front += `${id},${seed},`) {
    const percentage = (modulo9999(md5(front, id)) / 9998) * 100
    if (percentage !== 100) return percentage
  }
}

/** The 128-bit number modulo 9999, word by word. No step leaves 32 bits, which spares us BigInt. */
function modulo9999(digest: Digest): number {
  let rest = 0
  // `>>> 0` changes nothing but tells the engine that the word is an integer: eight times faster.
  for (const word of digest) rest = (rest * (2 ** 32 % 9999) + ((word >>> 0) % 9999)) % 9999
  return rest
}
