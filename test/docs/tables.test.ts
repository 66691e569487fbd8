import { readFileSync } from 'node:fs'
import ts from '@typescript/typescript6'
import { describe, expect, it } from 'vitest'

/** The first column of the tables of a section, or of a whole page: what stands there as code. */
const firstColumn = (page: string, section?: string): string[] => {
  const text = readFileSync(page, 'utf8')
  const part =
    section === undefined ? text : text.split(/^## /m).find((part) => part.startsWith(`${section}\n`))
  return [...part!.matchAll(/^\| \[?`([^`]+)`/gm)].map(([, name]) => name as string)
}

const parse = (file: string) =>
  ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true)

describe('the tables of the docs', () => {
  it('README.md has all options of createClient, and no others', () => {
    const options = parse('src/client/options.ts').statements.find(
      (statement): statement is ts.InterfaceDeclaration =>
        ts.isInterfaceDeclaration(statement) && statement.name.text === 'ClientOptions',
    )
    const names = options!.members.map(({ name }) => name!.getText())
    expect(firstColumn('README.md', 'Options').sort()).toEqual(names.sort())
  })

  it('README.md has all doors', () => {
    const { exports, name } = JSON.parse(readFileSync('package.json', 'utf8'))
    const doors = Object.keys(exports).filter((path) => path !== '.' && path !== './package.json')
    expect(firstColumn('README.md', 'Doors').sort()).toEqual(
      doors.map((path) => `${name}${path.slice(1)}`).sort(),
    )
  })

  it('docs/errors.md has all codes', () => {
    const type = parse('src/model/errors.ts').statements.find(
      (statement): statement is ts.TypeAliasDeclaration =>
        ts.isTypeAliasDeclaration(statement) && statement.name.text === 'ErrorCode',
    )
    const codes = [...type!.type.getText().matchAll(/'([\w-]+)'/g)].map(([, code]) => code as string)
    expect(codes.length).toBeGreaterThan(10)
    expect(firstColumn('docs/errors.md').sort()).toEqual(codes.sort())
  })
})
