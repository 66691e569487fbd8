import { existsSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { checker, DOORS, exportsOf, program } from './exports.ts'

// The reference of the site is made of doc comments. `npm run test:docs` sees that each export is in it; here each has one.

describe('the reference', () => {
  it.each(DOORS)('has a sentence on each export of $door', ({ file }) => {
    expect(existsSync(file)).toBe(true)
    const found = exportsOf(file)
    expect(found).not.toEqual([])
    const silent = found.filter(({ symbol }) => !symbol.getDocumentationComment(checker).length)
    expect(silent.map(({ name }) => name)).toEqual([])
  })

  it('names pages of the docs that exist', () => {
    const named = program
      .getSourceFiles()
      .filter(({ fileName }) => /(?:^|\/)src\//.test(fileName))
      .flatMap(({ text }) => [...text.matchAll(/\bdocs\/[\w/-]+(?:\.\w+)?/g)].map(([path]) => path))
    expect(named.length).toBeGreaterThan(2)
    expect(named.filter((path) => !existsSync(path))).toEqual([])
  })
})
