import type { Entry } from '../story.ts'
import type { Watch } from '../watch.ts'
import { clockTime, plural } from '../words.ts'
import { h, tag } from './dom.ts'
import type { View } from './view.ts'

export const timelineView = (watch: Watch): View => {
  const list = h('ol', { class: 'timeline' })
  /** The entries that are drawn. Those that come are put before them, so that what is open stays open. */
  const drawn = new Map<Entry, HTMLElement>()

  const draw = () => {
    const { entries } = watch.story
    for (const [entry, made] of drawn) {
      if (entries.includes(entry)) continue
      made.remove()
      drawn.delete(entry)
    }
    // Oldest first: each goes to the top.
    for (const entry of [...entries].reverse()) {
      if (drawn.has(entry)) continue
      const made = item(entry)
      drawn.set(entry, made)
      list.prepend(made)
    }
  }

  return {
    id: 'timeline',
    title: 'Timeline',
    node: h('div', { class: 'page' }, h('h3', { class: 'unseen' }, 'What happened, newest first'), list),
    draw,
  }
}

const item = ({ at, kind, text, changes, more }: Entry) =>
  h(
    'li',
    {},
    h('time', {}, clockTime(at)),
    tag(kind),
    h(
      'div',
      {},
      h('p', {}, text),
      changes.length > 0 &&
        h(
          'details',
          {},
          h('summary', {}, plural(changes.length + more, 'change')),
          h(
            'ul',
            { class: 'changes' },
            ...changes.map(({ name, before, after }) =>
              h(
                'li',
                {},
                h('b', { class: 'name' }, name || 'empty name'),
                h('code', {}, before ?? 'unknown'),
                '→',
                h('code', {}, after ?? 'unknown'),
              ),
            ),
            more > 0 && h('li', { class: 'soft' }, `and ${more.toLocaleString('en')} more`),
          ),
        ),
    ),
  )
