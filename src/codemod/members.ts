import type { CallExpression, Node, ObjectExpression } from '@babel/types'
import { bare, keyOf, textOf } from '../scan/walk.ts'
import type { Edit } from './edits.ts'
import type { Source } from './source.ts'

/** What somebody has to do by hand, by the member that is used. */
const BY_HAND: Readonly<Record<string, string>> = {
  init: 'Make the client once, with createClient() or as init(…) and flagsmith.client of guidon/migrate.',
  getTrait: 'traits() has the traits that this app set, not those that the server knows.',
  getAllTraits: 'traits() has the traits that this app set, not those that the server knows.',
  getState: 'snapshot() gives what a page needs.',
  setState: 'Pass what snapshot() gave as the option `snapshot`.',
  setContext: 'identify(), reset() and setTraits() say who it is. Another environment is another client.',
  updateContext: 'identify(), reset() and setTraits() say who it is.',
  getContext: '`identity` and traits() say who it is.',
  startListening: 'Pass polling({ intervalMs }) of guidon/live in `use`.',
  stopListening: 'setInterval(Infinity) of the polling() that was passed in `use` pauses it.',
  loadingState: '`status` and ready() say how it stands.',
  initialised: 'A client is ready when it is made.',
  trackEvent: 'experiments() of guidon/analytics tracks.',
  trackExposureEvent: 'experiments() of guidon/analytics tracks.',
  getExperimentFlag: 'flag(name), and exposure(name) of experiments().',
  flushEvents: 'Events are kept on the device: there is nothing to wait for.',
}

/** Rewrites one use of an instance, or says why it cannot. */
export type Rewrite = (call: Call) => readonly Edit[] | string
export interface Call {
  readonly source: Source
  readonly args: CallExpression['arguments']
  /** Gives the member another name. */
  readonly rename: (to: string) => Edit
  /** What stands between the parentheses from now on: text, and arguments as they are written, in their order. */
  readonly pass: (...parts: (string | Node)[]) => readonly Edit[]
  /** The same, and what comes after them. */
  readonly passAnd: (behind: string, ...parts: (string | Node)[]) => readonly Edit[]
}

/** What is said by an options object, when all of it is known: `undefined` when not. */
const said = (node: Node | undefined, keys: readonly string[]): Map<string, Node> | undefined => {
  if (!node) return new Map()
  const found = new Map<string, Node>()
  if (bare(node).type !== 'ObjectExpression') return
  for (const one of (bare(node) as ObjectExpression).properties) {
    const key = one.type === 'ObjectProperty' && !one.computed ? keyOf(one.key) : undefined
    if (!key || !keys.includes(key) || one.type !== 'ObjectProperty') return
    found.set(key, one.value)
  }
  return found
}

const SKIPS = 'There is no read that is not counted but all().'

const REWRITES: Readonly<Record<string, Rewrite>> = {
  hasFeature({ args: [name, options], rename, pass }) {
    const known = said(options, ['fallback', 'skipAnalytics'])
    if (!name || !known) return 'Its options are not written here: isEnabled(name, fallback).'
    if (known.has('skipAnalytics')) return SKIPS
    const fallback = known.get('fallback')
    return [rename('isEnabled'), ...pass(name, ...(fallback ? [', ', fallback] : []))]
  },
  getValue({ args: [name, options, skips], rename, pass, passAnd }) {
    const known = said(options, ['fallback', 'skipAnalytics', 'json'])
    if (!name || !known)
      return 'Its options are not written here: value(name, fallback) or json(name, { fallback }).'
    if (skips || known.has('skipAnalytics')) return SKIPS
    const [fallback, json] = [known.get('fallback'), known.get('json')]
    if (json && json.type !== 'BooleanLiteral') return 'json(name) parses, value(name, fallback) does not.'
    if (json?.value)
      return fallback
        ? [rename('json'), ...pass(name, ', { fallback: ', fallback, ' }')]
        : [rename('json'), ...passAnd(' ?? null', name)]
    return fallback
      ? [rename('value'), ...pass(name, ', ', fallback)]
      : [rename('flag'), ...passAnd('?.value ?? null', name)]
  },
  identify({ args, rename }) {
    if (!args.length) return 'reset() is for nobody.'
    return args.length > 2 ? 'Who is transient is said to createClient().' : [rename('identify')]
  },
  setTrait({ source, args: [key, value], rename, pass }) {
    if (!key || !value) return 'Use setTraits({ key: value }).'
    const text = textOf(key)
    const open =
      text === undefined || text === '__proto__'
        ? ['{ [', key, ']: ']
        : [`{ ${/^[a-z_$][\w$]*$/i.test(text) ? text : source.code(key)}: `]
    return [rename('setTraits'), ...pass(...open, value, ' }')]
  },
  logout: ({ rename }) => [rename('reset')],
  setTraits: ({ rename }) => [rename('setTraits')],
  getAllFlags: ({ rename }) => [rename('all')],
  getFlags: ({ rename }) => [rename('refresh')],
}

/** What a call of a member becomes, where that can be told. */
export const rewriteOf = (member: string): Rewrite | undefined =>
  Object.hasOwn(REWRITES, member) ? REWRITES[member] : undefined

/** What to do with any other use of a member. */
export const byHandOf = (member: string): string =>
  (Object.hasOwn(BY_HAND, member) && BY_HAND[member]) || 'See docs/migrating.md.'
