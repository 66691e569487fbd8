const CODES = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  cyan: [36, 39],
}

export type Style = keyof typeof CODES
/** Gives a text a style. */
export type Paint = (style: Style, text: string) => string

/** Styles for a terminal that has them; for any other, plain text. (`styleText` of Node is younger than Node 20.) */
export const painter =
  ({ colours }: { readonly colours?: boolean }): Paint =>
  (style, text) => {
    const [on, off] = CODES[style]
    return colours && text ? `\x1b[${on}m${text}\x1b[${off}m` : text
  }
