import type { Outcome } from './evaluation.ts'
import { measured, type Text } from './text.ts'

/** Writes the outcomes of an evaluation as JSON, each only once in the life of a document. */
export interface FlagList {
  /** One alone; undefined when it is not to be seen. */
  one(outcome: Outcome): Text | undefined
  /** Those of all features as a list, in the order of the document, between two texts. */
  all(outcomes: readonly Outcome[], head: string, tail: string): Text
}

/**
 * Most flags of most identities are the environment's defaults. Those are kept as one piece, of which whole stretches are
 * taken, and between them goes what is the identity's own. Writing out a hundred flags would take longer than evaluating
 * them.
 *
 * As text and not as bytes, which lie outside of the heap: of some thousand answers a second they would be so many that all
 * of the heap is collected again and again.
 */
export function flagList(
  defaults: readonly Outcome[],
  write: (outcome: Outcome) => string | undefined,
): FlagList {
  const nothing = measured('')
  const written = new Map<Outcome, Text>()

  /** With a comma before it, which a list needs. */
  function item(outcome: Outcome): Text {
    let one = written.get(outcome)
    if (one === undefined) {
      const flag = write(outcome)
      one = flag === undefined ? nothing : measured(`,${flag}`)
      written.set(outcome, one)
    }
    return one
  }

  const piece = defaults.map((outcome) => item(outcome).text).join('')
  /** Where each default begins in the piece, and where the last one ends: in characters, and in bytes. */
  const starts = [{ at: 0, bytes: 0 }]
  for (const outcome of defaults) {
    const { at, bytes } = starts.at(-1)!
    starts.push({ at: at + item(outcome).text.length, bytes: bytes + item(outcome).bytes })
  }

  return {
    one(outcome) {
      const { text, bytes } = item(outcome)
      return text === '' ? undefined : { text: text.slice(1), bytes: bytes - 1 }
    },

    all(outcomes, head, tail) {
      const around = measured(`${head}[]${tail}`)
      let list = ''
      let bytes = around.bytes
      // The first one's comma goes.
      const append = (text: string, length: number): void => {
        if (text === '') return
        const isFirst = list === ''
        list += isFirst ? text.slice(1) : text
        bytes += isFirst ? length - 1 : length
      }
      const appendStretch = (from: number, to: number): void =>
        append(piece.slice(starts[from]!.at, starts[to]!.at), starts[to]!.bytes - starts[from]!.bytes)

      let stretch = 0
      for (let place = 0; place < outcomes.length; place++) {
        if (outcomes[place] === defaults[place]) continue
        appendStretch(stretch, place)
        const own = item(outcomes[place]!)
        append(own.text, own.bytes)
        stretch = place + 1
      }
      appendStretch(stretch, outcomes.length)
      return { text: `${head}[${list}]${tail}`, bytes }
    },
  }
}
