import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from '@typescript/typescript6'

const folder = 'node_modules/@flagsmith/flagsmith'
const parsed = (file: string) =>
  ts.createSourceFile(file, readFileSync(join(folder, file), 'utf8'), ts.ScriptTarget.Latest, true)

/** The members of one of the official client's interfaces, from its own declaration file. */
export const membersOf = (name: string): string[] =>
  parsed('types.d.ts').statements.flatMap((statement) =>
    ts.isInterfaceDeclaration(statement) && statement.name.text === name
      ? statement.members.map((member) => member.name!.getText())
      : [],
  )

/** What one of its modules exports, types and values alike. */
export const exportsOf = (file: string): string[] =>
  parsed(file).statements.flatMap((statement) => {
    const isExported = ts.canHaveModifiers(statement)
      ? ts.getModifiers(statement)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)
      : false
    if (ts.isExportAssignment(statement)) return ['default']
    if (ts.isExportDeclaration(statement))
      return statement.exportClause && ts.isNamedExports(statement.exportClause)
        ? statement.exportClause.elements.map(({ name }) => name.text)
        : []
    if (!isExported) return []
    if (ts.isVariableStatement(statement))
      return statement.declarationList.declarations.map(({ name }) => name.getText())
    return [(statement as ts.DeclarationStatement).name!.getText()]
  })
