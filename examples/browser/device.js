// What is kept on this device. No entry names the user: keys and entries hold hashes.
import { byId, element } from './element.js'
import { bytes } from './format.js'

const keys = () => {
  try {
    return Object.keys(localStorage).filter((key) => key.startsWith('guidon.'))
  } catch {
    return []
  }
}

export const drawDevice = () => {
  const entries = keys().map((key) =>
    element(
      'li',
      {},
      element('code', {}, key),
      element('span', { class: 'size' }, bytes(new Blob([localStorage.getItem(key)]).size)),
    ),
  )
  byId('entries').replaceChildren(...(entries.length ? entries : [element('li', {}, 'nothing')]))
}

export const clearDevice = () => {
  for (const key of keys()) localStorage.removeItem(key)
}
