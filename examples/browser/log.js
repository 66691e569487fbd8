// The log of what happened, newest first.
import { byId, element } from './element.js'
import { duration } from './format.js'

const MOST = 200

/** @param {'change' | 'error' | 'guard' | 'status' | 'request' | 'server'} kind */
export const log = (kind, text) => {
  const list = byId('entries-log')
  list.prepend(
    element(
      'li',
      {},
      element('time', {}, duration(performance.now())),
      element('span', { class: 'kind', 'data-kind': kind }, kind),
      element('span', { class: 'entry' }, text),
    ),
  )
  list.children[MOST]?.remove()
}

/** Says what an action came to, to eyes and to screen readers. */
export const say = (text) => {
  byId('said').textContent = text
}
