// Who the flags are for: the identifier, and the traits with their marks.
import { byId, element } from './element.js'

export const drawPerson = (flags, isNamed, onRemove) => {
  byId('identity').textContent = flags.identity ?? 'nobody'
  byId('identity-kind').textContent = isNamed ? 'Named by the page' : 'Anonymous, a GUID of this device'

  const traits = Object.entries(flags.traits())
  byId('traits').replaceChildren(
    ...(traits.length
      ? traits.map(([key, input]) => item(key, input, onRemove))
      : [element('li', {}, 'none yet')]),
  )
}

const item = (key, input, onRemove) => {
  const isTransient = typeof input === 'object'
  const mark = isTransient ? 'transient' : 'persistent'
  return element(
    'li',
    {},
    element('code', {}, `${key} = ${JSON.stringify(isTransient ? input.value : input)}`),
    element('span', { class: 'tag', 'data-kind': mark }, mark),
    element(
      'button',
      { type: 'button', class: 'quiet', 'aria-label': `Remove ${key}`, onclick: () => onRemove(key) },
      'Remove',
    ),
  )
}
