// By the package's name, so that flags which an app declares for `guidon` are known here.
import type { Client, FlagValue, KnownFlags } from 'guidon'
import {
  type App,
  type ComputedRef,
  computed,
  inject,
  type MaybeRefOrGetter,
  onScopeDispose,
  shallowRef,
  toValue,
} from 'vue'
import type { Name, Widen } from '../client/client.ts'

const KEY = Symbol('guidon')

/** Gives a client to all components of an app: `app.use(guidon(client))`. Who made the client closes it. */
export const guidon = <F extends object>(client: Client<F>) => ({
  install: (app: App): void => void app.provide(KEY, client),
})

/**
 * The client itself: to `identify`, `setTraits`, `refresh`, …
 *
 * @throws Error where no `app.use(guidon(client))` was.
 */
export const useGuidon = <F extends object = KnownFlags>(): Client<F> => {
  const client = inject<Client<F>>(KEY)
  if (!client) throw new Error('[guidon] app.use(guidon(client)) is missing')
  return client
}

/** Reads anew when flags change; who depends on it is told only when what it gives is another. */
const reading = <T>(read: (client: Client<Record<string, never>>, before?: T) => T): ComputedRef<T> => {
  const client = useGuidon<Record<string, never>>()
  const changes = shallowRef(0)
  onScopeDispose(client.on('change', () => changes.value++))
  return computed((before?: T) => {
    void changes.value
    return read(client, before)
  })
}

/** A flag's value, as `client.value(name, fallback)` gives it. The name may be a ref or a getter. */
export const useFlag = <K extends Name<KnownFlags>, V extends Widen<KnownFlags[K]>>(
  name: MaybeRefOrGetter<K>,
  fallback: V,
): ComputedRef<Widen<V>> => reading((client) => client.value(toValue(name), fallback as never) as Widen<V>)

/** Whether a flag is on. */
export const useFlagEnabled = (
  name: MaybeRefOrGetter<Name<KnownFlags>>,
  fallback?: boolean,
): ComputedRef<boolean> => reading((client) => client.isEnabled(toValue(name), fallback))

/** The values of several flags by name, of whatever type they are on the server; `undefined` for an unknown one. */
export const useFlags = <K extends Name<KnownFlags>>(
  names: MaybeRefOrGetter<readonly K[]>,
): ComputedRef<{ readonly [N in K]: FlagValue | undefined }> =>
  reading<Record<string, unknown>>((client, before) => {
    const now = Object.fromEntries(toValue(names).map((name) => [name, client.flag(name)?.value]))
    return before && JSON.stringify(before) === JSON.stringify(now) ? before : now
  }) as never
