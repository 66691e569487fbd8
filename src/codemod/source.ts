import type { MemberExpression, Node } from '@babel/types'
import { parsed } from '../scan/code.ts'
import { isComponent, placeAt } from '../scan/pieces.ts'
import { keyOf, memberOf, textOf, walk } from '../scan/walk.ts'
import type { Edit } from './edits.ts'

/** A place in a file, lines and columns from 1. */
export interface At {
  readonly line: number
  readonly column: number
}

/** Something that somebody has to look at: what it is, and what to do. */
export interface Left extends At {
  readonly what: string
  readonly message: string
}

/** What a codemod makes of a file. */
export interface Rewritten {
  readonly edits: readonly Edit[]
  /** What is rewritten, as it was. */
  readonly changed: readonly Node[]
  readonly left: readonly Left[]
}

/** A name that is no use of what goes by it: where it is imported, a key, a member of something else. */
export const isOnlyAName = (node: Node, parent: Node): boolean =>
  /^Import.*Specifier$|^JSXAttribute$/.test(parent.type) ||
  (parent.type === 'ObjectProperty' && parent.key === node && parent.value !== node) ||
  (/^(?:Optional)?MemberExpression$/.test(parent.type) && (parent as MemberExpression).property === node)

/** A file as a codemod reads it. */
export type Source = ReturnType<typeof sourceOf>

/** @throws SyntaxError */
export function sourceOf(file: string, text: string) {
  const trees = parsed(file, text)
  const span = ({ start, end }: Node): [start: number, end: number] => [start!, end!]

  /** How often a name is declared: twice means that it is not known here which one is meant. */
  const declared = new Map<string, number>()
  const used = new Set<string>()
  const declare = (name: string | undefined) => name && declared.set(name, (declared.get(name) ?? 0) + 1)
  const each = (enter: (node: Node, parent: Node | undefined) => void) => {
    for (const tree of trees)
      walk(tree, (node, parent) => {
        enter(node, parent)
      })
  }
  const pattern = (node: Node) =>
    walk(node, (one) => {
      if (one.type === 'Identifier') declare(one.name)
      // Not what is in a default, nor the key before a name.
      if (one.type === 'AssignmentPattern') pattern(one.left)
      if (one.type === 'ObjectProperty') pattern(one.value)
      return !/^(?:AssignmentPattern|ObjectProperty|TS.*)$/.test(one.type)
    })
  each((node, parent) => {
    if (node.type === 'Identifier' && !(parent && isOnlyAName(node, parent))) used.add(node.name)
    if (node.type === 'VariableDeclarator') pattern(node.id)
    if (/^Import.*Specifier$/.test(node.type)) declare((node as { local: { name: string } }).local.name)
    const { params, id } = node as { params?: unknown; id?: Node | null }
    if (Array.isArray(params)) for (const param of params) pattern(param)
    if (node.type === 'CatchClause' && node.param) pattern(node.param)
    if (/^(?:(?:Function|Class)(?:Declaration|Expression)|TS(?:Enum|Module)Declaration)$/.test(node.type))
      declare(keyOf(id))
  })

  return {
    file,
    text,
    trees,
    each,
    span,
    declared: (name: string) => declared.get(name) ?? 0,
    isTaken: (name: string) => declared.has(name) || used.has(name),
    at: ({ loc }: Node): At => ({ line: loc!.start.line, column: loc!.start.column + 1 }),
    code: (node: Node) => text.slice(...span(node)),
    lineEnd: text.includes('\r\n') ? '\r\n' : '\n',
    /** Where a component uses a name and no code was read: in Pug, in words that are no JavaScript. */
    unread(name: string): At | undefined {
      if (!isComponent(file)) return
      const uses = new RegExp(`(?<![\\w$./@-])${name.replaceAll('$', '\\$')}\\??\\.[\\w$]`, 'g')
      for (const { index } of text.matchAll(uses))
        if (!trees.some(({ start, end }) => index >= start! && index < end!)) {
          const { line, column } = placeAt(text, index)
          return { line, column: column + 1 }
        }
      return
    },
  }
}

/** The literal by which a node names a module: an import, a re-export, `require()`, `import()`, a type, a mock. */
export function moduleIn(node: Node): Node | undefined {
  switch (node.type) {
    case 'ImportDeclaration':
    case 'ExportNamedDeclaration':
    case 'ExportAllDeclaration':
      return node.source ?? undefined
    case 'ImportExpression':
      return node.source
    case 'TSImportType':
      return (node.argument as { literal?: Node }).literal ?? node.argument
    case 'TSExternalModuleReference':
      return node.expression
    case 'CallExpression': {
      const [first] = node.arguments
      return first && takesModule(node.callee) && textOf(first) !== undefined ? first : undefined
    }
    default:
      return
  }
}

const MOCKS = /^(?:mock|doMock|unmock|dontMock|setMock|(?:require|import)(?:Actual|Mock))$/

/** Whether a function takes the name of a module first. `path.resolve()` and `Promise.resolve()` do not. */
function takesModule(callee: Node): boolean {
  if (callee.type !== 'MemberExpression')
    return callee.type === 'Import' || (callee.type === 'Identifier' && callee.name === 'require')
  const { object } = callee
  const member = memberOf(callee) ?? ''
  const owner = object.type === 'Identifier' ? object.name : object.type
  return (
    (/^(?:require|MetaProperty)$/.test(owner) && member === 'resolve') ||
    (/^(?:jest|vi|vitest)$/.test(owner) && MOCKS.test(member))
  )
}
