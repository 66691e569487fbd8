// The only way in which the inspector makes elements. Text is always text: nothing here parses HTML, so a flag may have any
// name and any value.

export type Child = Node | string | number | null | undefined | false

/** @param attributes `false`, `null` and `undefined` leave one out; what begins with `on` listens. */
export const h = <K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Readonly<Record<string, unknown>> = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] => {
  const made = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith('on')) made.addEventListener(name.slice(2), value as EventListener)
    else set(made, name, value)
  }
  made.append(...nodes(children))
  return made
}

export const set = (element: Element, name: string, value: unknown): void => {
  if (value === false || value == null) element.removeAttribute(name)
  else if (element.getAttribute(name) !== `${value}`)
    element.setAttribute(name, value === true ? '' : `${value}`)
}

const nodes = (children: readonly Child[]) =>
  children
    .filter((child) => child != null && child !== false)
    .map((child) => (child instanceof Node ? child : `${child}`))

/** Another text, where it is another: a screen reader hears it then. */
export const write = (element: Element, text: string): void => {
  if (element.textContent !== text) element.textContent = text
}

const said = new WeakMap<Element, string>()

/**
 * Makes children anew when what they show is another. The focus stays on what goes by the same `data-key`; where that is
 * gone it goes to `parent`, if it can take it.
 */
export const renew = (parent: HTMLElement, says: unknown, make: () => readonly Child[]): void => {
  const text = JSON.stringify(says)
  if (said.get(parent) === text) return
  said.set(parent, text)
  const active = (parent.getRootNode() as ShadowRoot).activeElement
  const isInside = active && active !== parent && parent.contains(active)
  const key = isInside && active.getAttribute('data-key')
  parent.replaceChildren(...nodes(make()))
  if (!isInside) return
  const next = [...parent.querySelectorAll<HTMLElement>('[data-key]')].find(
    (element) => element.getAttribute('data-key') === key,
  )
  ;(next ?? parent).focus()
}

const SVG = 'http://www.w3.org/2000/svg'

/** A drawing of 16 by 16, of strokes and areas. */
export const drawing = (...shapes: readonly (readonly [path: string, kind: string])[]): SVGElement => {
  const svg = document.createElementNS(SVG, 'svg')
  svg.setAttribute('viewBox', '0 0 16 16')
  svg.setAttribute('aria-hidden', 'true')
  for (const [d, kind] of shapes) {
    const path = document.createElementNS(SVG, 'path')
    path.setAttribute('d', d)
    path.setAttribute('class', kind)
    svg.append(path)
  }
  return svg
}

export const button = (
  label: string,
  onclick: () => unknown,
  attributes: Readonly<Record<string, unknown>> = {},
): HTMLButtonElement => h('button', { type: 'button', 'data-key': label, onclick, ...attributes }, label)

/** A small flag: where something came from, or what it is. */
export const tag = (kind: string, text = kind): HTMLElement =>
  h('span', { class: 'tag', 'data-kind': kind }, text)

/** A table with a head. */
export const table = (
  heads: readonly string[],
  rows: readonly (readonly (Node | string)[])[],
): HTMLTableElement =>
  h(
    'table',
    {},
    h('thead', {}, h('tr', {}, ...heads.map((head) => (head ? h('th', { scope: 'col' }, head) : h('td'))))),
    h('tbody', {}, ...rows.map((cells) => h('tr', {}, ...cells.map((cell) => h('td', {}, cell))))),
  )

/** Words beside the point, or in place of what is not there. */
export const note = (text: string): HTMLElement => h('p', { class: 'soft' }, text)
