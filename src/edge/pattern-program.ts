import type { Part } from './pattern-parser.ts'

/** A step of a program, and where it goes on. */
type Step =
  | { readonly type: 'unit'; readonly fits: (unit: number) => boolean; readonly next: number }
  | { readonly type: 'place'; readonly fits: (text: string, at: number) => boolean; readonly next: number }
  | { readonly type: 'fork'; next: readonly number[] }
  | {
      readonly type: 'look'
      readonly start: number
      readonly isBehind: boolean
      readonly isNegative: boolean
      readonly next: number
    }
  | { readonly type: 'found' }

/** A pattern of more steps than this is not worth a server's memory: each repetition with a number is written out. */
const mostSteps = 5000

/**
 * Makes a matcher of a pattern: whether any part of a text fits. It keeps no more of its way than which step was reached
 * at which place of the text, and nothing is tried twice from there. So the work is at most steps times places, where a
 * matcher that remembers how it came tries all the ways. (Looking around is done once for each place.)
 */
export function programOf(tree: Part): ((text: string) => boolean) | undefined {
  const steps: Step[] = []
  const found = add({ type: 'found' })

  function add(step: Step): number {
    if (steps.length === mostSteps) throw new Error('This pattern is too large.')
    return steps.push(step) - 1
  }

  /** Writes a part down, from its end to its start. Answers where it begins. */
  function write(part: Part, next: number, isBehind: boolean): number {
    switch (part.type) {
      case 'unit':
      case 'place':
        return add({ ...part, next })
      case 'all': {
        // What looks behind reads the text from right to left.
        const parts = isBehind ? part.parts : [...part.parts].reverse()
        return parts.reduce((after, inner) => write(inner, after, isBehind), next)
      }
      case 'any':
        return add({ type: 'fork', next: part.parts.map((inner) => write(inner, next, isBehind)) })
      case 'look': {
        const { isNegative } = part
        return add({
          type: 'look',
          start: write(part.part, found, part.isBehind),
          isBehind: part.isBehind,
          isNegative,
          next,
        })
      }
      case 'repeat': {
        let begin = next
        if (part.max === Number.POSITIVE_INFINITY) {
          const loop: Step = { type: 'fork', next: [] }
          begin = add(loop)
          loop.next = [write(part.part, begin, isBehind), next]
        } else {
          for (let extra = part.min; extra < part.max; extra++)
            begin = add({ type: 'fork', next: [write(part.part, begin, isBehind), next] })
        }
        for (let times = 0; times < part.min; times++) begin = write(part.part, begin, isBehind)
        return begin
      }
    }
  }

  let first: number
  try {
    first = write(tree, found, false)
  } catch {
    return undefined
  }
  return (text) => matches(steps, first, text)
}

function matches(steps: readonly Step[], first: number, text: string): boolean {
  const places = text.length + 1
  /** What looking around found out, by step and place. */
  const looked = new Map<number, boolean>()

  function look(start: number, at: number, isBehind: boolean): boolean {
    const key = start * places + at
    let answer = looked.get(key)
    if (answer === undefined) {
      answer = reaches(start, at, isBehind, new Set())
      looked.set(key, answer)
    }
    return answer
  }

  /** Whether the end of the program can be reached from a step at a place. What was tried in vain is noted in `tried`. */
  function reaches(start: number, from: number, isBehind: boolean, tried: Tried): boolean {
    const waiting = [start * places + from]
    for (let key = waiting.pop(); key !== undefined; key = waiting.pop()) {
      if (tried.has(key)) continue
      tried.add(key)
      const at = key % places
      const step = steps[(key - at) / places]!
      switch (step.type) {
        case 'found':
          return true
        case 'unit': {
          const unit = text.charCodeAt(isBehind ? at - 1 : at)
          // NaN where the text has ended.
          if (unit >= 0 && step.fits(unit)) waiting.push(step.next * places + at + (isBehind ? -1 : 1))
          break
        }
        case 'place':
          if (step.fits(text, at)) waiting.push(step.next * places + at)
          break
        case 'look':
          if (look(step.start, at, step.isBehind) !== step.isNegative) waiting.push(step.next * places + at)
          break
        case 'fork':
          for (let branch = step.next.length - 1; branch >= 0; branch--)
            waiting.push(step.next[branch]! * places + at)
      }
    }
    return false
  }

  const tried = bitSet(steps.length * places)
  for (let from = 0; from < places; from++) if (reaches(first, from, false, tried)) return true
  return false
}

interface Tried {
  has(key: number): boolean
  add(key: number): void
}

/** Numbers below a limit, one bit each. */
function bitSet(size: number): Tried {
  const bits = new Uint8Array((size >> 3) + 1)
  return {
    has: (key) => (bits[key >> 3]! & (1 << (key & 7))) !== 0,
    add: (key) => {
      bits[key >> 3]! |= 1 << (key & 7)
    },
  }
}
