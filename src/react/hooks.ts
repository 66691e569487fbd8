import type { Client, Flag, KnownFlags, Status, TraitInputs } from 'guidon'
import { useMemo, useSyncExternalStore } from 'react'
import type { Reads } from './provided.ts'
import { useProvided } from './provider.ts'

/**
 * The hooks for flags of your own type, where you do not declare `FlagTypes`:
 *
 * @example export const { useFlag, useFlags } = react as Hooks<MyFlags>
 */
export interface Hooks<F extends object = KnownFlags> {
  /** A flag's value, of the fallback's type. */
  useFlag: Client<F>['value']
  /** Whether a flag is on. */
  useFlagEnabled: Client<F>['isEnabled']
  /** All about a flag. */
  useFlagDetails: Client<F>['flag']
  /** The same for each name. */
  useFlags<K extends keyof F & string>(names: readonly K[]): Readonly<Record<K, Flag | undefined>>
  /** The value, after suspending until there are flags. */
  useSuspenseFlag: Client<F>['value']
}

/**
 * What `read` says, and the same object as long as it says the same. Renders when it says something else: of one flag, when
 * that flag changes, of all other things, when anything happened.
 */
const useRead = <T>(read: (from: Reads) => T, name?: string): T => {
  const { client, reads } = useProvided()
  let value!: T
  const says = (from: Reads) => {
    value = read(from)
    // As JSON an error has no message.
    return JSON.stringify(value) + (value as { error?: unknown } | undefined)?.error
  }
  const said = useSyncExternalStore(
    useMemo(
      () => (tell: () => void) => (name ? client.onFlag(name, tell) : client.on('settled', tell)),
      [client, name],
    ),
    () => says(client),
    () => says(reads()),
  )
  // biome-ignore lint/correctness/useExhaustiveDependencies: the value is new at each read, and what it says is not.
  return useMemo(() => value, [said])
}

/** A flag's value. `fallback` gives the type; a value of another type gives the fallback. */
export const useFlag: Hooks['useFlag'] = (name, fallback) =>
  useRead((from) => from.value(name, fallback), name) as never

/** Whether a flag is on. `fallback` (default `false`) is for a flag that is unknown. */
export const useFlagEnabled: Hooks['useFlagEnabled'] = (name, fallback) =>
  useRead((from) => from.isEnabled(name, fallback), name)

/** All about a flag, or `undefined` for an unknown one. The same object as long as it says the same. */
export const useFlagDetails: Hooks['useFlagDetails'] = (name) => useRead((from) => from.flag(name))

/** All about several flags, by name. The same object as long as it says the same. */
export const useFlags: Hooks['useFlags'] = (names) =>
  useRead((from) => Object.fromEntries(names.map((name) => [name, from.flag(name)]))) as never

/** The traits this app set, as `setTraits` takes them. */
export const useTraits = (): TraitInputs => useRead((from) => from.traits())

/** How the client stands. */
export const useGuidonStatus = (): Status => useRead((from) => from.status)

/** Clients whose first flags were waited for. That is over once, whoever the user is then. */
const waited = new WeakSet<Client>()

/** Like `useFlag`, but suspends until there are flags of this user, or `client.ready()` gives up waiting. */
export const useSuspenseFlag: Hooks['useSuspenseFlag'] = (name, fallback) => {
  const { client } = useProvided()
  if (client.status.state === 'starting' && !waited.has(client))
    throw client.ready().then(() => waited.add(client))
  return useFlag(name, fallback)
}
