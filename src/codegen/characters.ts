/** Some characters of a text, as JSON escapes them. */
export const escaped = (text: string, characters: RegExp): string =>
  text.replace(characters, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)

/** Text of others as a terminal may show it: nothing in it moves the cursor, ends a line or turns the direction of what follows. */
export const printable = (text: string): string =>
  escaped(text, /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu)
