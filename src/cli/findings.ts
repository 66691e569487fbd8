import type { FlagTable, FlagValue } from '../model/flag.ts'
import type { Place } from '../scan/reading.ts'
import type { Uses } from '../scan/uses.ts'
import { closestOf } from './closest.ts'

/** What `guidon check` can find, the worst first. */
export const KINDS = ['missing', 'wrong-type', 'types', 'drift', 'dynamic', 'unused'] as const
export type FindingKind = (typeof KINDS)[number]

/** Something that does not fit. `message` says it in words; the other fields are for programs. */
export interface Finding extends Partial<Place> {
  readonly kind: FindingKind
  readonly flag?: string
  readonly message: string
  /** Of `drift`: what is different, and how it is here and there. */
  readonly change?: 'added' | 'removed' | 'enabled' | 'value' | 'type'
  readonly bundled?: FlagValue
  readonly server?: FlagValue
}

/** Flags that are used and do not exist, exist and are not used, or are read as something else. */
export function compareUses({ uses, dynamic }: Uses, flags: FlagTable): Finding[] {
  const used = new Set(uses.map(({ flag }) => flag))
  const closest = closestOf(flags.keys())
  const findings: Finding[] = []
  for (const { fallback, ...use } of uses) {
    const row = flags.get(use.flag)
    if (!row) {
      const similar = closest(use.flag)
      const message = similar ? `Did you mean ${similar}?` : 'There is no such flag.'
      findings.push({ kind: 'missing', ...use, message })
    } else if (fallback && row[1] !== null && typeof row[1] !== fallback) {
      const message = `It is a ${typeof row[1]}, the fallback a ${fallback}.`
      findings.push({ kind: 'wrong-type', ...use, message })
    }
  }
  for (const place of dynamic)
    findings.push({ kind: 'dynamic', ...place, message: 'The name cannot be read here.' })
  for (const flag of flags.keys())
    if (!used.has(flag)) findings.push({ kind: 'unused', flag, message: 'No code uses it.' })
  return findings
}

/** How the bundled flags differ from those of the server. */
export function compareFlags(bundled: FlagTable, server: FlagTable): Finding[] {
  const findings: Finding[] = []
  const drift = (flag: string, change: NonNullable<Finding['change']>, message: string, values = {}) =>
    findings.push({ kind: 'drift', flag, change, message, ...values })
  for (const [flag, [enabled, value]] of server) {
    const here = bundled.get(flag)
    if (!here) {
      drift(flag, 'added', 'The server has it, the file has not.', { server: value })
      continue
    }
    if (here[0] !== enabled)
      drift(
        flag,
        'enabled',
        `${here[0] ? 'on' : 'off'} in the file, ${enabled ? 'on' : 'off'} on the server`,
        {
          bundled: here[0],
          server: enabled,
        },
      )
    if (here[1] !== value)
      drift(
        flag,
        here[1] === null || value === null || typeof here[1] === typeof value ? 'value' : 'type',
        `${short(here[1])} in the file, ${short(value)} on the server`,
        { bundled: here[1], server: value },
      )
  }
  for (const [flag, [, value]] of bundled)
    if (!server.has(flag)) drift(flag, 'removed', 'The file has it, the server has not.', { bundled: value })
  return findings
}

const short = (value: FlagValue): string => {
  const text = JSON.stringify(value)
  return text.length > 24 ? `${text.slice(0, 22)}…` : text
}
