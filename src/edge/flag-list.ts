import type { Outcome } from './evaluation.ts'

/** Writes the outcomes of an evaluation as JSON, each only once in the life of a document. */
export interface FlagList {
  /** One alone; undefined when it is not to be seen. */
  one(outcome: Outcome): Uint8Array | undefined
  /** Those of all features as a list, in the order of the document, between two texts. */
  all(outcomes: readonly Outcome[], head: string, tail: string): Uint8Array
}

const utf8 = new TextEncoder()

// Used again for every list, and grown for the longest. Nothing here awaits, so nobody shares it.
let scratch = new Uint8Array(64 * 1024)
let end = 0

function append(bytes: Uint8Array): void {
  if (end + bytes.length > scratch.length) {
    const larger = new Uint8Array(2 * (end + bytes.length))
    larger.set(scratch)
    scratch = larger
  }
  scratch.set(bytes, end)
  end += bytes.length
}

/**
 * Most flags of most identities are the environment's defaults. Those are kept as one piece, of which whole stretches are
 * copied, and between them goes what is the identity's own. Writing out a hundred flags would take longer than evaluating
 * them.
 */
export function flagList(
  defaults: readonly Outcome[],
  write: (outcome: Outcome) => Uint8Array | undefined,
): FlagList {
  const nothing = new Uint8Array(0)
  const written = new Map<Outcome, Uint8Array>()

  /** With a comma before it, which a list needs. */
  function item(outcome: Outcome): Uint8Array {
    let bytes = written.get(outcome)
    if (bytes === undefined) {
      const flag = write(outcome)
      bytes = nothing
      if (flag !== undefined) {
        bytes = new Uint8Array(flag.length + 1)
        bytes[0] = 0x2c
        bytes.set(flag, 1)
      }
      written.set(outcome, bytes)
    }
    return bytes
  }

  /** Where each default begins in the piece, and where the last one ends. */
  const starts = [0]
  end = 0
  for (const outcome of defaults) {
    append(item(outcome))
    starts.push(end)
  }
  const piece = scratch.slice(0, end)

  return {
    one(outcome) {
      const bytes = item(outcome)
      return bytes === nothing ? undefined : bytes.subarray(1)
    },

    all(outcomes, head, tail) {
      end = 0
      append(utf8.encode(head))
      const begin = end
      let stretch = 0
      for (let place = 0; place < outcomes.length; place++) {
        if (outcomes[place] === defaults[place]) continue
        if (stretch < place) append(piece.subarray(starts[stretch], starts[place]))
        append(item(outcomes[place]!))
        stretch = place + 1
      }
      append(piece.subarray(starts[stretch]))
      // Where the first comma stands, the list begins.
      if (end === begin) append(utf8.encode('['))
      scratch[begin] = 0x5b
      append(utf8.encode(`]${tail}`))
      return scratch.slice(0, end)
    },
  }
}
