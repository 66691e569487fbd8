import { keyOf, lastName, memberOf } from '../scan/walk.ts'
import type { Left, Source } from './source.ts'

const UNUSED: Readonly<Record<string, string>> = {
  datadogRum: 'It does nothing. Tell Datadog in onChange: see docs/migrating.md.',
  sentryClient: 'It does nothing. Tell Sentry in onChange: see docs/migrating.md.',
  enableDynatrace: 'It does nothing. Tell Dynatrace in onChange: see docs/migrating.md.',
  angularHttpClient: 'It does nothing. Pass a function as `fetch`: see docs/migrating.md.',
  enableLogs: 'It does nothing. What goes wrong is told by onError.',
}

/** Options of `init` that do nothing any more, in calls and in the options of a provider. */
export function unused(source: Source): Left[] {
  const left: Left[] = []
  source.each((node, parent) => {
    if (node.type !== 'ObjectExpression' || !parent) return
    const isInit =
      (parent.type === 'CallExpression' && (memberOf(parent.callee) ?? lastName(parent.callee)) === 'init') ||
      (parent.type === 'JSXExpressionContainer' &&
        node.properties.some((one) => 'key' in one && keyOf(one.key) === 'environmentID'))
    if (!isInit) return
    for (const one of node.properties) {
      const what = ('key' in one && keyOf(one.key)) || ''
      const message = UNUSED[what]
      if (message) left.push({ ...source.at(one), what, message })
    }
  })
  return left
}
