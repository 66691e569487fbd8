import { expect, test } from 'vitest'
import { readSource } from '../../src/scan/read-source.ts'
import { usesIn } from '../../src/scan/uses.ts'

/** What the files use: `flag` at `file:line:column`, and `?` for a name that cannot be read. */
function found(files: Record<string, string>, clients?: string[]) {
  const readings = Object.entries(files).map(([file, text]) => readSource(file, text))
  const { uses, dynamic } = usesIn(readings, clients)
  return [
    ...uses.map(({ flag, file, line, column }) => `${flag} ${file}:${line}:${column}`),
    ...dynamic.map(({ file, line, column }) => `? ${file}:${line}:${column}`),
  ]
}
/** The names alone. */
const names = (files: Record<string, string>, clients?: string[]) =>
  found(files, clients).map((one) => one.split(' ')[0])

const MADE = `import { createClient } from 'guidon'\nexport const flags = createClient({ environmentKey: 'k' })\n`

test('finds what is asked of a client, and where', () => {
  const text = `${MADE}flags.isEnabled('a')
  if (flags.value("b", 16) > 3) flags.json(\`c\`, { fallback: {} })
flags.flag('d')?.value; flags?.onFlag('e', () => {})`
  expect(found({ 'a.ts': text })).toEqual([
    'a a.ts:3:17',
    'b a.ts:4:19',
    'c a.ts:4:44',
    'd a.ts:5:12',
    'e a.ts:5:39',
  ])
})

test.each([
  ['a client made in another file', `import { flags } from './flags'; flags.isEnabled('a')`],
  ['under another name', `import { flags as f } from '@/flags'; f.isEnabled('a')`],
  ['of a module as a whole', `import * as all from './flags'; all.flags.isEnabled('a')`],
  ['required', `const { flags } = require('./flags'); flags.isEnabled('a')`],
  ['in a property', `this.props.flags.isEnabled('a')`],
  ['in a private one', `class A { #flags = flags; b() { this.#flags.isEnabled('a') } }`],
  ['a parameter', `export default ({ flags: f }) => f.isEnabled('a')`],
  ['put into another variable', `const it = cond ? flags : undefined; it!.isEnabled('a')`],
  ['made in passing', `import { createClient } from 'guidon'; createClient(o).isEnabled('a')`],
  [
    'given by a function',
    `let one; function client() { return (one ??= flags) } client().isEnabled('a'); const c = client(); c.flag('a')`,
  ],
  ['typed as one', `import type { Client } from 'guidon'; const f = (c: Client<X>) => c.isEnabled('a')`],
  [
    'one, or none',
    `import { type Client } from 'guidon'; class A { c?: Client | null; f() { this.c?.flag('a') } }`,
  ],
  ['injected', `import { Client } from 'guidon'; const c = inject<Client>(KEY); c.flag('a')`],
  ['of the provider', `import { useGuidon } from 'guidon/react'; const c = useGuidon(); c.isEnabled('a')`],
  [
    'kept over renders',
    `import { createClient } from 'guidon'; const [c] = useState(() => createClient(o)); c.flag('a')`,
  ],
  [
    'in a ref',
    `import { createClient } from 'guidon'; const r = useRef(createClient(o)); r.current.flag('a')`,
  ],
  ['of the script tag', `guidon.client.isEnabled('a'); window.guidon.client.flag('a')`],
  ['given to who waits for the script tag', `guidon.push(({ client }) => client.isEnabled('a'))`],
  [
    'held back until the next start',
    `import { createClient } from 'guidon'; createClient({ apply: { a: 'now' } })`,
  ],
])('%s', (_, text) => {
  expect(new Set(names({ 'src/flags.ts': MADE, 'src/a.ts': text }))).toEqual(new Set(['a']))
})

test('takes a client for what it is wherever a module gives it by default', () => {
  const flags = `import { createClient } from 'guidon'\nexport default createClient(o)`
  expect(names({ 'src/flags.ts': flags, 'a.js': `import x from './src/flags.js'; x.flag('a')` })).toEqual([
    'a',
  ])
  expect(names({ 'src/flags/index.ts': flags, 'a.js': `import x from '~/flags'; x.flag('a')` })).toEqual([
    'a',
  ])
  expect(names({ 'src/flags.ts': flags, 'a.js': `import x from './other'; x.flag('a')` })).toEqual([])
  const common = `const guidon = require('guidon'); module.exports = guidon.createClient(o)`
  expect(names({ 'flags.cjs': common, 'a.cjs': `const x = require('./flags'); x.flag('a')` })).toEqual(['a'])
})

test('leaves alone what only has the same methods', () => {
  const text = `
    new Map().value('a', 1); form.value('email', 'x'); response.json('b', 2); await fetch(u).json('c', 1)
    import ky from 'ky'; ky.json('d', {}); log.isEnabled('debug'); page.flag('e')
    import { createClient } from '@supabase/supabase-js'; const db = createClient(u); db.flag('f')
    flags.json('one argument is another json'); flags.value('g'); flags.other('h', 1); flags.isEnabled()
    import { useFlag } from 'other-flags'; useFlag('i')`
  expect(found({ 'flags.ts': MADE, 'a.ts': text })).toEqual([])
})

test('knows more clients, and functions that take the name of a flag, when told', () => {
  const text = `import { isOn } from './is-on'; features.isEnabled('a'); getFeatures().isEnabled('b'); isOn('c')`
  expect(names({ 'a.ts': text })).toEqual([])
  expect(names({ 'a.ts': text }, ['features', 'getFeatures', 'isOn'])).toEqual(['a', 'b', 'c'])
})

test('finds hooks and composables', () => {
  const react = `import { useFlag, useFlagEnabled as on, useFlagDetails, useFlags, useSuspenseFlag } from 'guidon/react'
    const A = () => <b title={useFlag('a', '')}>{on('z')}{useFlags(['b', 'c']).b}</b>
    useFlagDetails('d'); useSuspenseFlag('e', 1)`
  expect(names({ 'a.tsx': react })).toEqual(['a', 'z', 'b', 'c', 'd', 'e'])
  const vue = `import * as guidon from 'guidon/vue'; guidon.useFlag(() => 'a', 1)`
  expect(names({ 'a.ts': vue })).toEqual(['a'])
  expect(names({ 'imported by a tool.ts': `useFlag('a', 1)` })).toEqual(['a'])
})

test('finds hooks that the project has typed or named anew, and no hook made with one', () => {
  const hooks = `import * as react from 'guidon/react'; import type { Hooks } from 'guidon/react'
    export const { useFlag, useFlags: useMany } = react as Hooks<F>
    export const useSetting = react.useFlag
    export { useFlagEnabled as useOn } from 'guidon/react'
    export const useTheme = (kind: string) => useFlag('theme', kind)`
  const text = `import { useFlag, useMany, useSetting, useTheme } from './hooks'; import { useOn as on } from './hooks'
    useFlag('a', 1); useMany(['b']); useSetting('c', 1); useTheme('dark')
    import { useOn } from './hooks'; useOn('d')`
  expect(names({ 'hooks.ts': hooks, 'a.ts': text })).toEqual(['theme', 'a', 'b', 'c', 'd'])
})

test('finds what OpenFeature is asked', () => {
  const text = `OpenFeature.getClient().getBooleanValue('a', false); c.getObjectDetails('b', {}); useStringFlagValue('c', '')`
  expect(names({ 'a.ts': text })).toEqual(['a', 'b', 'c'])
})

test('reads names out of constants', () => {
  const consts = `export const NEW = 'new'; export const FLAGS = { a: 'flag-a', 'b': { c: 'flag-c' } } as const
    export enum Flag { One = 'one' }
    export const FROZEN = Object.freeze({ x: 'frozen' }); export const LIST = ['first', 'second'] as const
    export default { it: 'default' }`
  const text = `import { NEW, FLAGS as F, Flag, FROZEN, LIST } from './names'; import * as all from './names'; import d from './names'
    const OWN = 'own'
    flags.flag(OWN); flags.flag(NEW); flags.flag(F.a); flags.flag(F['a']); flags.flag(Flag.One); flags.flag(FROZEN.x)
    flags.flag(all.NEW); flags.flag(d.it); useFlags(LIST); flags.flag(F.b.c)`
  const files = { 'flags.ts': MADE, 'names.ts': consts, 'a.ts': text }
  const expected = [
    'own',
    'new',
    'flag-a',
    'flag-a',
    'one',
    'frozen',
    'new',
    'default',
    'first',
    'second',
    'flag-c',
  ]
  expect(names(files)).toEqual(expected)
})

test('reads both names of a choice, and says where a name cannot be read instead of guessing it', () => {
  const text = `${MADE}flags.flag(dark ? 'a' : 'b')
flags.flag(name); flags.flag(\`a-\${b}\`)
flags.flag(SAME)`
  const twice = { 'b.ts': `export const SAME = 'x'`, 'c.ts': `export const SAME = 'y'` }
  expect(found({ 'a.ts': `import { SAME } from './b'\n${text}`, ...twice })).toEqual([
    'a a.ts:4:19',
    'b a.ts:4:25',
    '? a.ts:5:12',
    '? a.ts:5:30',
    '? a.ts:6:12',
  ])
  const shadowed = `const name = 'a'; export const isOn = (name: string) => flags.isEnabled(name)`
  expect(names({ 'a.ts': shadowed }, ['flags'])).toEqual(['?'])
})

test('reads Vue and Svelte files, templates too, with the lines of the file', () => {
  const vue = `<template>
  <p v-if="flags.isEnabled('a')" :class="{ b: flags.isEnabled('b'), 'c': 1 }" @click="flags.flag('d'); go()">
    {{ flags.value('e', 1) }} flags.isEnabled('text')
  </p>
  <!-- {{ flags.flag('comment') }} -->
</template>
<script lang="ts">export default {} as object</script>
<script setup lang="ts">
import { flags } from './flags'
const size = flags.value('f', 1) as number
</script>
<style>a { b: v-bind('flags') }</style>`
  expect(found({ 'flags.ts': MADE, 'a.vue': vue }).sort()).toEqual([
    'a a.vue:2:28',
    'b a.vue:2:63',
    'd a.vue:2:98',
    'e a.vue:3:20',
    'f a.vue:10:26',
  ])
  const svelte = `<script>
  import { flags } from './flags'
</script>
{#if $flags.isEnabled('a')} <b style="{flags.value('b', '')}">{flags.json('c', {})}</b>
{:else if flags.isEnabled('d')}{#each [flags.flag('e')] as { name }, i (name)}{name}{/each}{/if}
{@html flags.value('f', '')}`
  expect(names({ 'flags.ts': MADE, 'a.svelte': svelte })).toEqual(['a', 'b', 'c', 'd', 'e', 'f'])
})

test.each([
  `{#each flags.json('a', { fallback: [] }) as { b }, i (b)}{/each}`,
  `{#each flags.json('a', { fallback: [] }) as b}{/each}`,
  `{#await flags.json('a', {}) then { b }}{/await}`,
  `{#await flags.json('a', {}) catch}{/await}`,
  `{#key flags.flag('a')}{/key}`,
  `<Box {...flags.json('a', {})} />`,
  `{'}'}{flags.flag('a')}`,
  `{b + "{" + '\\'{' + \`{\`}{flags.flag('a')}`,
  `<p>it's {flags.flag('a')}</p>`,
])('reads what Svelte says in its own words: %s', (template) => {
  expect(names({ 'a.svelte': template }, ['flags'])).toEqual(['a'])
})

test('reads a template of Vue in Pug', () => {
  const pug = `<template lang="pug">\np(v-if="flags.flag('a')", :b="flags.flag('b')")\n  | {{ flags.flag('c') }}\n</template>`
  expect(names({ 'a.vue': pug }, ['flags']).sort()).toEqual(['a', 'b', 'c'])
})

test.each([
  [`export * from 'guidon/react'`, `import { useFlag } from './lib'; useFlag('a', 1)`],
  [`export * from 'guidon'`, `import { createClient } from '../lib'; const c = createClient(o); c.flag('a')`],
  [`${MADE}export { flags as default }`, `import f from './lib'; f.flag('a')`],
  [`export { flags as default } from './made'`, `import f from './lib'; f.flag('a')`],
  [`export { default } from './second'`, `import f from './lib'; f.flag('a')`],
  [`export { default as f } from './second'`, `import { f } from './lib'; f.flag('a')`],
])('follows what a module exports anew: %s', (lib, text) => {
  const second = `import { flags } from './made'\nexport default flags`
  expect(names({ 'lib.ts': lib, 'made.ts': MADE, 'second.ts': second, 'a.ts': text })).toEqual(['a'])
})

test.each([
  ['a.js', `// @flow\nconst a = (b: ?string): void => { flags.flag('a') }; <div/>`],
  ['a.jsx', `const a = <div {...b}>{flags.flag('a')}</div>`],
  ['a.mjs', `await import('x'); flags.flag('a')`],
  ['a.cjs', `with (a) { flags.flag('a') } return`],
  ['a.ts', `const a = <T,>(b: T) => b; <any>flags.flag('a'); @D class E { constructor(@F private g: H) {} }`],
  ['a.tsx', `const a = <T,>(b: T) => <p>{flags.flag('a')}</p>`],
  ['a.mts', `using a = b(); enum C { D }; flags.flag('a') satisfies E`],
  ['a.cts', `import a = require('a'); flags.flag('a'); export = a`],
])('reads the syntax of %s', (file, text) => {
  expect(names({ [file]: text }, ['flags'])).toEqual(['a'])
})

test('throws what is wrong with a file that cannot be parsed', () => {
  expect(() => readSource('a.ts', 'const = 1')).toThrow(SyntaxError)
})
