import { readdirSync, readFileSync } from 'node:fs'
import ts from '@typescript/typescript6'
import { describe, expect, it } from 'vitest'

const doors = readdirSync('src').filter((file) => file.endsWith('.ts'))

const parse = (file: string) =>
  ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true)

/** What a door exports, types and values alike. A door only re-exports, name by name. */
const exportsOf = (file: string): string[] =>
  parse(file).statements.flatMap((statement) =>
    ts.isExportDeclaration(statement) && statement.exportClause && ts.isNamedExports(statement.exportClause)
      ? statement.exportClause.elements.map(({ name }) => name.text)
      : [],
  )

/** The names that a file uses: merely importing them does not count, and nor does a comment. */
const usesOf = (file: string): Set<string> => {
  const names = new Set<string>()
  const walk = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) return
    if (ts.isIdentifier(node)) names.add(node.text)
    ts.forEachChild(node, walk)
  }
  walk(parse(file))
  return names
}

describe('the type tests', () => {
  it.each(doors)('of %s use all that the door exports, and say what must not compile', (door) => {
    const [file] = readdirSync('test/types').filter((file) =>
      file.startsWith(door.replace('.ts', '.test-d.')),
    )
    const exported = exportsOf(`src/${door}`)
    const used = usesOf(`test/types/${file}`)
    expect(exported).not.toEqual([])
    expect(exported.filter((name) => !used.has(name))).toEqual([])
    expect(readFileSync(`test/types/${file}`, 'utf8')).toContain('// @ts-expect-error: ')
  })
})
