import type { FlagTable } from '../model/flag.ts'
import { escaped } from './characters.ts'
import { entryOf, sorted } from './flags-file.ts'

/**
 * A module whose default export is what `createClient({ defaults })` takes. The same flags give the same text, so that a
 * build has the same hash; there is no date in it, no key and no identity.
 *
 * As text that is parsed: engines read that faster than an object's literal, and a flag may be called `__proto__`. The mark
 * says that nothing happens when nobody imports it.
 */
export const moduleOf = (flags: FlagTable): string => {
  // Not from an object: it would sort names that are numbers to the front, and lose `__proto__`.
  const entries = sorted(flags).map(
    ([name, row]) => `${JSON.stringify(name)}:${JSON.stringify(entryOf(row))}`,
  )
  // Escaped as JSON does it, below the reach of whoever prints the code anew: no value ends a script or a line.
  const json = escaped(`{"flags":{${entries.join()}}}`, /[<\u2028\u2029]/g)
  return `export default /* @__PURE__ */ JSON.parse('${json.replace(/[\\']/g, '\\$&')}')\n`
}
