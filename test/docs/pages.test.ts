import { existsSync, readFileSync, statSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { addressesOf, anchorsOf, linksOf, PAGES } from './pages.ts'

describe('the pages', () => {
  it('are found', () => {
    expect(PAGES.length).toBeGreaterThan(30)
    expect(PAGES).toContain('README.md')
  })

  it.each(PAGES)('%s leads to what is there, down to the heading', (page) => {
    const broken = linksOf(page).filter(({ file, anchor }) => {
      if (!existsSync(file)) return true
      if (!anchor) return false
      return statSync(file).isDirectory() || !anchorsOf(file).has(anchor)
    })
    expect(broken.map(({ target }) => target)).toEqual([])
  })

  it.each(PAGES)('%s leads elsewhere over https, or to an address of this machine', (page) => {
    expect(addressesOf(page).filter((address) => !/^(https:|http:\/\/127\.0\.0\.1)/.test(address))).toEqual(
      [],
    )
  })

  it('can all be found from docs/README.md, which is also the navigation of the site', () => {
    const listed = linksOf('docs/README.md').map(({ file }) => file)
    const pages = PAGES.filter((page) => page.startsWith('docs/') && page !== 'docs/README.md')
    const decisions = linksOf('docs/decisions/README.md').map(({ file }) => file)
    expect(pages.filter((page) => ![...listed, ...decisions].includes(page))).toEqual([])
  })

  it.each(PAGES)('%s has fences around its code, so that it is found', (page) => {
    // Four spaces after an empty line are code too, unless they go on with a list.
    const text = readFileSync(page, 'utf8').replace(/^( *)```.*\n[\s\S]*?^ *```$/gm, '')
    expect([...text.matchAll(/^(?! *(?:[-*]|\d+\.) ).*\n\n {4}\S.*$/gm)].map(([lines]) => lines)).toEqual([])
  })

  it('have one title each, and their headings in order', () => {
    for (const page of PAGES) {
      const levels = [
        ...readFileSync(page, 'utf8')
          .replace(/^( *)```.*\n[\s\S]*?^ *```$/gm, '')
          .matchAll(/^(#+) /gm),
      ].map(([, marks]) => marks!.length)
      expect(levels[0], page).toBe(1)
      expect(
        levels.filter((level) => level === 1),
        page,
      ).toHaveLength(1)
      expect(
        levels.every((level, at) => at === 0 || level <= levels[at - 1]! + 1),
        page,
      ).toBe(true)
    }
  })
})
