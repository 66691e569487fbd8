import type { Node } from '@babel/types'
import { textOf } from '../scan/walk.ts'
import type { Edit } from './edits.ts'
import { doorFor, partOf } from './modules.ts'
import { type Left, moduleIn, type Rewritten, type Source } from './source.ts'
import { unused } from './unused.ts'

/** The official client's modules become the doors with its interface. No call is touched. */
export function toShim(source: Source): Rewritten {
  const edits: Edit[] = []
  const changed: Node[] = []
  const left: Left[] = []
  let isOfTheirs = false
  source.each((node) => {
    if (node.type === 'TSModuleDeclaration' && partOf(textOf(node.id) ?? '') !== undefined) {
      const message =
        'It declares types of the official client. guidon/migrate has its own: see docs/migrating.md.'
      left.push({ ...source.at(node.id), what: textOf(node.id)!, message })
      return
    }
    const literal = moduleIn(node)
    const module = literal && textOf(literal)
    if (!literal || module === undefined || partOf(module) === undefined) return
    isOfTheirs = true
    const door = doorFor(module)
    if (!door) {
      left.push({
        ...source.at(literal),
        what: module,
        message: 'There is no such part. See docs/migrating.md.',
      })
      return
    }
    const [start, end] = source.span(literal)
    const quote = source.text[start]
    edits.push({ start, end, text: `${quote}${door}${quote}` })
    changed.push(literal)
  })
  return { edits, changed, left: isOfTheirs ? [...left, ...unused(source)] : left }
}
