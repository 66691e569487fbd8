import { type ParserOptions, parse, parseExpression } from '@babel/parser'
import type { Node } from '@babel/types'
import { type Piece, piecesOf } from './pieces.ts'

/** Whether `parsed` reads files of this name. */
export const isSource = (file: string): boolean => /\.(?:[cm]?[jt]s|[jt]sx|vue|svelte)$/.test(file)
/** Whether a file only declares, and does nothing. */
export const isDeclaration = (file: string): boolean => /\.d\.[cm]?ts$/.test(file)

/** The syntax trees of what is code in a file, with the lines, columns and indexes of the file. @throws SyntaxError */
export const parsed = (file: string, text: string): Node[] =>
  piecesOf(file, text).flatMap((piece): Node[] => {
    const options = optionsOf(piece)
    if (!piece.isTemplate) return [program(piece.code, options)]
    // Templates have words that are no JavaScript. Most of what surrounds them parses all the same.
    try {
      return [parseExpression(piece.code, options)]
    } catch {}
    try {
      return [parse(piece.code, options).program]
    } catch {
      return []
    }
  })

function program(code: string, options: ParserOptions): Node {
  try {
    return parse(code, options).program
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    throw new SyntaxError('It is nested too deeply.', { cause: error })
  }
}

const optionsOf = ({ language, at, line, column }: Piece): ParserOptions => ({
  sourceType: 'unambiguous',
  startIndex: at,
  startLine: line,
  startColumn: column,
  // What is wrong but can be read is for compilers to tell.
  errorRecovery: true,
  allowReturnOutsideFunction: true,
  allowAwaitOutsideFunction: true,
  allowSuperOutsideMethod: true,
  attachComment: false,
  plugins: [
    ...(language === 'js' ? (['flow', 'jsx'] as const) : (['typescript'] as const)),
    ...(language === 'tsx' ? (['jsx'] as const) : []),
    'decorators-legacy',
    'decoratorAutoAccessors',
    'explicitResourceManagement',
    'importAttributes',
  ],
})
