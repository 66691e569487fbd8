import type { Node } from '@babel/types'
import { defaultOf, isGuidon, isMaker, type Names } from './names.ts'
import { HOOKS, type Kind, type Link } from './reading.ts'
import { bare, isCall, keyOf, lastName, returned } from './walk.ts'

export const isKind = (name: string | undefined): name is Kind =>
  name === 'client' || HOOKS.some((hook) => hook === name)

/** Collects which names of a file hold clients and hooks. */
export function holdersIn(names: Names) {
  const { imports, scoped, ofGuidon, isClientType, sourceOf } = names
  const holds: [name: string, kind: Kind][] = []
  const links: Link[] = []
  /** How many variables of the file have a name. */
  const variables = new Map<string, number>()

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
        if (source && isGuidon(source) && isKind(from)) holds.push([to, from])
        if (!source && from !== to) links.push([from, to])
      }
    } else {
      const name = lastName(target)
      if (target.type === 'Identifier') variable(target.name)
      if (name && isClientType((target as { typeAnnotation?: unknown }).typeAnnotation))
        holds.push([name, 'client'])
      link(name, value)
    }
  }

  const importAs = (local: string, from: string, name: string) => {
    imports.set(local, { from, name })
    if (isGuidon(from)) {
      if (isKind(name)) holds.push([scoped(local), name])
    } else links.push([/^(?:default|\*)$/.test(name) ? defaultOf(from) : name, scoped(local)])
  }

  return { holds, links, variables, link, bind, importAs, givesClient }
}
