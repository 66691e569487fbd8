// The only way in which this page makes elements. Text is always text: nothing here parses HTML, so a flag may have
// any name and any value.

/**
 * @param {string} tag
 * @param {Record<string, unknown>} [attributes] `false`, `null` and `undefined` leave an attribute out; `on…` listens.
 * @param {...(Node | string | number | null | undefined | false)} children
 */
export const element = (tag, attributes = {}, ...children) => {
  const made = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith('on')) made.addEventListener(name.slice(2), value)
    else if (value !== false && value != null) made.setAttribute(name, value === true ? '' : String(value))
  }
  made.append(...children.filter((child) => child != null && child !== false).map(asNode))
  return made
}

/** A position on an axis, handed to the style sheet. (The page's policy forbids `style` attributes.) */
export const place = (made, name, value) => {
  made.style.setProperty(name, value)
  return made
}

/** The element with this id. */
export const byId = (id) => document.getElementById(id)

const asNode = (child) => (child instanceof Node ? child : document.createTextNode(String(child)))
