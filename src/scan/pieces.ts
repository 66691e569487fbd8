/** What is code in a file: all of it, or of a component its scripts and what its template holds. */

/** A piece of code in a file, and where it begins there: characters and columns are counted from 0, lines from 1. */
export interface Piece {
  readonly code: string
  readonly at: number
  readonly line: number
  readonly column: number
  readonly language: 'js' | 'ts' | 'tsx'
  /** Of a template: an expression, or what a framework makes of one. */
  readonly isTemplate?: boolean
}

/** Whether code is only a part of the file. */
export const isComponent = (file: string): boolean => /\.(?:vue|svelte)$/.test(file)

/** Where something is in a text, as the parser counts: lines from 1, columns from 0. */
export function placeAt(text: string, index: number) {
  const lines = text.slice(0, index).split(/\r\n|[\n\r\u2028\u2029]/)
  return { line: lines.length, column: lines.at(-1)!.length }
}

/** As HTML has it: an attribute may hold a `>`, as `generic="T extends List<string>"` does. */
const SCRIPT =
  /<!--[\s\S]*?-->|<style\b[\s\S]*?<\/style\s*>|(<script\b(?:"[^"]*"|'[^']*'|[^>"'])*>)([\s\S]*?)<\/script\s*>/gi

export function piecesOf(file: string, text: string): Piece[] {
  const [, extension = ''] = /\.(\w+)$/.exec(file) ?? []
  if (!isComponent(file)) {
    const language = extension === 'tsx' ? 'tsx' : extension.endsWith('ts') ? 'ts' : 'js'
    // A mark at the beginning is none of the code. Behind it may be a line for the shell (`#!`), which has to be the first.
    const at = text.startsWith('\uFEFF') ? 1 : 0
    return [{ code: text.slice(at), at, line: 1, column: 0, language }]
  }

  const pieces: Piece[] = []
  let language: Piece['language'] = 'js'
  const add = (code: string, at: number, isTemplate = false) => {
    pieces.push({ code, at, ...placeAt(text, at), language, isTemplate })
  }
  // One after the other: what looks like a comment in a script is none.
  const template = text.replace(SCRIPT, (block, tag: string | undefined, code: string, at: number) => {
    if (tag) {
      const [, named] = /\blang=["']?(tsx?)/.exec(tag) ?? []
      if (named) language = named as Piece['language']
      add(code, at + tag.length)
    }
    return block.replace(/[^\n]/g, ' ')
  })
  for (const [code, at] of extension === 'vue' ? vueTemplate(template) : svelteTemplate(template))
    add(code, at, true)
  return pieces
}

/** `{{ … }}`, and attributes that are code: `v-if="…"`, `:size="…"`, `@click="…"`. In Pug they are in parentheses. */
function* vueTemplate(text: string): Generator<[code: string, at: number]> {
  const places = /\{\{([\s\S]*?)\}\}|[\s(,](?:v-|[:@#])[^\s=>"']*=(?:"([^"]*)"|'([^']*)')/dg
  for (const { indices } of text.matchAll(places)) {
    const [start, end] = (indices!.slice(1).find(Boolean) ?? [0, 0]) as [number, number]
    yield [text.slice(start, end), start]
  }
}

/** What Svelte says before an expression, and behind it: `{#each … as item}`, `{:else if …}`, `{#await … then it}`, `{...all}`. */
const SVELTE = /^(?:([#:@/][a-z]+(?: if)?)|\.{3})?([\s\S]*)$/
const BEHIND = new Map([
  ['#each', /\sas\s(?![\s\S]*\sas\s)[\s\S]*$/],
  ['#await', /\s(?:then|catch)\b[\s\S]*$/],
])

/** `{ … }`. A brace in a text is none. */
function* svelteTemplate(text: string): Generator<[code: string, at: number]> {
  let depth = 0
  let start = 0
  const brace = /[{}]|(["'])(?:\\.|(?!\1)[^\\\n])*\1|`(?:\\[\s\S]|[^`\\])*`/g
  for (let found = brace.exec(text); found; found = brace.exec(text)) {
    const [it] = found
    const at = found.index
    // Between expressions a quote is only a sign.
    if (it.length > 1 && !depth) brace.lastIndex = at + 1
    if (it === '{' && !depth++) start = at + 1
    if (it !== '}' || !depth || --depth) continue
    const [code, word = '', said = ''] = SVELTE.exec(text.slice(start, at)) ?? ['']
    yield [said.replace(BEHIND.get(word) ?? '', ''), start + code.length - said.length]
  }
}
