import { createContext, createElement, type ReactNode, useContext, useState } from 'react'
import type { IFlagsmith, IInitConfig, IState } from './types.ts'

/** The instance that a provider gives. */
export const FlagsmithContext = createContext<IFlagsmith | null>(null)

/** What `FlagsmithProvider` takes: an instance, and what its `init` does, or the state of a server. */
export type FlagsmithContextType<F extends string = string, T extends string = string> = {
  flagsmith: IFlagsmith<F, T>
  /** Makes the provider call `init`, in its first render. Without them the app calls it. */
  options?: Parameters<IFlagsmith<F, T>['init']>[0]
  /** What `getState()` gave on the server. */
  serverState?: IState
  children: ReactNode
}

/** Listeners of an instance: an app may have several, and the hooks of one hear nothing of another. */
const heard = new WeakMap<IFlagsmith, Set<() => void>>()

export const listenersOf = (flagsmith: IFlagsmith): Set<() => void> => {
  const found = heard.get(flagsmith)
  if (found) return found
  const listeners = new Set<() => void>()
  heard.set(flagsmith, listeners)
  for (const event of ['_trigger', '_triggerLoadingState'] as const) {
    const before = flagsmith[event]
    flagsmith[event] = () => {
      before?.()
      for (const listener of listeners) listener()
    }
  }
  return listeners
}

/** What each instance was rendered from on a server, for the first render of the page to say the same. */
export const rendered = new WeakMap<IFlagsmith, IState>()

/** Gives an instance to all hooks below. The nearest provider counts. */
export const FlagsmithProvider = ({
  flagsmith,
  options,
  serverState,
  children,
}: FlagsmithContextType): ReactNode => {
  useState(() => {
    listenersOf(flagsmith)
    if (serverState) {
      rendered.set(flagsmith, serverState)
      if (!flagsmith.initialised) flagsmith.setState(serverState)
    }
    // What goes wrong is told by `onError`.
    const state = options?.state ?? serverState
    if (options) flagsmith.init({ ...options, ...(state && { state }) } as IInitConfig).catch(() => {})
  })
  return createElement(FlagsmithContext.Provider, { value: flagsmith }, children)
}

/** The instance itself. @throws where there is no provider above. */
export const useFlagsmith = <
  // biome-ignore lint/suspicious/noExplicitAny: as theirs.
  F extends string | Record<string, any> = string,
  T extends string = string,
>(): IFlagsmith<F, T> => {
  const flagsmith = useContext(FlagsmithContext)
  if (!flagsmith) throw new Error('[guidon] No FlagsmithProvider')
  return flagsmith as never
}
