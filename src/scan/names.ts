import type { MemberExpression, Node } from '@babel/types'
import { bare, isCall, lastName, memberOf, textOf, walk } from './walk.ts'

/** What the names of one file mean, as far as its imports tell. */
export type Names = ReturnType<typeof namesIn>

const GUIDON = /^guidon(?:\/(?:react|vue))?$/
export const isGuidon = (module: string): boolean => GUIDON.test(module)
/** What makes a client, or gives the provider's. */
export const MAKERS = ['createClient', 'useGuidon'] as const
export const isMaker = (name: string | undefined) => MAKERS.some((maker) => maker === name)

/** How the default export of a module is called here: `./shop/flags.ts` and `@/shop/flags` give the same. */
export const defaultOf = (module: string): string =>
  `default of ${module
    .replace(/\/index(?:\.\w+)?$/, '')
    .replace(/.*\//, '')
    .replace(/\.\w+$/, '')}`

/** The names of a file. `imports` are local names of what is imported: from where, and its name there (`*`: all of it). */
export function namesIn(file: string) {
  const imports = new Map<string, { readonly from: string; readonly name: string }>()

  /** The name that an imported thing goes by: it is this file's, for elsewhere it may be another library's. */
  const scoped = (name: string) => (imports.has(name) ? `${file}\0${name}` : name)

  /** What of guidon an expression names: `createClient`, `guidon.createClient`, `react.useFlag`. */
  const ofGuidon = (node: Node): string | undefined => {
    if (node.type === 'Identifier') {
      const { from = '', name } = imports.get(node.name) ?? {}
      return isGuidon(from) ? name : undefined
    }
    const member = memberOf(node)
    const owner = member && lastName((node as MemberExpression).object)
    if (!owner) return
    const { from, name } = imports.get(owner) ?? { from: owner, name: '*' }
    return isGuidon(from) && name === '*' ? member : undefined
  }

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

  /** The module that an expression is all of. */
  const sourceOf = (value: Node): string | undefined => {
    const node = bare(value)
    if (node.type === 'Identifier') {
      const { from, name } = imports.get(node.name) ?? { from: node.name, name: '*' }
      return name === '*' && isGuidon(from) ? from : undefined
    }
    if (node.type === 'ImportExpression') return textOf(node.source)
    if (!isCall(node)) return
    const isImport = node.callee.type === 'Import' || lastName(node.callee) === 'require'
    return isImport && node.arguments[0] ? textOf(node.arguments[0]) : undefined
  }

  return { file, imports, scoped, ofGuidon, isClientType, sourceOf }
}
