/**
 * An app whose flags are declared by `guidon.d.ts`, which `guidon types --json-shapes` wrote. Compiled against the built types by
 * `test/doors.test.ts`: a line under `@ts-expect-error` that compiles is an error itself.
 */
import { createClient, type Extension } from 'guidon'
import { analytics, experiments } from 'guidon/analytics'
import { lifecycle, polling, realtime, tabs } from 'guidon/live'
import { guidonProvider } from 'guidon/openfeature'
import { useFlag, useFlagEnabled, useFlags } from 'guidon/react'
import { environment, type TestClient, testClient } from 'guidon/testing'
import * as vue from 'guidon/vue'

// Extensions are for any app, and so know no flags: of other doors, and of this app's own.
const heard: Extension = ({ client }) => client.on('change', () => client.isEnabled('whatever'))
const use = [tabs([realtime(), polling(), heard]), lifecycle(), analytics(), experiments()]

const flags = createClient({ environmentKey: 'key', use })
export const size: number = flags.value('font-size', 16)
export const title: string = flags.value('title', 'none')
// @ts-expect-error: no such flag
flags.isEnabled('nothing')
// @ts-expect-error: a number, not a text
flags.value('font-size', '16')

// @ts-expect-error: a misspelt name
flags.value('titel', 'none')
// Without a value nobody knows the type.
export const checkout: boolean = flags.value('new-checkout', false)

// What is in a value that is JSON, as it was when the file was written.
const theme = flags.json('theme')
export const dark: boolean | undefined = theme?.dark
export const accent: string | undefined = flags.json('theme', { fallback: { dark: false, accents: [] } })
  .accents[0]
// @ts-expect-error: there may be none
theme.dark
// @ts-expect-error: a boolean, not a text
export const isDark: string | undefined = theme?.dark
// @ts-expect-error: nothing of that name is in it
theme?.light
// @ts-expect-error: the fallback is of the same shape
flags.json('theme', { fallback: { dark: 'yes', accents: [] } })
// Where no shape was declared, it is not known.
export const text: unknown = flags.json('title')
// @ts-expect-error: so nothing can be read from it
flags.json('title').dark

// A client that knows its flags is a client.
export const provider = guidonProvider(flags)
// The hooks know the same flags, for they know the client by the package's name.
export const useSize = (): number => useFlag('font-size', 16)
export const useTitle = () => useFlags(['title']).title
export const useNothing = () => {
  // @ts-expect-error: no such flag
  useFlagEnabled('nothing')
  // @ts-expect-error: a number, not a text
  useFlag('font-size', '16')
}
// And so do Vue's.
vue.guidon(flags)
export const ref: { readonly value: number } = vue.useFlag('font-size', 16)
// @ts-expect-error: no such flag
vue.useFlagEnabled('nothing')
// @ts-expect-error: a number, not a text
vue.useFlag('font-size', '16')
// @ts-expect-error: what an app declares is not yet what a server sends
export const told: string | undefined = vue.useFlags(['title']).value.title

// And so do doubles.
const double = testClient({ flags: { 'font-size': 16, 'new-checkout': true, title: false } })
double.set('font-size', 18)
// @ts-expect-error: no such flag
testClient({ flags: { 'new-chekout': true } })
// @ts-expect-error: a number, not a text
double.set('font-size', '18')
// @ts-expect-error: no such flag
environment({ flags: { titel: 'none' } })
// A client for tests goes wherever a client goes.
export const doubles: readonly (typeof flags)[] = [double, double satisfies TestClient]
