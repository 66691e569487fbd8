import type { TraitValue } from '../model/trait.ts'

/** The one a question is asked about. */
export interface Subject {
  readonly identifier: string
  /** What percentages are counted by. */
  readonly key: string
  readonly traits: ReadonlyMap<string, TraitValue>
}

/** The environment, as far as a segment may ask about it. */
export interface Surroundings {
  readonly key: string
  readonly name: string | undefined
}

export type Read = (subject: Subject) => TraitValue | undefined

/**
 * How to read what a condition names: a trait by its key, or something else by a path such as `$.identity.identifier`,
 * `$.environment.name` or `$.identity.traits['plan']`.
 */
export function propertyReader(property: string, surroundings: Surroundings): Read {
  if (property.startsWith('$.')) {
    // Before any other reading of the path: a trait's key may hold dots, brackets and quotes.
    const key = /^\$\.identity\.traits(?:\.(.+)|\['(.+)'\])$/.exec(property)
    if (key !== null) return traitReader((key[1] ?? key[2])!)
    const read = pathReader(property, surroundings)
    if (read !== undefined) return (subject) => read(subject) ?? subject.traits.get(property)
  }
  return traitReader(property)
}

/**
 * How to read a path; `undefined` for what is no path or leads nowhere. The public engine takes all of JSONPath;
 * these are the paths that lead to a plain value which Flagsmith lets one choose.
 */
export function pathReader(path: string, surroundings: Surroundings): Read | undefined {
  const steps = stepsOf(path)
  if (steps.length === 3 && steps[0] === 'identity' && steps[1] === 'traits') return traitReader(steps[2]!)
  switch (steps.join('.')) {
    case 'identity.identifier':
      return (subject) => subject.identifier
    case 'identity.key':
      return (subject) => subject.key
    case 'environment.key':
      return () => surroundings.key
    case 'environment.name':
      return () => surroundings.name
    default:
      return undefined
  }
}

const traitReader =
  (key: string): Read =>
  (subject) =>
    subject.traits.get(key)

/** `$.a['b'].c` → `a`, `b`, `c`; nothing for a path that has anything else in it. */
function stepsOf(path: string): string[] {
  if (!/^\$(?:\.[^.[\]]+|\['[^']+'\])+$/.test(path)) return []
  return [...path.matchAll(/\.([^.[\]]+)|\['([^']+)'\]/g)].map((step) => (step[1] ?? step[2])!)
}
