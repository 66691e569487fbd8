import { type ParserOptions, parse, parseExpression } from '@babel/parser'
import type { Node } from '@babel/types'

/** A piece of code in a file, and where it begins there: lines are counted from 1, columns from 0. */
interface Piece {
  readonly code: string
  readonly line: number
  readonly column: number
  readonly language: 'js' | 'ts' | 'tsx'
  /** Of a template: an expression, or what a framework makes of one. */
  readonly isTemplate?: boolean
}

/** The files that `parsed` reads. */
export const SOURCE = /(?<!\.d)\.(?:[cm]?[jt]s|[jt]sx|vue|svelte)$/

/** The syntax trees of what is code in a file, with the lines and columns of the file. @throws SyntaxError */
export const parsed = (file: string, text: string): Node[] =>
  piecesOf(file, text).flatMap((piece): Node[] => {
    const options = optionsOf(piece)
    if (!piece.isTemplate) return [parse(piece.code, options).program]
    // Templates have words that are no JavaScript. Most of what surrounds them parses all the same.
    try {
      return [parseExpression(piece.code, options)]
    } catch {}
    try {
      return [parse(piece.code, options).program]
    } catch {
      return []
    }
  })

const optionsOf = ({ language, line, column }: Piece): ParserOptions => ({
  sourceType: 'unambiguous',
  startLine: line,
  startColumn: column,
  // What is wrong but can be read is for compilers to tell.
  errorRecovery: true,
  allowReturnOutsideFunction: true,
  allowAwaitOutsideFunction: true,
  allowSuperOutsideMethod: true,
  attachComment: false,
  plugins: [
    ...(language === 'js' ? (['flow', 'jsx'] as const) : (['typescript'] as const)),
    ...(language === 'tsx' ? (['jsx'] as const) : []),
    'decorators-legacy',
    'decoratorAutoAccessors',
    'explicitResourceManagement',
    'importAttributes',
  ],
})

function piecesOf(file: string, text: string): Piece[] {
  const [, extension = ''] = /\.(\w+)$/.exec(file) ?? []
  if (!/^(?:vue|svelte)$/.test(extension)) {
    const language = extension === 'tsx' ? 'tsx' : extension.endsWith('ts') ? 'ts' : 'js'
    return [{ code: text, line: 1, column: 0, language }]
  }

  const pieces: Piece[] = []
  let language: Piece['language'] = 'js'
  const add = (code: string, at: number, isTemplate = false) => {
    const before = text.slice(0, at).split('\n')
    pieces.push({ code, line: before.length, column: before.at(-1)!.length, language, isTemplate })
  }
  const blank = (part: string) => part.replace(/[^\n]/g, ' ')
  const template = text
    .replace(/<!--[\s\S]*?-->|<style\b[\s\S]*?<\/style\s*>/gi, blank)
    .replace(/(<script\b[^>]*>)([\s\S]*?)<\/script\s*>/gi, (block, tag: string, code: string, at: number) => {
      const [, named] = /\blang=["']?(tsx?)/.exec(tag) ?? []
      if (named) language = named as Piece['language']
      add(code, at + tag.length)
      return blank(block)
    })
  for (const [code, at] of extension === 'vue' ? vueTemplate(template) : svelteTemplate(template))
    add(code, at, true)
  return pieces
}

/** `{{ … }}`, and attributes that are code: `v-if="…"`, `:size="…"`, `@click="…"`. */
function* vueTemplate(text: string): Generator<[code: string, at: number]> {
  const places = /\{\{([\s\S]*?)\}\}|\s(?:v-|[:@#])[^\s=>"']*=(?:"([^"]*)"|'([^']*)')/dg
  for (const { indices } of text.matchAll(places)) {
    const [start, end] = (indices!.slice(1).find(Boolean) ?? [0, 0]) as [number, number]
    yield [text.slice(start, end), start]
  }
}

/** `{ … }`, with what a block begins with: `{#if …}`, `{:else if …}`, `{@html …}`. */
function* svelteTemplate(text: string): Generator<[code: string, at: number]> {
  let depth = 0
  let start = 0
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '{' && !depth++) start = at + 1
    if (text[at] !== '}' || !depth || --depth) continue
    const code = text.slice(start, at)
    const [word] = /^[#:@/][a-z]+(?: if)?/.exec(code) ?? ['']
    yield [code.slice(word.length), start + word.length]
  }
}
