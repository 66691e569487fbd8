import { printable } from '../codegen/characters.ts'
import type { Paint, Style } from './colours.ts'

/** A row of a table. Its texts are on one line where they fit, and else on as many as they need. */
export interface TableRow {
  readonly style: Style
  readonly kind: string
  readonly name: string
  readonly texts: readonly string[]
}

/** Names longer than this push the text after them to the next line, instead of all texts to the right. */
const WIDEST = 24

/** The lines of a table that is no wider than `width`, as far as its words allow. */
export function table(given: readonly TableRow[], paint: Paint, width = 80): string[] {
  const rows = given.map((row) => ({ ...row, name: printable(row.name) }))
  const widest = (cell: 'kind' | 'name') =>
    rows.reduce((most, { [cell]: { length } }) => (length > WIDEST ? most : Math.max(most, length)), 0) + 2
  const [first, second] = [widest('kind'), widest('name')]
  return rows.flatMap(({ style, kind, name, texts }) => {
    const start = paint(style, kind.padEnd(first))
    const indent = ' '.repeat(first + second)
    const [line = '', ...more] = inLines(texts, width - indent.length)
    const rest = more.map((one) => indent + one)
    return name.length > second - 2
      ? [start + name, ...(line ? [indent + line] : []), ...rest]
      : [`${start}${name.padEnd(second)}${line}`.trimEnd(), ...rest]
  })
}

/** Texts on one line, or each on lines of its own, broken at spaces. */
export function inLines(texts: readonly string[], width: number): string[] {
  const all = texts.map(printable)
  const line = all.join('  ')
  if (line.length <= width) return [line]
  return all.flatMap((text) => {
    const lines: string[] = []
    for (const word of text.split(' ')) {
      const last = lines.at(-1)
      if (last !== undefined && last.length + word.length < width) lines[lines.length - 1] = `${last} ${word}`
      else lines.push(word)
    }
    return lines
  })
}
