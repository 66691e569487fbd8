/**
 * Regular expressions that cannot hang. A document's patterns are written by people, and traits come from anybody: for
 * `^(a+)+$` the runtime's own matcher tries every way to cut thirty a's into pieces, which takes longer than anyone waits.
 *
 * Most patterns leave hardly anything to try, and the runtime matches those. For the others there is a matcher of our own,
 * which goes to each place in the pattern with each place in the text no more than once (`pattern-program.ts`).
 */
import { parsePattern } from './pattern-parser.ts'
import { programOf } from './pattern-program.ts'

/** The API's limit for a trait. Longer texts are kept from the patterns whose work grows with its square. */
const longestText = 2000

/**
 * Prepares a pattern in JavaScript's notation. What cannot be read, and what cannot be matched within bounds (a
 * backreference beside several choices; repetitions that amount to more than 5,000 steps), matches nothing.
 *
 * @example patternMatcher('^(a+)+$')('aaaa') // true
 */
export function patternMatcher(source: string): (text: string) => boolean {
  const never = (): boolean => false
  let native: RegExp
  try {
    native = new RegExp(source)
  } catch {
    return never
  }

  const pattern = parsePattern(source)
  if (pattern === undefined) return never
  const { tree, choices, hasBackreference, looksAround } = pattern
  const isBounded = hasBackreference || looksAround
  // One choice from a fixed start: as many ways as the text has characters, or as the pattern has alternatives.
  if (choices === 0 || (choices === 1 && source.startsWith('^')))
    return (text) => (!isBounded || text.length <= longestText) && matches(native, text)
  if (hasBackreference) return never
  const program = programOf(tree)
  if (program === undefined) return never
  return (text) => (!isBounded || text.length <= longestText) && program(text)
}

function matches(pattern: RegExp, text: string): boolean {
  try {
    return pattern.test(text)
  } catch {
    // That a pattern is too large a runtime says only when it is used.
    return false
  }
}
