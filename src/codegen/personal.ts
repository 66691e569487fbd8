import type { FlagTable } from '../model/flag.ts'
import { personalKind } from '../privacy/traits.ts'
import { printable } from './characters.ts'

/** Flags whose value looks like personal data, and of which kind it is. `known` are those that somebody has seen already. */
export const personalIn = (flags: FlagTable, known?: FlagTable): [flag: string, kind: string][] =>
  [...flags].flatMap(([flag, [, value]]) => {
    if (known?.get(flag)?.[1] === value) return []
    const kind = leavesOf(value)
      .map((leaf) => personalKind('value', leaf))
      .find(Boolean)
    return kind ? [[flag, kind]] : []
  })

/** What to say of one that will be in an app. */
export const personalWarning = ([flag, kind]: [flag: string, kind: string]): string =>
  `The value of ${printable(flag)} looks like personal data (${kind}). It will be in your app.`

/** A value, or all that is in it when it is JSON. */
function leavesOf(value: unknown): (string | number | boolean)[] {
  if (typeof value === 'string') {
    try {
      const parsed: unknown = JSON.parse(value)
      if (Object(parsed) === parsed) return leavesOf(parsed)
    } catch {}
  }
  if (value && typeof value === 'object') return Object.values(value).flatMap(leavesOf)
  return value === null ? [] : [value as string]
}
