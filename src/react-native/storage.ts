import type { MaybePromise, Storage } from '../core/ports.ts'

/** The part of AsyncStorage that is used. All majors have it. */
export interface AsyncStorageLike {
  getItem(key: string): Promise<string | null>
  setItem(key: string, text: string): Promise<unknown>
  removeItem(key: string): Promise<unknown>
  getAllKeys(): Promise<readonly string[]>
}

/** The part of MMKV that is used: `delete` up to its third major, `remove` since its fourth. */
export type MmkvLike = {
  getString(key: string): string | undefined
  set(key: string, text: string): void
  getAllKeys(): string[]
} & ({ delete(key: string): unknown; remove?: never } | { remove(key: string): unknown })

/** Where a React Native app keeps text. */
export type NativeStorage = AsyncStorageLike | MmkvLike | Storage

/** Any of them as a Storage. MMKV answers at once, and so does what is made of it. */
export const nativeStorage = (native: NativeStorage): Storage =>
  'getString' in native ? overMmkv(native) : 'getItem' in native ? overAsyncStorage(native) : native

const overMmkv = (mmkv: MmkvLike): Storage => ({
  get: (key) => mmkv.getString(key),
  set: (key, text) => mmkv.set(key, text),
  delete: (key) => (mmkv.remove ? mmkv.remove(key) : mmkv.delete(key)),
  keys: () => mmkv.getAllKeys(),
})

const overAsyncStorage = (native: AsyncStorageLike): Storage => {
  // No major promises that of two writes at once the second lasts.
  let queue: Promise<unknown> = Promise.resolve()
  const inTurn = (write: () => MaybePromise<unknown>) => {
    const done = queue.then(write)
    queue = done.catch(() => {})
    return done
  }
  return {
    get: (key) => native.getItem(key),
    set: (key, text) => inTurn(() => native.setItem(key, text)),
    delete: (key) => inTurn(() => native.removeItem(key)),
    keys: () => native.getAllKeys(),
  }
}
