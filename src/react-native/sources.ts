import type { Stop } from '../core/ports.ts'
import type { Source } from '../live/awake.ts'

/** The part of React Native's AppState that is used. */
export interface AppStateLike {
  readonly currentState: string | null | undefined
  addEventListener(type: 'change', listener: () => void): { remove(): void }
}

/** The part of NetInfo that is used. It calls a new listener with the state of the moment. */
export interface NetInfoLike {
  addEventListener(listener: (state: { readonly isConnected: boolean | null }) => void): Stop
}

/** Tells of changes only: platforms repeat themselves, and each word would count as a return. */
const source = (current: () => boolean, watch: (look: () => void) => Stop): Source => ({
  current,
  subscribe(listener) {
    let last = current()
    return watch(() => {
      if (last === current()) return
      last = !last
      listener()
    })
  },
})

/**
 * Whether somebody looks: not while the app is in the background. What is `inactive` is still on the screen, behind the control
 * centre or a call; and at the start, a bridge may not have said yet (`null`, `unknown`).
 */
export const visibilityOf = (appState: AppStateLike): Source =>
  source(
    () => appState.currentState !== 'background',
    (look) => {
      const subscription = appState.addEventListener('change', look)
      return () => subscription.remove()
    },
  )

/**
 * Whether there is a network: yes, until NetInfo says no. Its `isInternetReachable` is not asked: that says whether a server of
 * Google's can be reached, and where that one is blocked the flags' server may well not be.
 */
export const onlineOf = (netInfo: NetInfoLike): Source => {
  let isOnline = true
  return source(
    () => isOnline,
    (look) =>
      netInfo.addEventListener(({ isConnected }) => {
        isOnline = isConnected !== false
        look()
      }),
  )
}
