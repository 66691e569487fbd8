import type {
  CallExpression,
  Identifier,
  ImportDeclaration,
  MemberExpression,
  Node,
  ObjectExpression,
} from '@babel/types'
import { bare, keyOf, memberOf, textOf } from '../scan/walk.ts'
import type { Edit } from './edits.ts'
import { isInstance, isReact } from './modules.ts'
import type { Left, Rewritten, Source } from './source.ts'

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
type Rewrite = (call: Call) => readonly Edit[] | string
interface Call {
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

const NAMES = 'The name is compared as it is on the server now. Check it, with `guidon check`.'
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
      text === undefined
        ? ['{ [', key, ']: ']
        : [`{ ${/^[a-z_$][\w$]*$/i.test(text) ? text : source.code(key)}: `]
    return [rename('setTraits'), ...pass(...open, value, ' }')]
  },
  logout: ({ rename }) => [rename('reset')],
  setTraits: ({ rename }) => [rename('setTraits')],
  getAllFlags: ({ rename }) => [rename('all')],
  getFlags: ({ rename }) => [rename('refresh')],
}

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

/** What the uses of an instance become, and what is in the way. */
function usesOf(source: Source, local: string, flags: string) {
  const edits: Edit[] = []
  const changed: Node[] = []
  const left: Left[] = []
  /** To be looked at, though it is rewritten. */
  const notes: Left[] = []
  const seen = new Set<Node>()
  const replace = (node: Node, text: string): Edit => {
    const [start, end] = source.span(node)
    return { start, end, text }
  }
  const byHand = (node: Node, what: string, message: string) =>
    left.push({ ...source.at(node), what, message })
  const isInstance = (node: Node): node is Identifier => node.type === 'Identifier' && node.name === local

  function call(node: CallExpression, callee: MemberExpression, parent: Node | undefined): void {
    seen.add(callee).add(callee.object)
    const method = memberOf(callee) ?? '?'
    const rewrite = Object.hasOwn(REWRITES, method) ? REWRITES[method] : undefined
    if (!rewrite || callee.computed || node.arguments.some(({ type }) => type === 'SpreadElement')) {
      byHand(callee.property, method, BY_HAND[method] ?? 'See docs/migrating.md.')
      return
    }
    const [start, end] = source.span(node)
    const open = source.text.indexOf('(', source.span(callee)[1]) + 1
    // What comes behind the call is part of a larger expression then, and needs parentheses of its own.
    const isWhole = ALONE.test(parent?.type ?? 'Program')
    let isLonger = false
    const pass = (...parts: (string | Node)[]): Edit[] => {
      const made: Edit[] = []
      let [at, text] = [open, '']
      for (const part of parts) {
        if (typeof part === 'string') text += part
        else {
          const [from, to] = source.span(part)
          made.push({ start: at, end: from, text })
          ;[at, text] = [to, '']
        }
      }
      return [...made, { start: at, end, text: `${text})` }]
    }
    const made = rewrite({
      source,
      args: node.arguments,
      rename: (to) => replace(callee.property, to),
      pass,
      passAnd(behind, ...parts) {
        isLonger = !isWhole
        return pass(...parts).map((edit) =>
          edit.end === end ? { ...edit, text: edit.text + behind + (isLonger ? ')' : '') } : edit,
        )
      },
    })
    if (typeof made === 'string') byHand(callee.property, method, made)
    // A line that begins with a parenthesis may go on with the line before it.
    else if (isLonger && /(?:^|\n)\s*$/.test(source.text.slice(0, start)))
      byHand(callee.property, method, 'Use value(name, fallback).')
    else {
      edits.push(replace(callee.object, isLonger ? `(${flags}` : flags), ...made)
      changed.push(node)
      const [name] = node.arguments
      const text = name && textOf(name)
      if (text && /^(?:hasFeature|getValue)$/.test(method) && /[A-Z ]/.test(text))
        notes.push({ ...source.at(name), what: text, message: NAMES })
    }
  }

  source.each((node, parent) => {
    if (
      node.type === 'CallExpression' &&
      node.callee.type === 'MemberExpression' &&
      isInstance(node.callee.object)
    )
      call(node, node.callee, parent)
    else if (node.type === 'MemberExpression' && isInstance(node.object) && !seen.has(node)) {
      seen.add(node.object)
      const what = memberOf(node) ?? '?'
      if (what !== 'identity') byHand(node.property, what, BY_HAND[what] ?? 'See docs/migrating.md.')
      edits.push(replace(node.object, flags))
      changed.push(node)
    } else if (isInstance(node) && !seen.has(node) && parent && !isOnlyAName(node, parent))
      byHand(node, local, 'It is handed on. Rewrite first where it goes to.')
  })
  return { edits, changed, left, notes }
}

/** Where an expression is nobody's part. */
const ALONE =
  /Statement$|Declarator$|^(?:Program|CallExpression|ArrowFunctionExpression|JSXExpressionContainer|ObjectProperty|TemplateLiteral)$/

/** A name that is no use of what goes by it: where it is imported, a key, a member of something else. */
const isOnlyAName = (node: Node, parent: Node): boolean =>
  /^Import.*Specifier$|^JSXAttribute$/.test(parent.type) ||
  (parent.type === 'ObjectProperty' && parent.key === node && parent.value !== node) ||
  (/^(?:Optional)?MemberExpression$/.test(parent.type) && (parent as MemberExpression).property === node)
