import type { Node } from '@babel/types'
import { defaultOf, type Names } from './names.ts'
import type { Place, Reading, Written } from './reading.ts'
import { bare, isCall, keyOf, lastName, memberOf, returned, textOf } from './walk.ts'

type Constants = Reading['constants'][number]

/** Constants of text in a value: itself, what is in an object, a list. */
export function constantsIn(path: string, value: Node): Constants[] {
  const node = bare(value)
  const text = textOf(node)
  if (text !== undefined) return [[path, [text]]]
  if (node.type === 'ObjectExpression')
    return node.properties.flatMap((one) => {
      const key = one.type === 'ObjectProperty' && !one.computed && keyOf(one.key)
      return key ? constantsIn(`${path}.${key}`, (one as { value: Node }).value) : []
    })
  if (node.type === 'ArrayExpression') {
    const texts = node.elements.map((one) => one && textOf(bare(one)))
    return texts.every((one) => typeof one === 'string') ? [[path, texts as string[]]] : []
  }
  const [first] = isCall(node) && lastName(node.callee) === 'freeze' ? node.arguments : []
  return first ? constantsIn(path, first) : []
}

export const placeOf = (file: string, { loc }: Node): Place => ({
  file,
  line: loc?.start.line ?? 1,
  column: (loc?.start.column ?? 0) + 1,
})

/** The names that an argument may be. */
export function written(value: Node, names: Names): Written[] {
  const node = bare(value)
  const all = (...parts: readonly (Node | null)[]) => parts.flatMap((one) => (one ? written(one, names) : []))
  if (node.type === 'ConditionalExpression') return all(node.consequent, node.alternate)
  if (node.type === 'LogicalExpression') return all(node.left, node.right)
  if (node.type === 'ArrayExpression') return all(...node.elements)
  // Vue takes a getter.
  if (node.type === 'ArrowFunctionExpression') return all(...returned(node))
  const text = textOf(node)
  const constant = text === undefined ? pathOf(node, names) : undefined
  return [{ place: placeOf(names.file, node), text, constant }]
}

/** `NAME`, `NAMES.first`. An imported one goes by its name where it comes from. */
function pathOf(node: Node, names: Names): Written['constant'] {
  if (node.type === 'Identifier') {
    const { from, name } = names.imports.get(node.name) ?? {}
    if (!from || !name) return { path: node.name, isImported: false }
    return { path: name === 'default' ? defaultOf(from) : name, isImported: true }
  }
  if (node.type !== 'MemberExpression') return
  const key = memberOf(node)
  const of = pathOf(node.object, names)
  return key && of ? { ...of, path: of.path === '*' ? key : `${of.path}.${key}` } : undefined
}
