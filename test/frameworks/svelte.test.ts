// @vitest-environment happy-dom
import { compile } from 'svelte/compiler'
import { derived, get } from 'svelte/store'
import { describe, expect, it } from 'vitest'
import { run, textOf, useShop } from './recipe.ts'

/** What a bundler's plugin makes of a component. Its client is the test's. */
const compiled = (component: string) =>
  compile(component, { generate: 'client', filename: 'Recipe.svelte' }).js.code.replace(
    /^import .* from '\.\/flags\.js';$/m,
    '',
  )

describe('the recipe for Svelte', () => {
  const shop = useShop()

  it('shows flags in a component, anew when they change, and listens as long as that is there', async () => {
    const flags = await shop.open({ 'new-checkout': true, title: 'Hello' })
    const {
      default: Component,
      mount,
      unmount,
    } = await run<typeof import('svelte') & { default: never }>(
      compiled(textOf('Svelte')),
      flags,
      `export { mount, unmount } from 'svelte'`,
    )
    const component = mount(Component, { target: document.body })
    expect(document.body.textContent).toBe('Hello')
    expect(shop.listening).toBe(1)
    await shop.change(flags, { 'new-checkout': true, title: 'Good day' })
    expect(document.body.textContent).toBe('Good day')
    await shop.change(flags, { title: 'Good day' })
    expect(document.body.textContent).toBe('')
    await unmount(component)
    expect(shop.listening).toBe(0)
  })

  it('goes where a store goes', async () => {
    const flags = await shop.open({ title: 'Hello' })
    expect(get(flags)).toBe(flags)
    const titles: string[] = []
    const title = derived(flags, ($flags) => $flags.value('title', 'Welcome'))
    const stop = title.subscribe((now) => titles.push(now))
    await shop.change(flags, { title: 'Good day' })
    expect(titles).toEqual(['Hello', 'Good day'])
    stop()
    expect(shop.listening).toBe(0)
  })
})
