import { HOOKS, type Kind, type Link, type Place, type Reading, type Written } from './reading.ts'

/** A flag that is read somewhere, by its name. */
export interface Use extends Place {
  readonly flag: string
  /** The type of the literal that stands in for the value. */
  readonly fallback?: string | undefined
}

export interface Uses {
  readonly uses: readonly Use[]
  /** Where a flag is read whose name is known only when it runs. */
  readonly dynamic: readonly Place[]
}

/**
 * Which flags the files use. `clients` are names of clients, and of functions that take a flag's
 * name first, that the files do not tell.
 */
export function usesIn(readings: readonly Reading[], clients: readonly string[] = []): Uses {
  const held = heldBy(readings, clients)
  const constants = constantsOf(readings.flatMap((one) => one.constants))
  const uses: Use[] = []
  const dynamic: Place[] = []
  for (const reading of readings) {
    const own = constantsOf(reading.constants)
    const textsOf = ({ text, constant }: Written): readonly string[] | undefined => {
      if (text !== undefined || !constant) return text === undefined ? undefined : [text]
      return (constant.isImported ? constants : own).get(constant.path)
    }
    for (const { by, names, fallback } of reading.calls) {
      const kinds = by && held(by.name)
      if (kinds && !(by.holds === 'client' ? kinds.has('client') : [...kinds].some(isCallable))) continue
      const hasFallback = !kinds?.has('useFlagEnabled') && !(by?.holds === 'function' && kinds?.has('reader'))
      for (const one of names) {
        const texts = textsOf(one)
        if (!texts) dynamic.push(one.place)
        else
          for (const flag of texts)
            uses.push({ ...one.place, flag, fallback: hasFallback ? fallback : undefined })
      }
    }
  }
  return { uses, dynamic }
}

const isCallable = (kind: Kind) => kind !== 'client'

/** What each name holds: for sure, and by way of others. */
function heldBy(readings: readonly Reading[], clients: readonly string[]) {
  const held = new Map<string, Set<Kind>>()
  const targets = new Map<string, Link[]>()
  for (const link of readings.flatMap(({ links }) => links)) {
    const list = targets.get(link[0])
    if (list) list.push(link)
    else targets.set(link[0], [link])
  }
  const add = (name: string, kind: Kind): void => {
    const kinds = held.get(name) ?? new Set()
    if (kinds.has(kind)) return
    held.set(name, kinds.add(kind))
    // A client comes out of a call, a hook does not.
    for (const [, to, isCalled] of targets.get(name) ?? []) if (!isCalled || !isCallable(kind)) add(to, kind)
  }
  for (const [name, kind] of readings.flatMap(({ holds }) => holds)) add(name, kind)
  for (const name of clients) {
    add(name, 'client')
    add(name, 'reader')
  }
  // Svelte's `$flags` is what the store `flags` holds. A hook that the file does not import is imported by a tool.
  return (name: string) =>
    held.get(name) ??
    held.get(name.replace(/^\$/, '')) ??
    new Set<Kind>(HOOKS.filter((hook) => hook === name))
}

/** Constants by their path, where all that go by it say the same. */
function constantsOf(all: Reading['constants']): ReadonlyMap<string, readonly string[] | undefined> {
  const constants = new Map<string, readonly string[] | undefined>()
  for (const [path, texts] of all) {
    const known = constants.get(path)
    constants.set(path, constants.has(path) && `${known}` !== `${texts}` ? undefined : texts)
  }
  return constants
}
