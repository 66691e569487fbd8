/** What the compiler must accept and refuse of `guidon/vue`. What flags an app declares it knows: `augmented/flags.ts`. */
import { type App, type ComputedRef, ref } from 'vue'
import { type Client, createClient, type FlagValue } from '../../src/index.ts'
import { guidon, useFlag, useFlagEnabled, useFlags, useGuidon } from '../../src/vue.ts'
import { is } from './is.ts'

export const start = (app: App) => {
  app.use(guidon(createClient({ environmentKey: 'key' })))
  app.use(guidon(createClient<MyFlags>({ environmentKey: 'key' })))
  // @ts-expect-error: a client, not its options
  app.use(guidon({ environmentKey: 'key' }))
}
interface MyFlags {
  title: string
}

export const setup = () => {
  const size = useFlag('font-size', 16)
  is<typeof size, ComputedRef<number>>(true)
  const theme = useFlag(ref('theme'), 'dark' as 'dark' | 'light')
  is<typeof theme, ComputedRef<string>>(true)
  const on = useFlagEnabled(() => 'on', true)
  is<typeof on, ComputedRef<boolean>>(true)
  const both = useFlags(['theme', 'font-size'])
  is<typeof both, ComputedRef<{ readonly [N in 'theme' | 'font-size']: FlagValue | undefined }>>(true)
  const client = useGuidon()
  is<typeof client, Client>(true)
  const mine = useGuidon<MyFlags>()
  is<typeof mine, Client<MyFlags>>(true)
  // @ts-expect-error: a fallback is needed, or the type would be a lie
  useFlag('font-size')
  // @ts-expect-error: objects are read with json()
  useFlag('theme', {})
  // @ts-expect-error: what is read cannot be written
  size.value = 12
  // @ts-expect-error: not asked for
  both.value.other
  // @ts-expect-error: yes or no
  useFlagEnabled('on', 'yes')
  // @ts-expect-error: no such flag
  mine.isEnabled('nothing')
}
