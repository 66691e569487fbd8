import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'

/** The pages that people read: the front page, what lies in `docs/`, and what says how an example runs. */
export const PAGES: readonly string[] = [
  'README.md',
  ...readdirSync('docs', { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md') && !file.startsWith('site/'))
    .map((file) => join('docs', file))
    .sort(),
  ...readdirSync('examples')
    .map((folder) => `examples/${folder}/README.md`)
    .filter((file) => existsSync(file))
    .sort(),
]

/** A fenced block of a page. */
export interface Block {
  readonly page: string
  /** The number of its first line of code. */
  readonly line: number
  readonly language: string
  /** What stands behind the language: the setup that it runs in. */
  readonly word: string | undefined
  readonly code: string
  /** The section that it is in: the last heading of the second level. */
  readonly section: string
  /** Where it is, for whoever has to mend it. */
  readonly where: string
  /** The file of this repository that it is a copy of, in a comment above it: `<!-- test/… -->`. */
  readonly copyOf: string | undefined
  /** The file that it says it is, in a comment that is its first line: `// flags.ts`. */
  readonly file: string | undefined
}

/** All fenced blocks of a page. (In lists they are indented.) */
export const blocksOf = (page: string): Block[] => {
  const blocks: Block[] = []
  let section = ''
  let copyOf: string | undefined
  let open:
    | { indent: string; language: string; word: string | undefined; line: number; code: string[] }
    | undefined
  for (const [at, line] of readFileSync(page, 'utf8').split('\n').entries()) {
    const [, indent = '', info] = /^( *)```(.*)$/.exec(line) ?? []
    if (open && info === '') {
      const { language, word, line } = open
      const code = `${open.code.join('\n')}\n`
      const [, file] = /^(?:\/\/|#) (\S+\.\w+)\n/.exec(code) ?? []
      blocks.push({ page, line, language, word, code, section, copyOf, where: `${page}:${line}`, file })
      open = undefined
    } else if (open) open.code.push(line.replace(open.indent, ''))
    else if (info !== undefined) {
      const [language = '', word] = info.split(' ')
      open = { indent, language, word, line: at + 2, code: [] }
    } else {
      copyOf = /^<!-- (\S+\/\S+) -->$/.exec(line)?.[1]
      section = /^## (.*)$/.exec(line)?.[1] ?? section
    }
  }
  if (open) throw new Error(`${page}:${open.line}: a block without an end`)
  return blocks
}

export const BLOCKS: readonly Block[] = PAGES.flatMap(blocksOf)

/** A page without its blocks and its inline code, for who looks for headings and links. */
const prose = (page: string): string =>
  readFileSync(page, 'utf8')
    .replace(/^( *)```.*\n[\s\S]*?^ *```$/gm, '')
    .replace(/<!--[\s\S]*?-->/g, '')

/** The anchors of a page, as GitHub makes them of headings. */
export const anchorsOf = (page: string): Set<string> => {
  const anchors = new Set<string>()
  for (const [, text = ''] of prose(page).matchAll(/^#+ (.*)$/gm)) {
    const plain = text.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase()
    const anchor = plain.replace(/[^\p{L}\p{N}\p{M} _-]/gu, '').replaceAll(' ', '-')
    let name = anchor
    for (let again = 1; anchors.has(name); again++) name = `${anchor}-${again}`
    anchors.add(name)
  }
  return anchors
}

/** A link of a page to a file of this repository, or to an anchor. */
export interface Link {
  readonly page: string
  readonly target: string
  /** The file it leads to, from the repository's root. */
  readonly file: string
  readonly anchor: string | undefined
}

export const linksOf = (page: string): Link[] =>
  [
    ...prose(page)
      .replace(/`[^`\n]*`/g, '')
      .matchAll(/\]\(([^)\s]+)\)|<img [^>]*src="([^"]+)"/g),
  ]
    .map(([, link, picture]) => (link ?? picture) as string)
    .filter((target) => !/^\w+:/.test(target))
    .map((target) => {
      const [path, anchor] = target.split('#') as [string, string | undefined]
      return { page, target, file: path ? normalize(join(dirname(page), path)) : page, anchor }
    })

/** The addresses elsewhere that a page leads to. */
export const addressesOf = (page: string): string[] =>
  [...prose(page).matchAll(/\]\((\w+:[^)\s]+)\)/g)].map(([, address]) => address as string)
