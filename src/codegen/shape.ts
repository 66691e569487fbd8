import type { FlagValue } from '../model/flag.ts'

/** A value of JSON, as the set of what it was seen to be. */
interface Shape {
  /** Types that need no more words: `string`, `number`, `boolean`, `null`. */
  readonly plain: Set<string>
  items?: Shape
  /** By key: its shape, and in how many of the objects it was. */
  keys?: Map<string, { shape: Shape; seen: number }>
  objects: number
}

const empty = (): Shape => ({ plain: new Set(), objects: 0 })

/** Adds what `value` is to what was seen before. */
const see = (shape: Shape, value: unknown): Shape => {
  if (Array.isArray(value)) {
    shape.items = value.reduce<Shape>(see, shape.items ?? empty())
  } else if (typeof value === 'object' && value) {
    shape.objects++
    shape.keys ??= new Map()
    for (const [key, part] of Object.entries(value)) {
      const known = shape.keys.get(key) ?? { shape: empty(), seen: 0 }
      see(known.shape, part)
      known.seen++
      shape.keys.set(key, known)
    }
  } else shape.plain.add(value === null ? 'null' : typeof value)
  return shape
}

const print = (shape: Shape): string => {
  const { plain, items, keys, objects } = shape
  const types = [...plain].sort()
  if (keys) {
    const parts = [...keys]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      // A key that not every object had may be missing in the next one as well.
      .map(([key, { shape, seen }]) => `${JSON.stringify(key)}${seen < objects ? '?' : ''}: ${print(shape)}`)
    types.push(parts.length ? `{ ${parts.join('; ')} }` : 'Record<string, unknown>')
  }
  if (items) {
    const item = print(items)
    types.push(`readonly ${/^(?:\w+|\{.*\})$/.test(item) ? item : `(${item})`}[]`)
  }
  // Nothing but null was seen, or nothing at all: it may be anything.
  return types.some((type) => type !== 'null') ? types.join(' | ') : 'unknown'
}

/**
 * A TypeScript type for a flag's value that is a JSON object or array, by what it holds now. `undefined` for any other value.
 */
export const shapeOf = (value: FlagValue): string | undefined => {
  try {
    const parsed: unknown = JSON.parse(value as string)
    return parsed && typeof parsed === 'object' ? print(see(empty(), parsed)) : undefined
  } catch {
    return
  }
}
