import { GuidonError } from '../model/errors.ts'

/** What an error says, on one line and without guidon's own mark: in a terminal it is plain who speaks. */
export function oneLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error)
  const bare =
    error instanceof GuidonError ? text.replace('[guidon] ', '').replace(`${error.code}: `, '') : text
  return bare.replace(/\s+/g, ' ')
}

/** How many flags, or other things, in words. */
export const counted = (count: number, what = 'flag'): string => `${count} ${what}${count === 1 ? '' : 's'}`
