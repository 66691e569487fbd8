import { edited } from './edits.ts'
import { type At, type Left, sourceOf } from './source.ts'
import { toNative } from './to-native.ts'
import { toShim } from './to-shim.ts'

/** Something that is rewritten: what was there, and what is there now. */
export interface Change extends At {
  readonly from: string
  readonly to: string
}

/** A file after the move. */
export interface Moved {
  readonly text: string
  readonly changes: readonly Change[]
  readonly left: readonly Left[]
}

/**
 * Moves a file of source code over from the official client.
 *
 * @param client the module that exports the client as `flags`, as this file calls it. Without it, only modules are changed.
 * @throws SyntaxError
 */
export function rewrite(file: string, text: string, client?: string): Moved {
  const source = sourceOf(file, text)
  const { edits, changed, left } = client === undefined ? toShim(source) : toNative(source, client)
  const inPlace = (a: At, b: At) => a.line - b.line || a.column - b.column
  return {
    text: edited(text, edits),
    changes: changed
      .map((node) => {
        const [start, end] = source.span(node)
        const inside = edits
          .filter((edit) => edit.start >= start && edit.start < end && edit.end <= end)
          .map((edit) => ({ ...edit, start: edit.start - start, end: edit.end - start }))
        const from = text.slice(start, end)
        return { ...source.at(node), from, to: edited(from, inside) }
      })
      .sort(inPlace),
    left: [...left].sort(inPlace),
  }
}
