import { clear, type Item, itemsOf } from '../device.ts'
import type { Watch } from '../watch.ts'
import { bytes, plural, shown } from '../words.ts'
import { button, h, note, renew, table } from './dom.ts'
import type { View } from './view.ts'

export const toolsView = (watch: Watch): View => {
  const { inside } = watch
  let items: readonly Item[] = []

  const overrides = h('div', { tabindex: -1 })
  const links = h('div')
  const storage = h('div')

  const address = h('input', { readonly: true, 'aria-label': 'Link with these overrides' })
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(address.value)
      watch.say('The link is copied.')
    } catch {
      address.focus()
      address.select()
      watch.say('The browser does not let us copy. The link is selected: copy it from there.')
    }
  }

  /** What the device has comes later. */
  const ask = async () => {
    items = await itemsOf(inside)
    renew(storage, items, () => [
      items.length
        ? h(
            'div',
            {},
            table(
              ['Entry', 'What it is', 'Size'],
              items.map(({ key, what, bytes: size }) => [h('code', {}, key), what, bytes(size)]),
            ),
            note(`${bytes(items.reduce((sum, item) => sum + item.bytes, 0))} in all.`),
          )
        : note('Nothing is kept.'),
    ])
  }
  const wipe = async () => {
    await clear(inside)
    watch.say('The storage is clear. A reload is a first visit now.')
  }

  const draw = () => {
    const { overrides: flags } = watch
    renew(overrides, [...flags], () => [
      h('h3', {}, 'Overrides'),
      flags.size
        ? h(
            'div',
            {},
            table(
              ['Flag', 'State', 'Value', ''],
              [...flags].map(([name, [enabled, value]]) => [
                h('code', {}, name || 'empty name'),
                enabled ? 'on' : 'off',
                h('code', {}, shown(value)),
                button('Remove', () => watch.override(name, undefined), {
                  class: 'quiet',
                  'aria-label': `Remove the override of ${name}`,
                  'data-key': `remove ${name}`,
                }),
              ]),
            ),
            h('p', { class: 'buttons' }, button('Clear all overrides', watch.clearOverrides)),
          )
        : note('None in this browser. Flags are overridden where they are listed.'),
    ])
    const link = watch.link()
    renew(links, [watch.takesLinks, !!link, flags.size], () => [
      h('h3', {}, 'Link'),
      !watch.takesLinks
        ? note('This app takes no overrides from links, so there is none to copy.')
        : !flags.size
          ? note('A link carries what is overridden. Nothing is.')
          : link === undefined
            ? note('These overrides are too long for a link.')
            : h(
                'div',
                { class: 'line' },
                address,
                button('Copy link', copy, { class: 'main' }),
                h('span', { class: 'soft' }, plural(flags.size, 'override')),
              ),
    ])
    address.value = link ?? ''
    ask()
  }

  return {
    id: 'tools',
    title: 'Tools',
    node: h(
      'div',
      { class: 'page columns' },
      h('div', {}, overrides, links),
      h(
        'div',
        {},
        h('h3', {}, 'Storage'),
        storage,
        h(
          'p',
          { class: 'buttons' },
          button('Clear storage', wipe),
          button('Clear and reload', async () => {
            await wipe()
            location.reload()
          }),
        ),
      ),
    ),
    draw,
  }
}
