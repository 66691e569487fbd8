import { type FlagTable, isRow, type Row } from '../model/flag.ts'

/** How the panel was left. */
export interface Panel {
  readonly isOpen?: boolean | undefined
  readonly dock?: 'bottom' | 'right' | undefined
  /** Pixels: the height at the bottom, and the width at the right. */
  readonly bottom?: number | undefined
  readonly right?: number | undefined
  readonly tab?: string | undefined
}

/** What the inspector keeps in this browser, under a key for each environment. */
export interface Kept {
  readonly flags: FlagTable
  readonly panel: Panel
}

/** Overrides as a list for JSON, in the browser and in links. */
export const toList = (flags: FlagTable) =>
  [...flags].map(([name, [enabled, value]]) => [name, enabled, value] as const)

/** Overrides from outside. What is none of them is left out; a text that is not JSON is none at all. */
export const fromList = (list: unknown): Map<string, Row> => {
  const flags = new Map<string, Row>()
  for (const entry of Array.isArray(list) ? list : []) {
    const [name, ...row] = Array.isArray(entry) ? entry : []
    if (typeof name === 'string' && row.length === 2 && isRow(row)) flags.set(name, row)
  }
  return flags
}

export const parsed = (text: string | null): unknown => {
  try {
    return JSON.parse(text as string)
  } catch {
    return
  }
}

/** What a text says, whatever it says: a damaged one says nothing. */
export const fromText = (text: string | null): Kept => {
  const { overrides, panel } = Object(parsed(text)) as { overrides?: unknown; panel?: unknown }
  const said = Object(panel) as Record<string, unknown>
  const { isOpen, dock, bottom, right, tab } = said
  return {
    flags: fromList(overrides),
    panel: {
      isOpen: typeof isOpen === 'boolean' ? isOpen : undefined,
      dock: dock === 'bottom' || dock === 'right' ? dock : undefined,
      bottom: typeof bottom === 'number' ? bottom : undefined,
      right: typeof right === 'number' ? right : undefined,
      tab: typeof tab === 'string' ? tab : undefined,
    },
  }
}
