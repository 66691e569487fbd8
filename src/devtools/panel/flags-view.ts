import type { Flag } from '../../model/flag.ts'
import type { Watch } from '../watch.ts'
import { plural } from '../words.ts'
import { button, h, set, write } from './dom.ts'
import { createFlagDetail } from './flag-detail.ts'
import { createFlagList } from './flag-list.ts'
import type { View } from './view.ts'

/** Which flags are to be seen. */
const KINDS: Readonly<Record<string, (flag: Flag, changed: ReadonlySet<string>) => boolean>> = {
  all: () => true,
  on: ({ enabled }) => enabled,
  off: ({ enabled }) => !enabled,
  overridden: ({ source }) => source === 'override',
  changed: ({ name }, changed) => changed.has(name),
}

export const flagsView = (watch: Watch): View => {
  let selected: string | undefined
  /** The record that is shown, sorted, each with the text that is searched. */
  let known: Readonly<Record<string, Flag>> | undefined
  let sorted: readonly (readonly [flag: Flag, text: string])[] = []

  const search = h('input', {
    type: 'search',
    placeholder: 'Search name or value',
    'aria-label': 'Search flags by name or value',
    autocomplete: 'off',
    autocapitalize: 'off',
    spellcheck: 'false',
    oninput: () => draw(),
    onkeydown: (event: KeyboardEvent) => {
      if (event.key === 'ArrowDown') {
        event.preventDefault()
        list.focus()
      }
    },
  })
  const kind = h(
    'select',
    { 'aria-label': 'Which flags', onchange: () => draw() },
    ...Object.keys(KINDS).map((name) => h('option', {}, name)),
  )
  const count = h('p', { class: 'count soft', role: 'status' })
  const none = h('p', { class: 'none soft' })
  const add = button('', () => {
    select(search.value.trim())
    detail.focus()
  })
  const select = (name: string | undefined) => {
    selected = name
    draw()
  }
  const list = createFlagList(select, () => detail.focus())
  const detail = createFlagDetail(watch, () => {
    select(undefined)
    list.focus()
  })
  const node = h(
    'div',
    { class: 'flags' },
    h('div', { class: 'side' }, h('div', { class: 'bar' }, search, kind, count), list.node, none, add),
    detail.node,
  )

  const draw = () => {
    const flags = watch.flags()
    if (flags !== known) {
      known = flags
      sorted = Object.values(flags)
        .sort((a, b) => (a.name < b.name ? -1 : 1))
        .map((flag) => [flag, `${flag.name}\n${flag.value}`.toLowerCase()] as const)
    }
    const name = search.value.trim()
    const wanted = name.toLowerCase()
    const changed = new Set(watch.story.entries.flatMap(({ changes }) => changes.map(({ name }) => name)))
    const isOfKind = KINDS[kind.value]!
    const found = sorted
      .filter(([flag, text]) => text.includes(wanted) && isOfKind(flag, changed))
      .map(([flag]) => flag)
    list.show(found, selected)
    list.node.hidden = !found.length
    const isFiltered = found.length !== sorted.length
    write(
      count,
      isFiltered
        ? `${found.length.toLocaleString('en')} of ${plural(sorted.length, 'flag')}`
        : plural(sorted.length, 'flag'),
    )
    none.hidden = !!found.length
    write(none, sorted.length ? 'No flag fits.' : 'No flags yet.')
    add.hidden = !name || name in flags
    write(add, `Override “${name}”, which the server does not have`)
    detail.show(selected)
    set(node, 'data-selected', selected !== undefined)
  }

  return { id: 'flags', title: 'Flags', node, draw }
}
