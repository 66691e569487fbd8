import type { CallExpression, Node, OptionalCallExpression } from '@babel/types'
import { parsed } from './code.ts'
import { constantsIn, placeOf, written } from './constants.ts'
import { holdersIn, isKind } from './holders.ts'
import { defaultOf, isGuidon, isMaker, MAKERS, namesIn } from './names.ts'
import { type Call, HOOKS, type Reading } from './reading.ts'
import { bare, keyOf, lastName, memberOf, walk } from './walk.ts'

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

/**
 * Reads a file of source code. Names go by themselves in the whole project, for a client is handed on by imports, properties,
 * parameters and contexts. Only an imported name goes by its file, because there it may be another library's.
 *
 * @throws SyntaxError
 */
export function readSource(file: string, text: string): Reading {
  const names = namesIn(file)
  const { scoped, ofGuidon, isClientType, sourceOf } = names
  const { holds, links, variables, link, bind, importAs, givesClient } = holdersIn(names)
  const constants: Reading['constants'][number][] = []
  const calls: Call[] = []

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
      calls.push({
        by,
        names: written(first, names),
        fallback: hasFallback ? literalType(second) : undefined,
      })

    if (callee.type === 'Identifier') {
      if (OPEN_FEATURE.test(method)) calls.push({ names: written(first, names) })
      else add({ name: scoped(method), holds: 'function' })
      return
    }
    if (callee.type !== 'MemberExpression' && callee.type !== 'OptionalMemberExpression') return
    if (OPEN_FEATURE.test(method)) calls.push({ names: written(first, names) })
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
        if (text) calls.push({ names: [{ place: placeOf(file, property), text }] })
      }
    }
  }

  const on: { [T in Node['type']]?: (node: Extract<Node, { type: T }>) => void } = {
    VariableDeclaration({ kind, declarations }) {
      for (const { id, init } of declarations)
        if (kind === 'const' && init && id.type === 'Identifier')
          constants.push(...constantsIn(id.name, init))
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
        if (initializer) constants.push(...constantsIn(`${name}.${keyOf(id)}`, initializer))
    },
    ExportDefaultDeclaration({ declaration }) {
      constants.push(...constantsIn(defaultOf(file), declaration))
      link(defaultOf(file), declaration)
    },
    ExportNamedDeclaration({ specifiers, source }) {
      for (const one of specifiers) {
        if (one.type !== 'ExportSpecifier') continue
        const named = (name: string, of: string) => (name === 'default' ? defaultOf(of) : name)
        const from = source ? named(one.local.name, source.value) : one.local.name
        const to = named(keyOf(one.exported) ?? '', file)
        if (!source) links.push([scoped(from), to])
        else if (!isGuidon(source.value)) links.push([from, to])
        else if (isKind(from)) holds.push([to, from])
        else if (isMaker(from)) holds.push([to, 'client'])
      }
    },
    ExportAllDeclaration({ source }) {
      if (!isGuidon(source.value)) return
      for (const hook of HOOKS) holds.push([hook, hook])
      for (const maker of MAKERS) holds.push([maker, 'client'])
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

function literalType(value: Node): string | undefined {
  const node = bare(value)
  if (node.type === 'UnaryExpression' && node.operator === '-') return literalType(node.argument)
  if (node.type === 'StringLiteral' || node.type === 'TemplateLiteral') return 'string'
  if (node.type === 'NumericLiteral') return 'number'
  return node.type === 'BooleanLiteral' ? 'boolean' : undefined
}
