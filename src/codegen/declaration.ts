import type { FlagTable, FlagValue } from '../model/flag.ts'
import { escaped } from './characters.ts'
import { sorted } from './flags-file.ts'
import { shapeOf } from './shape.ts'

/** The type that a flag's value has by what it is now. `null` says nothing, so any fallback will do. */
const typeOf = (value: FlagValue): string => (value === null ? 'string | number | boolean' : typeof value)

/**
 * A declaration file with the name and the value's type of each flag, for TypeScript to check and complete them without a
 * type argument. With `json` it also declares what is in the values that are JSON objects or arrays, by what they hold now.
 */
export const declaration = (flags: FlagTable, { json = false }: { json?: boolean } = {}): string => {
  const rows = sorted(flags)
  const shapes = rows.flatMap(([name, [, value]]) => {
    const shape = json ? shapeOf(value) : undefined
    return shape ? [`    ${JSON.stringify(name)}: ${shape}\n`] : []
  })
  const text = `// Written by \`guidon types\`, which writes it anew: what you change here will not stay.
import 'guidon'

declare module 'guidon' {
  interface FlagTypes {
${rows.map(([name, [, value]]) => `    ${JSON.stringify(name)}: ${typeOf(value)}\n`).join('')}  }
${shapes.length ? `\n  /** What \`json()\` gives, by what the values were when this was written. */\n  interface FlagShapes {\n${shapes.join('')}  }\n` : ''}}
`
  // Older compilers take these for the end of a line, in a text as well.
  return escaped(text, /[\u2028\u2029]/g)
}
