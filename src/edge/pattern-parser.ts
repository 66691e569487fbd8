/** A part of a pattern. Groups are gone: whether a text matches does not depend on what they remember. */
export type Part =
  /** One unit of the text (half an emoji is one). */
  | { readonly type: 'unit'; readonly fits: (unit: number) => boolean }
  /** A condition on a place between two units. */
  | { readonly type: 'place'; readonly fits: (text: string, at: number) => boolean }
  | { readonly type: 'look'; readonly part: Part; readonly isBehind: boolean; readonly isNegative: boolean }
  | { readonly type: 'all'; readonly parts: readonly Part[] }
  | { readonly type: 'any'; readonly parts: readonly Part[] }
  | { readonly type: 'repeat'; readonly part: Part; readonly min: number; readonly max: number }

export interface Pattern {
  readonly tree: Part
  /** How often a matcher may have to try one thing, and then another: repetitions, and groups with alternatives. */
  readonly choices: number
  readonly hasBackreference: boolean
  readonly looksAround: boolean
}

const groups = /^\((\?:|\?=|\?!|\?<=|\?<!|\?<[^>]+>|(?!\?))/
const quantifier = /^(?:[*+?]|\{(\d+)(,?)(\d*)\})\??/
/** What an escape may consist of after its backslash; of one letter or sign otherwise. */
const escapes = /^(?:x[\da-fA-F]{2}|u[\da-fA-F]{4}|c[a-zA-Z]|0[0-7]{0,2}|[\s\S])/

/**
 * Reads a pattern that the runtime has accepted (without flags). What a class or an escape stands for is asked of the
 * runtime, so that only the shape has to be understood here. `undefined` for a shape from the future.
 */
export function parsePattern(source: string): Pattern | undefined {
  let at = 0
  let choices = 0
  let hasBackreference = false
  let looksAround = false
  const take = (length: number): string => {
    at += length
    return source.slice(at - length, at)
  }

  function alternatives(): Part {
    const parts = [sequence()]
    while (source[at] === '|') {
      at++
      parts.push(sequence())
    }
    if (parts.length === 1) return parts[0]!
    choices++
    return { type: 'any', parts }
  }

  function sequence(): Part {
    const parts: Part[] = []
    while (at < source.length && source[at] !== '|' && source[at] !== ')') parts.push(repeated(part()))
    return { type: 'all', parts }
  }

  function repeated(part: Part): Part {
    const found = quantifier.exec(source.slice(at, at + 40))
    if (found === null) return part
    at += found[0].length
    const [text, least, comma, most] = found
    const min = least === undefined ? (text[0] === '+' ? 1 : 0) : Number(least)
    const max =
      least === undefined
        ? text[0] === '?'
          ? 1
          : Infinity
        : comma === ''
          ? min
          : most === ''
            ? Infinity
            : Number(most)
    if (min !== max) choices++
    return { type: 'repeat', part, min, max }
  }

  function part(): Part {
    switch (source[at]) {
      case '^':
        at++
        return { type: 'place', fits: (_, place) => place === 0 }
      case '$':
        at++
        return { type: 'place', fits: (text, place) => place === text.length }
      case '(':
        return group()
      case '[': {
        let end = at + 1
        while (source[end] !== ']') end += source[end] === '\\' ? 2 : 1
        return unit(take(end + 1 - at))
      }
      case '\\':
        return escaped()
      case '.':
        return unit(take(1))
      default: {
        const code = take(1).charCodeAt(0)
        return { type: 'unit', fits: (unit) => unit === code }
      }
    }
  }

  function group(): Part {
    const kind = groups.exec(source.slice(at))?.[1]
    if (kind === undefined) throw new Error('This kind of group is not known.')
    at += 1 + kind.length
    const part = alternatives()
    at++
    const isLook = ['?=', '?!', '?<=', '?<!'].includes(kind)
    if (!isLook) return part
    looksAround = true
    return { type: 'look', part, isBehind: kind.length === 3, isNegative: kind.endsWith('!') }
  }

  function escaped(): Part {
    const [code] = escapes.exec(source.slice(at + 1, at + 6))!
    const text = take(1 + code.length)
    if (code === 'b' || code === 'B')
      return {
        type: 'place',
        fits: (text, place) => (isWord(text[place - 1]) !== isWord(text[place])) === (code === 'b'),
      }
    if (code === 'c') throw new Error('A backslash that stands for itself is not worth knowing.')
    // A number is a backreference, or a character's in the notation of 1970, which nobody writes. `\k` may be one.
    if (/^[1-9k]/.test(code)) {
      hasBackreference = true
      return { type: 'all', parts: [] }
    }
    return unit(text)
  }

  try {
    const tree = alternatives()
    return at === source.length ? { tree, choices, hasBackreference, looksAround } : undefined
  } catch {
    return undefined
  }
}

const isWord = (character: string | undefined): boolean => character !== undefined && /\w/.test(character)

/** A class, an escape or the dot. The answers for ASCII are noted down, since nearly all questions are about those. */
function unit(source: string): Part {
  const pattern = new RegExp(`^${source}$`)
  const ask = (unit: number): boolean => pattern.test(String.fromCharCode(unit))
  const ascii = Array.from({ length: 128 }, (_, unit) => ask(unit))
  return { type: 'unit', fits: (unit) => ascii[unit] ?? ask(unit) }
}
