import type { CallExpression, MemberExpression, Node, OptionalCallExpression } from '@babel/types'
import { parsed } from './code.ts'
import { bare, keyOf, lastName, memberOf, returned, textOf, walk } from './walk.ts'

export interface Place {
  readonly file: string
  /** From 1, as `column`. */
  readonly line: number
  readonly column: number
}

/** What a name can hold: a client, one of the hooks, or a function that reads the flag it is given the name of. */
export type Kind =
  | 'client'
  | 'reader'
  | 'useFlag'
  | 'useFlagEnabled'
  | 'useFlagDetails'
  | 'useFlags'
  | 'useSuspenseFlag'

/** The name of a flag as it is written: its text, a constant that holds it, or something that is known only when it runs. */
export interface Written {
  readonly place: Place
  readonly text?: string | undefined
  readonly constant?: { readonly path: string; readonly isImported: boolean } | undefined
}

/** A call that reads a flag, if `name` holds what it must. */
export interface Call {
  /** A name, and what it has to hold. Without one the call is plain. */
  readonly by?: { readonly name: string; readonly holds: 'client' | 'function' } | undefined
  readonly names: readonly Written[]
  /** The type of a fallback that is a literal. */
  readonly fallback?: string | undefined
}

export type Link = readonly [from: string, to: string, isCalled?: boolean]

/** What one file says, as long as the others are not known. */
export interface Reading {
  readonly file: string
  /** Names that hold something for sure. */
  readonly holds: readonly (readonly [name: string, kind: Kind])[]
  /** A name that holds what another holds, or what that one gives when it is called. */
  readonly links: readonly Link[]
  /** Constants that hold text: `NAME`, `NAMES.first`. A list holds several. */
  readonly constants: readonly (readonly [path: string, texts: readonly string[]])[]
  readonly calls: readonly Call[]
}

const HOOKS = /^use(?:Flag|FlagEnabled|FlagDetails|Flags|SuspenseFlag)$/
/** Methods of a client, and how many arguments they take at least: other things have a `value` and a `json`, too. */
const METHODS = new Map([
  ['isEnabled', 1],
  ['flag', 1],
  ['value', 2],
  ['json', 2],
  ['onFlag', 2],
])
const OPEN_FEATURE =
  /^(?:get(?:Boolean|String|Number|Object)(?:Value|Details)|use(?:Boolean|String|Number|Object)Flag(?:Value|Details))$/
const GUIDON = /^guidon(?:\/(?:react|vue))?$/

/**
 * Reads a file of source code. Names go by themselves in the whole project, for a client is handed on by imports, properties,
 * parameters and contexts. Only an imported name goes by its file, because there it may be another library's.
 *
 * @throws SyntaxError
 */
export function readSource(file: string, text: string): Reading {
  const holds: [string, Kind][] = []
  const links: Link[] = []
  const constants: [string, string[]][] = []
  const calls: Call[] = []
  /** Local names of what is imported: from where, and its name there (`*`: all of it). */
  const imports = new Map<string, { from: string; name: string }>()

  /** How many variables of the file have a name. */
  const variables = new Map<string, number>()

  const scoped = (name: string) => (imports.has(name) ? `${file}\0${name}` : name)
  const place = ({ loc }: Node): Place => ({
    file,
    line: loc?.start.line ?? 1,
    column: (loc?.start.column ?? 0) + 1,
  })

  /** What of guidon an expression names: `createClient`, `guidon.createClient`, `react.useFlag`. */
  const ofGuidon = (node: Node): string | undefined => {
    if (node.type === 'Identifier') {
      const { from = '', name } = imports.get(node.name) ?? {}
      return GUIDON.test(from) ? name : undefined
    }
    const member = memberOf(node)
    const owner = member && lastName((node as MemberExpression).object)
    if (!owner) return
    const { from, name } = imports.get(owner) ?? { from: owner, name: '*' }
    return GUIDON.test(from) && name === '*' ? member : undefined
  }

  const isKind = (name: string | undefined): name is Kind => name === 'client' || HOOKS.test(name ?? '')
  const isMaker = (name: string | undefined) => name === 'createClient' || name === 'useGuidon'

  /** Whether a type, or one of a union, is guidon's `Client`. */
  const isClientType = (node: unknown): boolean => {
    let found = false
    const type = node as Node | null | undefined
    if (type?.type)
      walk(type, (one) => {
        if (one.type === 'TSTypeReference' && ofGuidon(one.typeName) === 'Client') found = true
        return !/^TS(?:Function|TypeLiteral)/.test(one.type)
      })
    return found
  }

  /** Notes that the name `to` holds what an expression gives. */
  const link = (to: string | undefined, value: Node | null | undefined): void => {
    if (!to || !value) return
    const node = bare(value)
    const known = ofGuidon(node)
    if (isKind(known)) holds.push([to, known])
    else if (isMaker(known)) holds.push([to, 'client'])
    else if (/^(?:Arrow)?Function|ObjectMethod|ClassMethod/.test(node.type)) {
      for (const one of returned(node as never)) link(to, one)
    } else if (node.type === 'LogicalExpression') {
      link(to, node.left)
      link(to, node.right)
    } else if (node.type === 'ConditionalExpression') {
      link(to, node.consequent)
      link(to, node.alternate)
    } else if (node.type === 'AssignmentExpression') link(to, node.right)
    else if (isCall(node)) {
      if (isMaker(ofGuidon(node.callee)) || isClientType(node.typeParameters)) holds.push([to, 'client'])
      else {
        // `useMemo(() => createClient(…), [])`, `markRaw(createClient(…))`
        for (const one of node.arguments) if (givesClient(one)) holds.push([to, 'client'])
        linkName(to, node)
      }
    } else linkName(to, node)
  }
  const linkName = (to: string, node: Node) => {
    const from = lastName(node)
    if (from) links.push([scoped(from), to, isCall(node)])
  }
  const givesClient = (value: Node): boolean => {
    const node = bare(value)
    if (node.type === 'ArrowFunctionExpression') return returned(node).some(givesClient)
    return isCall(node) && isMaker(ofGuidon(node.callee))
  }

  const variable = (name: string) => void variables.set(name, (variables.get(name) ?? 0) + 1)

  /** Notes what a variable, a parameter or a property holds. */
  const bind = (target: Node, value?: Node | null): void => {
    if (target.type === 'AssignmentPattern') {
      bind(target.left)
      bind(target.left, target.right)
    } else if (target.type === 'ArrayPattern') {
      if (target.elements[0]) bind(target.elements[0], value)
    } else if (target.type === 'ObjectPattern') {
      const source = value && sourceOf(value)
      for (const one of target.properties) {
        if (one.type !== 'ObjectProperty') continue
        const from = keyOf(one.key)
        const to = lastName(one.value.type === 'AssignmentPattern' ? one.value.left : one.value)
        if (!from || !to) continue
        variable(to)
        if (source) importAs(to, source, from)
        // It may be exported where it stands.
        if (source && GUIDON.test(source) && isKind(from)) holds.push([to, from])
        if (!source && from !== to) links.push([from, to])
      }
    } else {
      const name = lastName(target)
      if (target.type === 'Identifier') variable(target.name)
      if (name && isClientType((target as NamedNode).typeAnnotation)) holds.push([name, 'client'])
      link(name, value)
    }
  }

  /** The module that an expression is all of. */
  const sourceOf = (value: Node): string | undefined => {
    const node = bare(value)
    if (node.type === 'Identifier') {
      const { from, name } = imports.get(node.name) ?? { from: node.name, name: '*' }
      return name === '*' && GUIDON.test(from) ? from : undefined
    }
    if (node.type === 'ImportExpression') return textOf(node.source)
    if (!isCall(node)) return
    const isImport = node.callee.type === 'Import' || lastName(node.callee) === 'require'
    return isImport && node.arguments[0] ? textOf(node.arguments[0]) : undefined
  }

  const importAs = (local: string, from: string, name: string) => {
    imports.set(local, { from, name })
    if (GUIDON.test(from)) {
      if (isKind(name)) holds.push([scoped(local), name])
    } else links.push([/^(?:default|\*)$/.test(name) ? defaultOf(from) : name, scoped(local)])
  }

  /** Notes constants of text. */
  const constant = (path: string, value: Node): void => {
    const node = bare(value)
    const text = textOf(node)
    if (text !== undefined) constants.push([path, [text]])
    else if (node.type === 'ObjectExpression') {
      for (const property of node.properties) {
        const key = property.type === 'ObjectProperty' && !property.computed && keyOf(property.key)
        if (key) constant(`${path}.${key}`, (property as { value: Node }).value)
      }
    } else if (node.type === 'ArrayExpression') {
      const texts = node.elements.map((one) => one && textOf(bare(one)))
      if (texts.every((one) => typeof one === 'string')) constants.push([path, texts as string[]])
    } else if (isCall(node) && lastName(node.callee) === 'freeze' && node.arguments[0])
      constant(path, node.arguments[0])
  }

  /** The names that an argument may be. */
  const written = (value: Node): Written[] => {
    const node = bare(value)
    if (node.type === 'ConditionalExpression')
      return [...written(node.consequent), ...written(node.alternate)]
    if (node.type === 'LogicalExpression') return [...written(node.left), ...written(node.right)]
    if (node.type === 'ArrayExpression') return node.elements.flatMap((one) => (one ? written(one) : []))
    // Vue takes a getter.
    if (node.type === 'ArrowFunctionExpression') return returned(node).flatMap(written)
    const text = textOf(node)
    return [{ place: place(node), text, constant: text === undefined ? pathOf(node) : undefined }]
  }

  /** `NAME`, `NAMES.first`. An imported one goes by its name where it comes from. */
  const pathOf = (node: Node): Written['constant'] => {
    if (node.type === 'Identifier') {
      const { from, name } = imports.get(node.name) ?? {}
      if (!from || !name) return { path: node.name, isImported: false }
      return { path: name === 'default' ? defaultOf(from) : name, isImported: true }
    }
    if (node.type !== 'MemberExpression') return
    const key = memberOf(node)
    const of = pathOf(node.object)
    return key && of ? { ...of, path: of.path === '*' ? key : `${of.path}.${key}` } : undefined
  }

  const call = (node: CallExpression | OptionalCallExpression): void => {
    const { callee, arguments: args } = node
    const known = ofGuidon(callee)
    const [first, second] = args
    if (isMaker(known) && first?.type === 'ObjectExpression') options(first.properties)
    // `guidon.push(({ client }) => …)`, of the script tag.
    if (known === 'push') holds.push(['client', 'client'])
    const method = memberOf(callee) ?? lastName(callee)
    if (!first || !method) return
    // Whether a flag is on has a fallback too, but it says nothing of its value.
    const hasFallback = second && method !== 'isEnabled' && known !== 'useFlagEnabled'
    const add = (by: Call['by']) =>
      calls.push({ by, names: written(first), fallback: hasFallback ? literalType(second) : undefined })

    if (callee.type === 'Identifier') {
      if (OPEN_FEATURE.test(method)) calls.push({ names: written(first) })
      else add({ name: scoped(method), holds: 'function' })
      return
    }
    if (callee.type !== 'MemberExpression' && callee.type !== 'OptionalMemberExpression') return
    if (OPEN_FEATURE.test(method)) calls.push({ names: written(first) })
    else if (isKind(known) && known !== 'client') add(undefined)
    else if (args.length >= (METHODS.get(method) ?? Infinity)) {
      const owner = bare(callee.object)
      const name = lastName(owner)
      if (givesClient(owner) || ofGuidon(owner) === 'client') add(undefined)
      else if (name) add({ name: scoped(name), holds: 'client' })
    }
  }

  const property = (node: { key: Node; value?: Node | null; computed?: boolean }): void => {
    if (!node.computed) link(keyOf(node.key), node.value)
  }

  /** `createClient({ apply: { name: … } })` names flags, too. */
  const options = (properties: readonly Node[]): void => {
    for (const one of properties) {
      if (one.type !== 'ObjectProperty' || keyOf(one.key) !== 'apply') continue
      if (one.value.type !== 'ObjectExpression') continue
      for (const property of one.value.properties) {
        const text = property.type === 'ObjectProperty' && !property.computed && keyOf(property.key)
        if (text) calls.push({ names: [{ place: place(property), text }] })
      }
    }
  }

  const on: { [T in Node['type']]?: (node: Extract<Node, { type: T }>) => void } = {
    VariableDeclaration({ kind, declarations }) {
      for (const { id, init } of declarations)
        if (kind === 'const' && init && id.type === 'Identifier') constant(id.name, init)
    },
    VariableDeclarator({ id, init }) {
      const source = init && sourceOf(init)
      if (source && id.type === 'Identifier') importAs(id.name, source, '*')
      else bind(id, init)
    },
    AssignmentExpression({ left, right }) {
      if (lastName(left) === 'exports') link(defaultOf(file), right)
      else bind(left, right)
    },
    ObjectProperty: property,
    ClassProperty: property,
    ClassPrivateProperty: property,
    ClassAccessorProperty: property,
    JSXAttribute({ name, value }) {
      if (name.type === 'JSXIdentifier' && value?.type === 'JSXExpressionContainer')
        link(name.name, value.expression)
    },
    TSEnumDeclaration({ id: { name }, body, members }) {
      for (const { id, initializer } of body?.members ?? members)
        if (initializer) constant(`${name}.${keyOf(id)}`, initializer)
    },
    ExportDefaultDeclaration({ declaration }) {
      constant(defaultOf(file), declaration)
      link(defaultOf(file), declaration)
    },
    ExportNamedDeclaration({ specifiers, source }) {
      for (const one of specifiers) {
        if (one.type !== 'ExportSpecifier') continue
        const from = one.local.name
        const to = keyOf(one.exported) ?? ''
        if (!source) links.push([scoped(from), to])
        else if (!GUIDON.test(source.value)) links.push([from, to])
        else if (isKind(from)) holds.push([to, from])
        else if (isMaker(from)) holds.push([to, 'client'])
      }
    },
    CallExpression: call,
    OptionalCallExpression: call,
  }

  const enter = (node: Node): void => {
    on[node.type]?.(node as never)
    const { key, id, params, returnType, typeAnnotation } = node as NamedNode
    const name = keyOf(key ?? id)
    if (params && /Function|Method/.test(node.type)) {
      for (const param of params) bind(param.type === 'TSParameterProperty' ? param.parameter : param)
      link(name, node)
    }
    // What is declared with its type: functions, properties of classes and interfaces.
    if (name && (isClientType(returnType) || (key && isClientType(typeAnnotation))))
      holds.push([name, 'client'])
  }

  const trees = parsed(file, text)
  for (const tree of trees)
    walk(tree, (node) => {
      if (node.type === 'ImportDeclaration') {
        for (const one of node.specifiers) {
          const name =
            one.type === 'ImportSpecifier'
              ? (keyOf(one.imported) ?? '')
              : one.type === 'ImportDefaultSpecifier'
                ? 'default'
                : '*'
          importAs(one.local.name, node.source.value, name)
        }
      }
      return /^(?:Program|ImportDeclaration)$/.test(node.type)
    })
  for (const tree of trees) walk(tree, enter)
  // Of two variables with one name it is not known here which one is meant.
  const isClear = ([path]: readonly [string, ...unknown[]]) => (variables.get(path.split('.')[0]!) ?? 0) < 2
  return { file, holds, links, constants: constants.filter(isClear), calls }
}

/** What nodes have that declare something. */
interface NamedNode {
  readonly key?: Node
  readonly id?: Node | null
  readonly params?: readonly Node[]
  readonly returnType?: unknown
  readonly typeAnnotation?: unknown
}

const isCall = (node: Node): node is CallExpression | OptionalCallExpression =>
  node.type === 'CallExpression' || node.type === 'OptionalCallExpression'

/** How the default export of a module is called here: `./shop/flags.ts` and `@/shop/flags` give the same. */
const defaultOf = (module: string): string =>
  `default of ${module
    .replace(/\/index(?:\.\w+)?$/, '')
    .replace(/.*\//, '')
    .replace(/\.\w+$/, '')}`

function literalType(value: Node): string | undefined {
  const node = bare(value)
  if (node.type === 'UnaryExpression' && node.operator === '-') return literalType(node.argument)
  if (node.type === 'StringLiteral' || node.type === 'TemplateLiteral') return 'string'
  if (node.type === 'NumericLiteral') return 'number'
  return node.type === 'BooleanLiteral' ? 'boolean' : undefined
}
