import type { Client, Flag, KnownFlags, Status, Stop, TraitInputs } from 'guidon'
import { useCallback, useMemo, useSyncExternalStore } from 'react'
import type { Reads } from './page-reads.ts'
import { useProvided } from './provider.ts'

/**
 * The hooks for flags of your own type, where you do not declare `FlagTypes`:
 *
 * @example export const { useFlag, useFlags } = react as Hooks<MyFlags>
 */
export interface Hooks<F extends object = KnownFlags> {
  useFlag: Client<F>['value']
  useFlagEnabled: Client<F>['isEnabled']
  useFlagDetails: Client<F>['flag']
  useFlags<K extends keyof F & string>(names: readonly K[]): Readonly<Record<K, Flag | undefined>>
  useSuspenseFlag: Client<F>['value']
}

/** One part of one flag: renders only when that flag changes. */
const useRead = <T extends string | number | boolean>(name: string, read: (from: Reads) => T): T => {
  const { client, reads } = useProvided()
  return useSyncExternalStore(
    useCallback((tell: () => void) => client.onFlag(name, tell), [client, name]),
    () => read(client),
    () => read(reads()),
  )
}

/** Something of many parts: renders only when it says something else. `key` tells one question from another. */
const useSettled = <T>(read: (from: Reads) => T, key?: string): T => {
  const { client, reads } = useProvided()
  // biome-ignore lint/correctness/useExhaustiveDependencies: `key` says what `read` reads.
  const store = useMemo(() => {
    let said: string | undefined
    let value: T
    /** The client's objects are new at each call; React is to see a new one only when it says something new. */
    const same = (now: T): T => {
      // An error may have anything as its cause, also what is no JSON.
      const says = JSON.stringify(now, (_, part) => (part instanceof Error ? part.message : part))
      if (says !== said) value = now
      said = says
      return value
    }
    return [
      (tell: () => void): Stop => client.on('settled', tell),
      () => same(read(client)),
      () => same(read(reads())),
    ] as const
  }, [client, reads, key])
  return useSyncExternalStore(...store)
}

/** A flag's value. `fallback` gives the type; a value of another type gives the fallback. */
export const useFlag: Hooks['useFlag'] = (name, fallback) =>
  useRead(name, (from) => from.value(name, fallback)) as never

/** Whether a flag is on. `fallback` (default `false`) is for a flag that is unknown. */
export const useFlagEnabled: Hooks['useFlagEnabled'] = (name, fallback) =>
  useRead(name, (from) => from.isEnabled(name, fallback))

/** All about a flag, or `undefined` for an unknown one. The same object as long as it says the same. */
export const useFlagDetails: Hooks['useFlagDetails'] = (name) => useSettled((from) => from.flag(name), name)

/** All about several flags, by name. The same object as long as it says the same. */
export const useFlags: Hooks['useFlags'] = (names) =>
  useSettled(
    (from) => Object.fromEntries(names.map((name) => [name, from.flag(name)])),
    JSON.stringify(names),
  ) as never

/** The traits this app set, as `setTraits` takes them. */
export const useTraits = (): TraitInputs => useSettled((from) => from.traits())

/** How the client stands. */
export const useGuidonStatus = (): Status => useSettled((from) => from.status)

/** The wait for each client's first flags. It is over once, whoever the user is then. */
const waits = new WeakMap<Client, Promise<unknown> & { isOver?: boolean }>()

/** Like `useFlag`, but suspends until there are flags of this user, or `client.ready()` gives up waiting. */
export const useSuspenseFlag: Hooks['useSuspenseFlag'] = (name, fallback) => {
  const { client } = useProvided()
  if (client.status.state === 'starting') {
    let wait = waits.get(client)
    if (!wait) {
      wait = client.ready().then(() => {
        wait!.isOver = true
      })
      waits.set(client, wait)
    }
    if (!wait.isOver) throw wait
  }
  return useFlag(name, fallback)
}
