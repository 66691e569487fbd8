// Numbers and values as people read them.

/** `0.4 ms`, `38 ms`, `3.2 s`, with a space that does not break. */
export const duration = (ms) =>
  ms < 10
    ? `${ms.toFixed(1)}\u00a0ms`
    : ms < 1_000
      ? `${Math.round(ms)}\u00a0ms`
      : `${(ms / 1_000).toFixed(1)}\u00a0s`

export const bytes = (count) => (count < 1_000 ? `${count} B` : `${(count / 1_000).toFixed(1)} kB`)

export const plural = (count, noun) => `${count} ${noun}${count === 1 ? '' : 's'}`

/** An error's message without the name of its library. */
export const plain = (message) => message.replace(/^\[guidon\] /, '')

/** Only what happened: for places that say elsewhere what kind of error it is. */
export const reason = (message) => plain(message).replace(/^[\w-]+: /, '')

/** The object or list in a text, or `undefined`. Servers send JSON values as text. */
export const jsonIn = (value) => {
  if (typeof value !== 'string' || !/^\s*[[{]/.test(value)) return undefined
  try {
    return JSON.parse(value)
  } catch {
    return undefined
  }
}

/** What was typed as a trait's value: `true`, `false` and numbers are meant as such. */
export const typed = (text) => {
  const trimmed = text.trim()
  if (trimmed === 'true' || trimmed === 'false') return trimmed === 'true'
  return trimmed !== '' && Number.isFinite(Number(trimmed)) ? Number(trimmed) : text
}
