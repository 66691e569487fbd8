import type * as angular from '@angular/core'
import type * as preact from '@preact/signals-core'
import type * as solid from 'solid-js'
import { describe, expect, it } from 'vitest'
import type { Client } from '../../src/index.ts'
import { run, textOf, useShop } from './recipe.ts'

/** A recipe in use: what it shows of the flag `title`, how often it was asked to, and its end. */
interface Shown {
  read(): string
  runs(): number
  end(): void
}

const RECIPES: readonly (readonly [heading: string, use: (flags: Client) => Promise<Shown>])[] = [
  [
    'Solid',
    async (flags) => {
      const { createFlag, createEffect, createRoot } = await run<
        typeof solid & { createFlag(name: string, fallback: string): () => string }
      >(textOf('Solid'), flags, `export { createEffect, createRoot } from 'solid-js'`)
      let runs = 0
      return createRoot((end) => {
        const title = createFlag('title', 'Welcome')
        createEffect(() => {
          title()
          runs++
        })
        return { read: title, runs: () => runs, end }
      })
    },
  ],
  [
    'Angular',
    async (flags) => {
      const { flag, computed, Injector, runInInjectionContext } = await run<
        typeof angular & { flag(name: string, fallback: string): () => string }
      >(textOf('Angular'), flags, `export { computed, Injector, runInInjectionContext } from '@angular/core'`)
      let runs = 0
      const injector = Injector.create({ providers: [] })
      const title = runInInjectionContext(injector, () => flag('title', 'Welcome'))
      const shown = computed(() => {
        runs++
        return title()
      })
      // Angular asks again when it looks, and only then.
      const looked = () => {
        shown()
        return runs
      }
      return { read: shown, runs: looked, end: () => injector.destroy() }
    },
  ],
  [
    'Other signals',
    async (flags) => {
      const { title, stop, effect } = await run<
        typeof preact & { title: preact.Signal<string>; stop(): void }
      >(textOf('Other signals'), flags, `export { effect } from '@preact/signals-core'`)
      let runs = 0
      effect(() => {
        title.value
        runs++
      })
      return { read: () => title.value, runs: () => runs, end: stop }
    },
  ],
]

describe.each(RECIPES)('the recipe for %s', (_, use) => {
  const shop = useShop()

  it('shows a flag at once, and anew when it changes', async () => {
    const flags = await shop.open({ title: 'Hello' })
    const { read, end } = await use(flags)
    expect(read()).toBe('Hello')
    await shop.change(flags, { title: 'Good day' })
    expect(read()).toBe('Good day')
    await shop.change(flags, { title: 16 })
    expect(read()).toBe('Welcome')
    end()
  })

  it('is quiet when another flag changes', async () => {
    const flags = await shop.open({ title: 'Hello', color: 'red' })
    const { runs, end } = await use(flags)
    expect(runs()).toBe(1)
    await shop.change(flags, { title: 'Hello', color: 'blue' })
    expect(runs()).toBe(1)
    await shop.change(flags, { title: 'Good day', color: 'blue' })
    expect(runs()).toBe(2)
    end()
  })

  it('listens until it ends, and not longer', async () => {
    const flags = await shop.open({ title: 'Hello' })
    const { end } = await use(flags)
    expect(shop.listening).toBe(1)
    end()
    expect(shop.listening).toBe(0)
  })
})
