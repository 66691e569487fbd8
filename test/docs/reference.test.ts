import { existsSync, readFileSync } from 'node:fs'
import ts from '@typescript/typescript6'
import { describe, expect, it } from 'vitest'

// The reference of the site is made of doc comments. `npm run test:docs` sees that each export is in it; here each has one.

const { exports } = JSON.parse(readFileSync('package.json', 'utf8'))
const doors = Object.keys(exports)
  .filter((path) => path !== './package.json')
  .map((path) => `src/${path === '.' ? 'index' : path.slice(2)}.ts`)

const { config } = ts.readConfigFile('tsconfig.json', ts.sys.readFile)
const program = ts.createProgram(doors, ts.parseJsonConfigFileContent(config, ts.sys, '.').options)
const checker = program.getTypeChecker()

/** What a door exports, where it is declared. */
const exportsOf = (door: string): ts.Symbol[] =>
  checker
    .getExportsOfModule(checker.getSymbolAtLocation(program.getSourceFile(door)!)!)
    .map((symbol) => (symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol))

describe('the reference', () => {
  it.each(doors)('has a sentence on each export of %s', (door) => {
    expect(existsSync(door)).toBe(true)
    const found = exportsOf(door)
    expect(found).not.toEqual([])
    const silent = found.filter((symbol) => !symbol.getDocumentationComment(checker).length)
    expect(silent.map(({ name }) => name)).toEqual([])
  })

  it('names pages of the docs that exist', () => {
    const named = program
      .getSourceFiles()
      .filter(({ fileName }) => fileName.includes('/src/'))
      .flatMap(({ text }) => [...text.matchAll(/\bdocs\/[\w/-]+(?:\.\w+)?/g)].map(([path]) => path))
    expect(named.length).toBeGreaterThan(2)
    expect(named.filter((path) => !existsSync(path))).toEqual([])
  })
})
