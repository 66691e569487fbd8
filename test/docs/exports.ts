import { readFileSync } from 'node:fs'
import ts from '@typescript/typescript6'

const { name, exports } = JSON.parse(readFileSync('package.json', 'utf8'))

/** The doors of the package: what an app imports, and the file that it is. */
export const DOORS: readonly { readonly door: string; readonly file: string }[] = Object.keys(exports)
  .filter((path) => path !== './package.json')
  .map((path) => ({
    door: `${name}${path.slice(1)}`,
    file: `src/${path === '.' ? 'index' : path.slice(2).replace('/', '-')}.ts`,
  }))

const { config } = ts.readConfigFile('tsconfig.json', ts.sys.readFile)
export const program = ts.createProgram(
  DOORS.map(({ file }) => file),
  ts.parseJsonConfigFileContent(config, ts.sys, '.').options,
)
export const checker = program.getTypeChecker()

/** What a door exports, under the name that it has there, and where it is declared. */
export const exportsOf = (file: string): { readonly name: string; readonly symbol: ts.Symbol }[] =>
  checker.getExportsOfModule(checker.getSymbolAtLocation(program.getSourceFile(file)!)!).map((symbol) => ({
    name: symbol.name,
    symbol: symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol,
  }))
