import type { Node, ObjectExpression } from '@babel/types'
import { keyOf, lastName, memberOf } from '../scan/walk.ts'
import { partOf } from './modules.ts'
import type { Left, Source } from './source.ts'

const UNUSED = new Map([
  ['datadogRum', 'It does nothing. Tell Datadog in onChange: see docs/migrating.md.'],
  ['sentryClient', 'It does nothing. Tell Sentry in onChange: see docs/migrating.md.'],
  ['enableDynatrace', 'It does nothing. Tell Dynatrace in onChange: see docs/migrating.md.'],
  ['angularHttpClient', 'It does nothing. Pass a function as `fetch`: see docs/migrating.md.'],
  ['enableLogs', 'It does nothing. What goes wrong is told by onError.'],
])

/** Options of `init` that do nothing any more, in calls and in the options of a provider. */
export function unused(source: Source): Left[] {
  const left: Left[] = []
  const theirs = new Set<string>()
  const isInit = (node: ObjectExpression, parent: Node | undefined): boolean => {
    if (parent?.type === 'JSXExpressionContainer') return saysWhere(node)
    if (parent?.type !== 'CallExpression') return false
    const { callee } = parent
    if (callee.type !== 'MemberExpression') return lastName(callee) === 'init' && saysWhere(node)
    // Other things are initialised, too, and have an option that is called so.
    return memberOf(callee) === 'init' && (theirs.has(lastName(callee.object) ?? '') || saysWhere(node))
  }
  source.each((node, parent) => {
    if (node.type === 'ImportDeclaration' && partOf(node.source.value) !== undefined)
      for (const { local } of node.specifiers) theirs.add(local.name)
    if (node.type !== 'ObjectExpression' || !isInit(node, parent)) return
    for (const one of node.properties) {
      const what = ('key' in one && keyOf(one.key)) || ''
      const message = UNUSED.get(what)
      if (message) left.push({ ...source.at(one), what, message })
    }
  })
  return left
}

/** Whether options say of which environment they are. */
const saysWhere = ({ properties }: ObjectExpression) =>
  properties.some((one) => 'key' in one && /^(?:environmentID|evaluationContext)$/.test(keyOf(one.key) ?? ''))
