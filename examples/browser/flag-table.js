// The table of flags. Names and values come from a server and are shown as text, whatever they hold.
import { byId, element, place } from './element.js'
import { jsonIn, plural } from './format.js'

/**
 * @param {Readonly<Record<string, import('guidon').Flag>>} all
 * @param {ReadonlySet<string>} changed names to point out
 */
export const drawFlags = (all, changed) => {
  const wanted = byId('search').value.trim().toLowerCase()
  const flags = Object.values(all).sort((a, b) => (a.name < b.name ? -1 : 1))
  const found = flags.filter(({ name, value }) => `${name}\n${value}`.toLowerCase().includes(wanted))
  const on = found.filter(({ enabled }) => enabled).length

  byId('rows').replaceChildren(...found.map((flag) => row(flag, changed.has(flag.name))))
  byId('none').hidden = found.length > 0
  byId('flags-count').textContent =
    `${wanted ? `${found.length} of ${plural(flags.length, 'flag')}` : plural(flags.length, 'flag')}, ${on} on`
}

const row = ({ name, value, enabled, source, variant, stale }, isChanged) =>
  element(
    'tr',
    { 'data-changed': isChanged },
    element(
      'th',
      { scope: 'row' },
      element('code', { class: 'name' }, name === '' ? element('i', {}, 'empty name') : name),
      variant && variant !== value && element('span', { class: 'variant' }, variant),
      isChanged && element('span', { class: 'changed' }, 'changed'),
    ),
    element('td', { class: 'value' }, shown(value)),
    element('td', {}, element('span', { class: 'switch-state', 'data-on': enabled }, enabled ? 'on' : 'off')),
    element(
      'td',
      {},
      element('span', { class: 'tag', 'data-source': source }, source),
      stale && source !== 'defaults' && element('span', { class: 'variant' }, 'stale'),
    ),
  )

const shown = (value) => {
  if (value === null || value === '') return element('i', {}, value === null ? 'no value' : 'empty text')
  const json = jsonIn(value)
  if (json !== undefined) return element('pre', {}, ...coloured(pretty(json)))
  const code = element('code', { 'data-type': typeof value }, String(value))
  if (!/^#(?:[\da-f]{3}|[\da-f]{6})$/i.test(value)) return code
  const sample = place(element('span', { class: 'sample' }), '--sample', value)
  return element('span', {}, sample, code)
}

/** Each part on one line where it fits, else indented. */
const pretty = (json, indent = '') => {
  const line = JSON.stringify(json, null, 1).replace(/\n\s*/g, ' ')
  if (typeof json !== 'object' || json === null || indent.length + line.length <= 48) return line
  const deeper = `${indent}  `
  const isList = Array.isArray(json)
  const parts = Object.entries(json).map(
    ([key, part]) => `${deeper}${isList ? '' : `${JSON.stringify(key)}: `}${pretty(part, deeper)}`,
  )
  return `${isList ? '[' : '{'}\n${parts.join(',\n')}\n${indent}${isList ? ']' : '}'}`
}

/** JSON with its keys marked, as nodes. */
const coloured = (text) =>
  text
    .split(/("(?:[^"\\]|\\.)*"(?=:))/)
    .map((part, index) => (index % 2 ? element('span', { class: 'key' }, part) : part))
