import type { AppStateLike, NetInfoLike } from '../../src/react-native.ts'

/**
 * A device for one app: what stays when the app is killed is in `texts`, all else is made anew. Needs nothing of a platform but
 * promises and `setTimeout`, for it also runs in Hermes.
 */
export const createTexts = (): Map<string, string> => new Map<string, string>()

/** AsyncStorage, as all its majors are: answered later, and no order between two calls. */
export const createAsyncStorage = (texts = createTexts(), later: () => number = () => 0) => {
  const soon = <T>(answer: () => T) =>
    new Promise<T>((resolve) => setTimeout(() => resolve(answer()), later()))
  return {
    getItem: (key: string) => soon(() => texts.get(key) ?? null),
    setItem: (key: string, text: string) => soon(() => void texts.set(key, text)),
    removeItem: (key: string) => soon(() => void texts.delete(key)),
    getAllKeys: () => soon(() => [...texts.keys()]),
  }
}

/** What MMKV always had. It refuses to be called on anything but itself, as native objects do. */
class AnyMmkv {
  constructor(protected readonly texts = createTexts()) {}
  getString(key: string): string | undefined {
    return this.texts.get(key)
  }
  set(key: string, value: boolean | string | number | ArrayBuffer): void {
    this.texts.set(key, value as string)
  }
  getAllKeys(): string[] {
    return [...this.texts.keys()]
  }
}

/** MMKV 2 and 3. */
export class Mmkv3 extends AnyMmkv {
  delete(key: string): void {
    this.texts.delete(key)
  }
}

/** MMKV 4, which dropped `delete`, because it is a word of C++. */
export class Mmkv4 extends AnyMmkv {
  remove(key: string): boolean {
    return this.texts.delete(key)
  }
}

/** React Native's AppState, which a test turns. */
export const createAppState = (first: string | null = 'active') => {
  const listeners = new Set<() => void>()
  const appState = {
    currentState: first,
    addEventListener(_: 'change', listener: () => void) {
      listeners.add(listener)
      return { remove: () => void listeners.delete(listener) }
    },
    turn(state: string) {
      appState.currentState = state
      for (const listener of [...listeners]) listener()
    },
    listeners: () => listeners.size,
  }
  return appState satisfies AppStateLike
}

/** NetInfo, which a test turns. As the real one it answers a new listener a moment later, and repeats itself. */
export const createNetInfo = (isConnected: boolean | null = true) => {
  type Listener = Parameters<NetInfoLike['addEventListener']>[0]
  const listeners = new Set<Listener>()
  return {
    addEventListener(listener: Listener) {
      listeners.add(listener)
      setTimeout(() => listeners.has(listener) && listener({ isConnected }))
      return () => void listeners.delete(listener)
    },
    turn(is: boolean | null) {
      isConnected = is
      for (const listener of [...listeners]) listener({ isConnected })
    },
    listeners: () => listeners.size,
  }
}
