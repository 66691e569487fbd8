import type { ImportDeclaration, Node } from '@babel/types'
import { keyOf, textOf } from '../scan/walk.ts'
import type { Edit } from './edits.ts'
import { isInstance, isReact } from './modules.ts'
import { type Left, moduleIn, type Rewritten, type Source } from './source.ts'
import { usesOf } from './uses.ts'

/**
 * Calls of an instance become calls of the client that `client` exports as `flags`. A file in which one of them cannot be
 * rewritten keeps them all, and its import: two ways in one file help nobody.
 *
 * @param client the module that exports the client, as this file calls it
 */
export function toNative(source: Source, client: string): Rewritten {
  const edits: Edit[] = []
  const changed: Node[] = []
  const left: Left[] = []
  const note = (node: Node, what: string, message: string): Left => ({ ...source.at(node), what, message })

  let flags = 'flags'
  while (source.isTaken(flags)) flags += '_'
  const imports: { declaration: ImportDeclaration; local: string }[] = []
  /** What keeps the whole file as it is. */
  const inTheWay: Left[] = []
  source.each((node) => {
    const literal = moduleIn(node)
    const module = literal && textOf(literal)
    if (!module) return
    if (isReact(module))
      left.push(note(literal, module, 'The hooks of guidon/react are others: see docs/react.md.'))
    if (!isInstance(module) || isOfTypes(node)) return
    if (node.type !== 'ImportDeclaration') {
      inTheWay.push(note(literal, module, 'Only imports are rewritten.'))
      return
    }
    for (const one of node.specifiers) {
      if (isDefault(one, node)) imports.push({ declaration: node, local: one.local.name })
      else if (one.type === 'ImportNamespaceSpecifier') inTheWay.push(note(one, source.code(one), ONLY))
      else if (one.type === 'ImportSpecifier' && one.importKind !== 'type')
        left.push(note(one, source.code(one), ONLY))
    }
  })
  for (const { declaration, local } of imports.slice(1))
    inTheWay.push(note(declaration, local, 'It is imported a second time.'))
  left.push(...inTheWay)

  for (const { declaration, local } of imports) {
    const uses = usesOf(source, local, flags)
    if (source.declared(local) > 1)
      uses.left.push(note(declaration, local, 'The name is declared more than once in this file.'))
    left.push(...uses.left)
    if (uses.left.length || inTheWay.length) continue
    left.push(...uses.notes)
    edits.push(...uses.edits, ...importOf(source, declaration, flags, client))
    changed.push(declaration, ...uses.changed)
  }
  return { edits, changed, left }
}

const ONLY = 'Only the default instance is rewritten.'

/** `import x from` and `import { default as x } from`. */
const isDefault = (one: ImportDeclaration['specifiers'][number], { specifiers }: ImportDeclaration) =>
  one.type === 'ImportDefaultSpecifier' ||
  (one.type === 'ImportSpecifier' && keyOf(one.imported) === 'default' && specifiers.length === 1)

/** Types go on being those of the module. */
const isOfTypes = (node: Node): boolean => {
  const { importKind, exportKind } = node as { importKind?: unknown; exportKind?: unknown }
  return node.type === 'TSImportType' || importKind === 'type' || exportKind === 'type'
}

/** The import of the client, in place of that of the instance. What is imported beside it stays. */
function importOf(source: Source, declaration: ImportDeclaration, flags: string, client: string): Edit[] {
  const [start, end] = source.span(declaration)
  const quote = source.code(declaration.source)[0]
  const line =
    `import { ${flags === 'flags' ? flags : `flags as ${flags}`} } from ${quote}${client}${quote}` +
    (source.code(declaration).endsWith(';') ? ';' : '')
  if (declaration.specifiers.length === 1) return [{ start, end, text: line }]
  const [from] = source.span(declaration.specifiers[0]!)
  return [
    { start, end: start, text: line + source.lineEnd },
    { start: from, end: source.text.indexOf('{', from), text: '' },
  ]
}
