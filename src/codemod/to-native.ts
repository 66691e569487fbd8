import type { ImportDeclaration, Node } from '@babel/types'
import type { Edit } from './edits.ts'
import { isInstance, isReact } from './modules.ts'
import type { Left, Rewritten, Source } from './source.ts'
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
  while (source.declared(flags)) flags += '_'
  const imports: { declaration: ImportDeclaration; local: string }[] = []
  source.each((node) => {
    if (node.type !== 'ImportDeclaration') return
    const module = node.source.value
    if (isReact(module))
      left.push(note(node, module, 'The hooks of guidon/react are others: see docs/react.md.'))
    if (!isInstance(module) || node.importKind === 'type') return
    for (const one of node.specifiers) {
      if (one.type === 'ImportDefaultSpecifier') imports.push({ declaration: node, local: one.local.name })
      else if (one.type !== 'ImportSpecifier' || one.importKind !== 'type')
        left.push(note(one, source.code(one), 'Only the default instance is rewritten.'))
    }
  })

  for (const { declaration, local } of imports) {
    const uses = usesOf(source, local, flags)
    if (source.declared(local) > 1)
      uses.left.push(note(declaration, local, 'The name is declared more than once in this file.'))
    left.push(...uses.left, ...(uses.left.length ? [] : uses.notes))
    if (uses.left.length) continue
    edits.push(...uses.edits, ...importOf(source, declaration, flags, client))
    changed.push(declaration, ...uses.changed)
  }
  return { edits, changed, left }
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
    { start, end: start, text: `${line}\n` },
    { start: from, end: source.text.indexOf('{', from), text: '' },
  ]
}
