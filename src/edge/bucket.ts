import { md5 } from './md5.ts'

/**
 * The percentage, from 0 up to but never 100, under which these ids are sorted: the same ids, the same bucket, in
 * every engine that speaks Flagsmith.
 */
export function bucket(...ids: readonly string[]): number {
  const once = ids.join(',')
  // 9998 of 9999 would be 100 %, which no one may reach. The public engine then hashes the ids written out twice,
  // three times and so on, until the answer is another.
  for (let text = once; ; text += `,${once}`) {
    const percentage = (remainder(md5(text)) / 9998) * 100
    if (percentage !== 100) return percentage
  }
}

/** The 128-bit number modulo 9999, word by word: no step leaves the integers that a double holds exactly. */
const remainder = (digest: readonly number[]): number =>
  digest.reduce((rest, word) => (rest * 2 ** 32 + word) % 9999, 0)
