/** Text, and how many bytes it is in UTF-8. */
export interface Text {
  readonly text: string
  readonly bytes: number
}

const utf8 = new TextEncoder()

export const measured = (text: string): Text => ({ text, bytes: utf8.encode(text).length })
