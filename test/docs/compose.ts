import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import ts from '@typescript/typescript6'
import { BLOCKS, type Block } from './pages.ts'

/**
 * Blocks as modules. What a block needs and does not say itself (`guid`, `render`) is imported from its setup, a file of
 * `setups/`: the one that the word behind the language names, or `app.ts`. A block that begins with the name of a file
 * (`// flags.ts`) is that file, for the other blocks of its section.
 */
export interface Composed {
  readonly block: Block
  readonly setup: string
  /** Whether the setup wants a page around it. */
  readonly isInPage: boolean
  /** The module, from the folder. */
  readonly file: string
  readonly text: string
  /** How many lines stand before the block. */
  readonly before: number
}

/** Where a test file writes its modules: in a folder of its own, for others write at the same time. */
export const folderOf = (who: string): string => join('.cache/docs', who)
export const LANGUAGES: readonly string[] = ['ts', 'tsx', 'js', 'jsx']

const SETUPS = 'test/docs/setups'

const parse = (file: string, text: string) => ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true)

/** The names that a module has at its top: imported, declared. */
const namesOf = (source: ts.SourceFile): Set<string> => {
  const names = new Set<string>()
  const add = (name: ts.Node | undefined): void => {
    if (name && ts.isIdentifier(name)) names.add(name.text)
    else if (name && (ts.isObjectBindingPattern(name) || ts.isArrayBindingPattern(name)))
      for (const element of name.elements) if (ts.isBindingElement(element)) add(element.name)
  }
  for (const statement of source.statements) {
    if (ts.isImportDeclaration(statement)) {
      add(statement.importClause?.name)
      const bindings = statement.importClause?.namedBindings
      if (bindings && ts.isNamespaceImport(bindings)) add(bindings.name)
      if (bindings && ts.isNamedImports(bindings)) for (const { name } of bindings.elements) add(name)
    } else if (ts.isVariableStatement(statement))
      for (const { name } of statement.declarationList.declarations) add(name)
    else add((statement as { name?: ts.Node }).name)
  }
  return names
}

/** The names that a module uses, wherever. */
const usesOf = (source: ts.SourceFile): Set<string> => {
  const names = new Set<string>()
  const walk = (node: ts.Node): void => {
    if (ts.isIdentifier(node)) names.add(node.text)
    ts.forEachChild(node, walk)
  }
  walk(source)
  return names
}

/** What a setup gives, with what it hands on of another. */
const givenBy = (file: string): Set<string> => {
  const source = parse(file, readFileSync(file, 'utf8'))
  const names = new Set<string>()
  for (const statement of source.statements) {
    if (ts.isExportDeclaration(statement)) {
      if (statement.exportClause && ts.isNamedExports(statement.exportClause))
        for (const { name } of statement.exportClause.elements) names.add(name.text)
      else if (statement.moduleSpecifier)
        for (const name of givenBy(join(dirname(file), (statement.moduleSpecifier as ts.StringLiteral).text)))
          names.add(name)
    } else if (
      ts.canHaveModifiers(statement) &&
      ts.getModifiers(statement)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)
    )
      for (const name of namesOf({ statements: [statement] } as unknown as ts.SourceFile)) names.add(name)
  }
  return names
}

const setupOf = (word = 'app'): string => {
  const file = ['ts', 'tsx']
    .map((ending) => join(SETUPS, `${word}.${ending}`))
    .find((file) => existsSync(file))
  if (!file) throw new Error(`there is no setup called ${word}`)
  return file
}

/** A section of a page is a folder, in which its blocks find each other. */
const placeOf = ({ page, section }: Block): string =>
  join(page.replace(/\.md$/, ''), section.toLowerCase().replace(/\W+/g, '-') || 'top')

const compose = (block: Block): Composed => {
  const { language, code, line } = block
  const setup = setupOf(block.word)
  const file = join(placeOf(block), block.file ?? `${line}.${language}`)
  const source = parse(file.replace(/\.js$/, '.ts'), code)
  const own = namesOf(source)
  const used = usesOf(source)
  const borrowed = [...givenBy(setup)].filter((name) => used.has(name) && !own.has(name))
  const from = relative(dirname(join(folderOf('any'), file)), setup)
  const head = borrowed.length ? `import { ${borrowed.join(', ')} } from '${from}'` : `import '${from}'`
  return {
    block,
    setup,
    isInPage: readFileSync(setup, 'utf8').startsWith('// @vitest-environment happy-dom'),
    file,
    // `require` is a sign of a script, which has no imports.
    text: code.includes('require(') ? `\n${code}` : `${head}\n${code}\nexport {}\n`,
    before: 1,
  }
}

/** The scripts that the HTML of a section asks for: they run in the browser, with it. */
export const isInBrowser = ({ page, section, file }: Block) =>
  file &&
  BLOCKS.some(
    (other) =>
      other.page === page &&
      other.section === section &&
      other.language === 'html' &&
      other.code.includes(`src="/${file}"`),
  )

/** Copies of files are compiled and run where those are. */
export const composed: readonly Composed[] = BLOCKS.filter(
  ({ language, copyOf }) => LANGUAGES.includes(language) && !copyOf,
).map(compose)
export const runnable = composed.filter(({ block }) => !isInBrowser(block))

/** Writes all blocks as modules, each page into a folder of its own. */
export const writeBlocks = (who: string): string => {
  const folder = folderOf(who)
  const taken = new Map<string, Composed>()
  for (const one of composed) {
    const other = taken.get(one.file)
    if (other) throw new Error(`${one.block.where}: ${one.block.file} is also at ${other.block.where}`)
    taken.set(one.file, one)
  }
  rmSync(folder, { recursive: true, force: true })
  for (const { file, text } of composed) {
    const path = join(folder, file)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
  }
  // What pages import without showing it.
  for (const place of new Set(composed.map(({ block }) => placeOf(block))))
    for (const name of readdirSync('test/docs/files')) {
      const path = join(folder, place, name)
      if (!existsSync(path)) cpSync(join('test/docs/files', name), path)
    }
  for (const [program, include] of Object.entries(PROGRAMS))
    writeFileSync(join(folder, configFile(program)), JSON.stringify(configOf(include)))
  return folder
}

/** What declares flags of its own changes the types of all, so it is a program of its own. */
const declares = ({ block }: Composed) => /declare module 'guidon'/.test(block.code)
const isScript = ({ block }: Composed) => block.language.startsWith('js')
const PROGRAMS = {
  TypeScript: composed.filter((one) => !declares(one) && !isScript(one)),
  JavaScript: composed.filter(isScript),
  'declared flags': composed.filter(declares),
}
export const programs = Object.keys(PROGRAMS)
export const configFile = (program: string): string => `tsconfig.${program.replace(' ', '-')}.json`

/** Modules that apps have and this repository has not: what is used of them is written by hand. */
export const STAND_INS: Readonly<Record<string, string>> = Object.fromEntries(
  readdirSync('test/docs/stand-ins').map((file) => [
    file.replace(/\.tsx?$/, '').replaceAll('__', '/'),
    resolve('test/docs/stand-ins', file),
  ]),
)

const configOf = (modules: readonly Composed[]) => ({
  extends: '../../../tsconfig.json',
  compilerOptions: {
    // The doors are the built ones: the package finds itself by its name.
    paths: Object.fromEntries(Object.entries(STAND_INS).map(([name, file]) => [name, [file]])),
    allowJs: true,
    checkJs: true,
    // Who writes JavaScript has not asked to be told of every `null`.
    ...(modules.every(isScript) && { strict: false, exactOptionalPropertyTypes: false }),
    // In docs a name may be shown and not used.
    noUnusedLocals: false,
    noUnusedParameters: false,
    verbatimModuleSyntax: false,
    isolatedModules: false,
  },
  files: [...modules.map(({ file }) => file), '../../../test/docs/surroundings.d.ts'],
  include: [],
  exclude: [],
})
