// Written by `guidon types`, which writes it anew: what you change here will not stay.
import 'guidon'

declare module 'guidon' {
  interface FlagTypes {
    "font-size": number
    "new-checkout": string | number | boolean
    "theme": string
    "title": string
  }

  /** What `json()` gives, by what the values were when this was written. */
  interface FlagShapes {
    "theme": { "accents": readonly string[]; "dark": boolean }
  }
}
