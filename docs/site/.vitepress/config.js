import { defineConfig } from 'vitepress'
import { navigation } from '../pages.js'
import { doors } from '../reference.js'

const { GUIDON_DOCS_BASE = '/' } = process.env

/** Anchors as GitHub makes them, so that a link holds in both places. */
const slugify = (text) =>
  text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\p{M} _-]/gu, '')
    .replaceAll(' ', '-')

const reference = {
  text: 'Reference',
  items: doors.map(({ door, page }) => ({ text: door, link: `/reference/${page}` })),
}

export default defineConfig({
  title: 'guidon',
  description: 'A feature-flag client that is instant, private, and never in the way.',
  lang: 'en',
  base: GUIDON_DOCS_BASE,
  srcDir: '.cache/pages',
  cacheDir: '.cache/vite',
  outDir: '../../dist-docs',
  head: [['link', { rel: 'icon', type: 'image/svg+xml', href: `${GUIDON_DOCS_BASE}flag.svg` }]],
  markdown: {
    anchor: { slugify },
    // `{ createClient }` in a table is what is imported, and says nothing of the table.
    attrs: { disable: true },
    theme: { light: 'github-light-high-contrast', dark: 'github-dark-high-contrast' },
    // Pages are text, and no templates: `{{ title() }}` is what stands there.
    config(md) {
      const { code_inline } = md.renderer.rules
      md.renderer.rules.code_inline = (tokens, at, ...rest) => {
        tokens[at].attrSet('v-pre', '')
        return code_inline(tokens, at, ...rest)
      }
    },
    languageAlias: { console: 'shellsession', conf: 'nginx', vcl: 'c' },
  },
  // The index of the search is one file.
  vite: { build: { chunkSizeWarningLimit: 2_000 } },
  themeConfig: {
    logo: { src: '/flag.svg', alt: '' },
    nav: [
      { text: 'Getting started', link: '/getting-started' },
      { text: 'Concepts', link: '/concepts' },
      { text: 'Recipes', link: '/recipes' },
      { text: 'Reference', link: '/reference/' },
      { text: 'All pages', link: '/pages' },
    ],
    sidebar: [...navigation(), reference],
    outline: { level: [2, 3] },
    search: { provider: 'local' },
    docFooter: { prev: 'Before', next: 'Next' },
  },
})
