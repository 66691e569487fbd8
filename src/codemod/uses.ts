import type { CallExpression, Identifier, MemberExpression, Node } from '@babel/types'
import { memberOf, textOf } from '../scan/walk.ts'
import type { Edit } from './edits.ts'
import { byHandOf, rewriteOf } from './members.ts'
import { isOnlyAName, type Left, type Source } from './source.ts'

const NAMES = 'The name is compared as it is on the server now. Check it, with `guidon check`.'

/** What the uses of an instance become, and what is in the way. */
export function usesOf(source: Source, local: string, flags: string) {
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
    const rewrite = rewriteOf(method)
    if (!rewrite || callee.computed || node.arguments.some(({ type }) => type === 'SpreadElement')) {
      byHand(callee.property, method, byHandOf(method))
      return
    }
    if (node.typeParameters) {
      byHand(
        callee.property,
        method,
        'Its type argument goes: types come of the fallback, or of `guidon types`.',
      )
      return
    }
    const [start, end] = source.span(node)
    const open = source.text.indexOf('(', source.span(callee)[1]) + 1
    // What comes behind the call is part of a larger expression then, and needs parentheses of its own.
    const isCalled = parent?.type === 'CallExpression' && parent.callee === node
    const isWhole = ALONE.test(parent?.type ?? 'Program') && !isCalled
    let isLonger = false
    const pass = (...parts: (string | Node)[]): Edit[] => {
      const made: Edit[] = []
      let [at, text] = [open, '']
      for (const part of parts) {
        if (typeof part === 'string') text += part
        else {
          const [from, to] = source.span(part)
          // Parentheses are not of a node, and only here they matter.
          const isList = part.type === 'SequenceExpression'
          made.push({ start: at, end: from, text: isList ? `${text}(` : text })
          ;[at, text] = [to, isList ? ')' : '']
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
      if (what !== 'identity') byHand(node.property, what, byHandOf(what))
      edits.push(replace(node.object, flags))
      changed.push(node)
    } else if (isInstance(node) && !seen.has(node) && parent && !isOnlyAName(node, parent))
      byHand(node, local, 'It is handed on. Rewrite first where it goes to.')
  })
  const unread = source.unread(local)
  if (unread)
    left.push({
      ...unread,
      what: local,
      message: 'It is used where no code can be read. Move it into the script.',
    })
  return { edits, changed, left, notes }
}

/** Where an expression is nobody's part. */
const ALONE =
  /Statement$|Declarator$|^(?:Program|CallExpression|ArrowFunctionExpression|JSXExpressionContainer|ObjectProperty|TemplateLiteral)$/
