import { GuidonError } from '../model/errors.ts'
import { printable } from './characters.ts'

/** What an error says, on one line and without guidon's own mark: in a terminal it is plain who speaks. */
export function oneLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error)
  const bare =
    error instanceof GuidonError ? text.replace('[guidon] ', '').replace(`${error.code}: `, '') : text
  // Of what is no JSON, JSON.parse shows a piece, and there may be a key in it.
  const said = bare.replace(/, (?:\.{3})?".*"(?:\.{3})? is not valid JSON$/s, '')
  return printable(said.replace(/\s+/g, ' '))
}

/** How many flags, or other things, in words. */
export const counted = (count: number, what = 'flag'): string => `${count} ${what}${count === 1 ? '' : 's'}`
