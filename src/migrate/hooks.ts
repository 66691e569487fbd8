import { useContext, useEffect, useMemo, useSyncExternalStore } from 'react'
import { sameName } from './names.ts'
import { FlagsmithContext, listenersOf, rendered, useFlagsmith } from './provider.ts'
import type { IFlagsmith, IFlagsmithFeature, IFlagsmithTrait, IState, LoadingState } from './types.ts'

type UseFlagsReturn<
  // biome-ignore lint/suspicious/noExplicitAny: as theirs.
  F extends string | Record<string, any>,
  T extends string,
> = [F] extends [string]
  ? { [K in F]: IFlagsmithFeature } & { [K in T]: IFlagsmithTrait }
  : { [K in keyof F]: IFlagsmithFeature<F[K]> } & { [K in T]: IFlagsmithTrait }

/** What `read` says of an instance, and the same object as long as it says the same. */
const useRead = <T>(
  flagsmith: IFlagsmith | null,
  read: (from: IFlagsmith, page?: IState) => T,
): T | undefined => {
  let value: T | undefined
  const says = (page?: IState) => {
    value = flagsmith ? read(flagsmith, page) : undefined
    // As JSON an error has no message.
    return `${JSON.stringify(value)}${(value as { error?: unknown } | undefined)?.error}`
  }
  const said = useSyncExternalStore(
    useMemo(
      () => (tell: () => void) => {
        const listeners = flagsmith && listenersOf(flagsmith)
        listeners?.add(tell)
        return () => void listeners?.delete(tell)
      },
      [flagsmith],
    ),
    () => says(),
    () => says(flagsmith ? rendered.get(flagsmith) : undefined),
  )
  // biome-ignore lint/correctness/useExhaustiveDependencies: the value is new at each read, and what it says is not.
  return useMemo(() => value, [said])
}

/** A flag as it is read in a render: that counts nothing. */
const flagIn = (flagsmith: IFlagsmith, name: string, page?: IState): IFlagsmithFeature | undefined =>
  (page?.flags ?? flagsmith.getAllFlags())?.[sameName(name)]

/** Several flags, and traits, by name. Renders when one of them changes. */
export const useFlags = <
  // biome-ignore lint/suspicious/noExplicitAny: as theirs.
  F extends string | Record<string, any>,
  T extends string = string,
>(
  flags: readonly (F | keyof F)[],
  traits: readonly T[] = [],
): UseFlagsReturn<F, T> => {
  const flagsmith = useFlagsmith()
  const names = [flags].flat() as string[]
  const value = useRead(flagsmith, (from, page) => ({
    ...Object.fromEntries(
      names.map((name) => {
        const { enabled = false, value = null, variant, experiment } = flagIn(from, name, page) ?? {}
        return [name, { enabled, value, ...(variant && { variant }), ...(experiment && { experiment }) }]
      }),
    ),
    ...Object.fromEntries([traits].flat().map((name) => [name, from.getTrait(name)])),
  }))
  // Counted once for what is shown, and not at each look at it.
  // biome-ignore lint/correctness/useExhaustiveDependencies: names may be a new list in each render.
  useEffect(() => {
    if (value) for (const name of names) flagsmith.hasFeature(name)
  }, [flagsmith, value])
  return value as never
}

/** How the instance stands. Without a provider above: nothing. */
export const useFlagsmithLoading = (): LoadingState | undefined =>
  useRead(useContext(FlagsmithContext), (from) => from.loadingState)

/** A flag, whose exposure is recorded when the user takes part in its experiment. */
export const useExperiment = (featureName: string): IFlagsmithFeature | null => {
  const flagsmith = useContext(FlagsmithContext)
  const read = useRead(flagsmith, (from, page) => ({
    id: from.getContext().identity?.identifier,
    flag: flagIn(from, featureName, page) ?? null,
  }))
  useEffect(() => {
    if (read?.flag?.experiment?.inExperiment && flagsmith?.eventsEnabled)
      flagsmith.getExperimentFlag(featureName)
  }, [flagsmith, featureName, read])
  return read?.flag ?? null
}
