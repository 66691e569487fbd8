/** Text, and how many bytes it is in UTF-8. */
export interface Text {
  readonly text: string
  readonly bytes: number
}

const utf8 = new TextEncoder()
/** What is short is measured here, and leaves nothing behind. */
const scratch = new Uint8Array(16 * 1024)

export const measured = (text: string): Text => ({
  text,
  // A character is three bytes at most.
  bytes:
    text.length * 3 <= scratch.length ? utf8.encodeInto(text, scratch).written : utf8.encode(text).length,
})
