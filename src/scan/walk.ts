import type {
  CallExpression,
  Expression,
  Function as FunctionNode,
  Node,
  OptionalCallExpression,
} from '@babel/types'

/**
 * Calls `enter` for a node and all below it, in the order of the text, with the node that each is in. Where it gives `false`,
 * what is below is left out. Not by recursion: what tools write may be nested deeper than a stack.
 */
export function walk(root: Node, enter: (node: Node, parent: Node | undefined) => unknown): void {
  const waiting: [node: Node, parent: Node | undefined][] = [[root, undefined]]
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const [node, parent] = next
    if (enter(node, parent) === false) continue
    const below = Object.values(node).flat().filter(isNode)
    for (const one of below.reverse()) waiting.push([one, node])
  }
}

const isNode = (value: unknown): value is Node => typeof (value as Node | undefined)?.type === 'string'

/** What a function may give. */
export function returned({ body }: FunctionNode): Expression[] {
  if (body.type !== 'BlockStatement') return [body]
  const found: Expression[] = []
  walk(body, (node) => {
    if (node.type === 'ReturnStatement' && node.argument) found.push(node.argument)
    return !/Function|Method|^Class/.test(node.type)
  })
  return found
}

/** An expression without what only compilers read. */
export function bare(node: Node): Node {
  switch (node.type) {
    case 'TSAsExpression':
    case 'TSSatisfiesExpression':
    case 'TSNonNullExpression':
    case 'TSTypeAssertion':
    case 'TypeCastExpression':
    case 'ParenthesizedExpression':
      return bare(node.expression)
    case 'AwaitExpression':
      return bare(node.argument)
    default:
      return node
  }
}

/** The text of a literal. */
export function textOf(node: Node): string | undefined {
  if (node.type === 'StringLiteral') return node.value
  if (node.type === 'TemplateLiteral' && !node.expressions.length)
    return node.quasis[0]?.value.cooked ?? undefined
  return
}

/**
 * The last name of what is named: `flags` of `flags`, `this.props.flags` and `flags()`; and of `flags.value` and `flags.current`,
 * for those are what refs hold.
 */
export function lastName(node: Node): string | undefined {
  const it = bare(node)
  switch (it.type) {
    case 'Identifier':
      return it.name
    case 'MemberExpression':
    case 'OptionalMemberExpression': {
      const name = memberOf(it)
      return name === 'value' || name === 'current' ? lastName(it.object) : name
    }
    case 'CallExpression':
    case 'OptionalCallExpression':
      return memberOf(it.callee) ?? lastName(it.callee)
    default:
      return
  }
}

/** The name of the member that is taken of something. */
export function memberOf(node: Node): string | undefined {
  if (node.type !== 'MemberExpression' && node.type !== 'OptionalMemberExpression') return
  return node.computed ? textOf(node.property) : keyOf(node.property)
}

/** The name of a key, or of a private member. */
export function keyOf(node: Node | null | undefined): string | undefined {
  if (!node) return
  if (node.type === 'Identifier') return node.name
  if (node.type === 'PrivateName') return node.id.name
  return textOf(node)
}

export const isCall = (node: Node): node is CallExpression | OptionalCallExpression =>
  node.type === 'CallExpression' || node.type === 'OptionalCallExpression'
