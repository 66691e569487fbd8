/** Finds the name that was probably meant: the same but for case and dashes, or a slip or two away. */
export function closestOf(names: Iterable<string>): (name: string) => string | undefined {
  const all = [...names].map((name) => ({ name, plain: plainOf(name) }))
  return (name) => {
    const plain = plainOf(name)
    let best: string | undefined
    let least = Math.min(3, name.length / 3)
    for (const other of all) {
      const away = plain && plain === other.plain ? 0 : distance(name, other.name, least)
      if (away < least) [best, least] = [other.name, away]
      if (!least) break
    }
    return best
  }
}

const plainOf = (text: string) => text.toLowerCase().replace(/[^a-z\d]/g, '')

/** Levenshtein's: how many letters were added, left out or changed; `Infinity` when it is not below `limit`. */
function distance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) >= limit) return Infinity
  // Names of one project begin alike, and what is alike need not be counted.
  let start = 0
  while (start < a.length && a.charCodeAt(start) === b.charCodeAt(start)) start++
  let [aEnd, bEnd] = [a.length, b.length]
  while (aEnd > start && bEnd > start && a.charCodeAt(aEnd - 1) === b.charCodeAt(bEnd - 1)) {
    aEnd--
    bEnd--
  }
  let row = Array.from({ length: aEnd - start + 1 }, (_, i) => i)
  for (let j = 1; j <= bEnd - start; j++) {
    const next = [j]
    for (let i = 1; i < row.length; i++) {
      const changed = row[i - 1]! + (a[start + i - 1] === b[start + j - 1] ? 0 : 1)
      next.push(Math.min(changed, row[i]! + 1, next[i - 1]! + 1))
    }
    row = next
    if (row.every((one) => one >= limit)) return Infinity
  }
  return row.at(-1)!
}
