// The pages of the repository as pages of the site: found by themselves, and with their links turned to where they are here.

import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join, normalize, relative, resolve } from 'node:path'

const root = resolve(import.meta.dirname, '../..')
const read = (file) => readFileSync(join(root, file), 'utf8')
const isThere = (file) => existsSync(join(root, file))

const PICTURE = /\.(?:png|jpe?g|gif|svg|webp)$/

/** Where a file of the repository is on the site. What is no page becomes one, with the file in it. */
const placeOf = (file) => {
  if (isThere(join(file, 'README.md'))) return placeOf(join(file, 'README.md'))
  if (file === 'README.md') return 'index.md'
  if (file === 'CHANGELOG.md') return 'changelog.md'
  if (file === 'docs/README.md') return 'pages.md'
  if (/^docs\/.*\.md$/.test(file)) return file.slice('docs/'.length).replace('README.md', 'index.md')
  if (/^examples\/[^/]+\/README\.md$/.test(file)) return `${dirname(file)}.md`
  if (PICTURE.test(file)) return file.replace(/^docs\//, '')
  return join('files', `${file}.md`)
}

const FENCED = /^( *)```.*\n[\s\S]*?^ *```$/gm
/** A text with something done to all of it but its blocks of code. */
const outsideOfBlocks = (text, change) => {
  const blocks = []
  const held = text.replace(FENCED, (block) => `\0${blocks.push(block) - 1}\0`)
  return change(held).replace(/\0(\d+)\0/g, (_, at) => blocks[at])
}

/** The files that pages lead to, from the repository's root. */
const wanted = new Set()

/** A page, with its links and pictures as they are on the site. */
const linked = (file, text) => {
  const way = (path) => {
    const target = normalize(join(dirname(file), path))
    wanted.add(target)
    const way = relative(dirname(placeOf(file)), placeOf(target))
    // Pictures are looked for among packages, unless their path is one.
    return way.startsWith('.') ? way : `./${way}`
  }
  return outsideOfBlocks(text, (prose) =>
    prose
      .replace(/\]\((?!\w+:|#)([^)\s#]+)(#[^)\s]*)?\)/g, (_, path, anchor = '') => `](${way(path)}${anchor})`)
      .replace(/(<img [^>]*src=")(?!\w+:|\/)([^"]+)"/g, (_, before, path) => `${before}${way(path)}"`),
  )
}

/** The front page: what README says first as its head, its points as cards, and the rest below. */
const front = (text) => {
  const [head, ...rest] = outsideOfBlocks(text, (prose) => prose.replace(/^## /m, '\0## ')).split('\0## ')
  const plain = (words) =>
    words
      .replace(/<!--.*?-->/gs, '')
      .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .replace(/\s+/g, ' ')
      .trim()
  const [, title] = /^# (.*)$/m.exec(head)
  const [, motto] = /^\*(.*)\*$/m.exec(head)
  const [, says] = /\n\n(A [\s\S]*?)\n\n/.exec(head)
  const cards = [...head.matchAll(/^- \*\*(.*?)\.?\*\* ([\s\S]*?)(?=^- |^$)/gm)].map(
    ([, title, details]) => ({
      title,
      details: plain(details)
        .replaceAll('`', '')
        .replace(/\(A browser that is killed.*\)/, ''),
    }),
  )
  const data = {
    layout: 'front',
    sidebar: false,
    hero: {
      name: title,
      text: plain(says.split('. ')[0]),
      tagline: motto,
      image: { src: '/flag.svg', alt: '' },
      actions: [
        { theme: 'brand', text: 'Getting started', link: './getting-started.html' },
        { theme: 'alt', text: 'Concepts', link: './concepts.html' },
        { theme: 'alt', text: 'Recipes', link: './recipes.html' },
      ],
    },
    features: cards,
  }
  return `---\n${JSON.stringify(data)}\n---\n\n## ${rest.join('## ')}`
}

/** A file that is no page, as a page. */
const shown = (file) => {
  const path = join(root, file)
  if (statSync(path).isDirectory())
    return `# ${file}\n\n${readdirSync(path)
      .map((name) => `- \`${name}\``)
      .join('\n')}\n`
  return `# ${file.split('/').at(-1)}\n\n\`${file}\` in the repository:\n\n\`\`\`\`${file.split('.').at(-1)}\n${read(file)}\n\`\`\`\`\n`
}

const pages = () => [
  'README.md',
  'CHANGELOG.md',
  ...readdirSync(join(root, 'docs'), { recursive: true })
    .filter((file) => file.endsWith('.md') && !file.startsWith('site/'))
    .map((file) => join('docs', file)),
]

/** Writes all pages into a folder. */
export const writePages = (out) => {
  const write = (file, text) => {
    const path = join(out, placeOf(file))
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
  }
  const written = new Set()
  const page = (file) => {
    written.add(placeOf(file))
    const text = linked(file, read(file))
    write(file, file === 'README.md' ? front(text) : text)
  }
  for (const file of pages()) page(file)
  // What pages lead to comes along, and what that leads to.
  for (let more = true; more; ) {
    const missing = [...wanted].filter((file) => !written.has(placeOf(file)))
    more = missing.length > 0
    for (const file of missing) {
      const readme = join(file, 'README.md')
      if (isThere(readme)) page(readme)
      else if (PICTURE.test(file)) {
        written.add(placeOf(file))
        cpSync(join(root, file), join(out, placeOf(file)))
      } else if (file.endsWith('.md')) page(file)
      else {
        written.add(placeOf(file))
        write(file, shown(file))
      }
    }
  }
  // Where the generator looks for what has a fixed address.
  cpSync(join(root, 'examples/browser/flag.svg'), join(out, 'public/flag.svg'))
}

/** The navigation is docs/README.md: its headings, and the pages in the lists below them. A page that is not there comes last. */
export const navigation = () => {
  const parts = read('docs/README.md').split(/^## /m).slice(1)
  const groups = parts
    .map((part) => ({
      text: part.split('\n')[0],
      items: [...part.matchAll(/^- \[([^\]]+)\]\(([^)]+\.md)\)/gm)].map(([, text, path]) => ({
        text: text.replace(/^(?!guidon)./, (letter) => letter.toUpperCase()),
        link: `/${placeOf(normalize(join('docs', path))).replace(/(index)?\.md$/, '')}`,
      })),
    }))
    .filter(({ items }) => items.length > 0)
  const listed = groups.flatMap(({ items }) => items.map(({ link }) => link))
  const others = pages()
    .filter((file) => /^docs\/(?!README)[^/]+\.md$/.test(file))
    .map((file) => ({
      text: /^# (.*)$/m.exec(read(file))?.[1] ?? file,
      link: `/${placeOf(file).replace('.md', '')}`,
    }))
    .filter(({ link }) => !listed.includes(link))
  return others.length > 0 ? [...groups, { text: 'More', items: others }] : groups
}
