/**
 * An app that declares its flags once, as the file does that `guidon types` writes. Compiled against the built types by
 * `test/doors.test.ts`: a line under `@ts-expect-error` that compiles is an error itself.
 */
import { createClient } from 'guidon'
import { guidonProvider } from 'guidon/openfeature'

declare module 'guidon' {
  interface FlagTypes {
    'font-size': number
    title: string
  }
}

const flags = createClient({ environmentKey: 'key' })
export const size: number = flags.value('font-size', 16)
export const title: string = flags.value('title', 'none')
// @ts-expect-error: no such flag
flags.isEnabled('nothing')
// @ts-expect-error: a number, not a text
flags.value('font-size', '16')

// A client that knows its flags is a client.
export const provider = guidonProvider(flags)
