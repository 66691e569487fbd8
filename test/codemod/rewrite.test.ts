import { describe, expect, it } from 'vitest'
import { rewrite } from '../../src/codemod/rewrite.ts'

describe('to guidon/migrate', () => {
  const moved = (code: string, file = 'a.ts') => rewrite(file, code)

  it.each([
    [`import flagsmith from '@flagsmith/flagsmith'`, `import flagsmith from 'guidon/migrate'`],
    [`import flagsmith from "flagsmith";`, `import flagsmith from "guidon/migrate";`],
    [`import flagsmith from 'flagsmith/isomorphic'`, `import flagsmith from 'guidon/migrate'`],
    [`import flagsmith from 'react-native-flagsmith'`, `import flagsmith from 'guidon/migrate'`],
    [
      `import { FlagsmithProvider } from 'flagsmith/react'`,
      `import { FlagsmithProvider } from 'guidon/migrate/react'`,
    ],
    [
      `import type { IFlagsmith } from '@flagsmith/flagsmith/types'`,
      `import type { IFlagsmith } from 'guidon/migrate'`,
    ],
    [`import { IState } from 'flagsmith/types.d.ts'`, `import { IState } from 'guidon/migrate'`],
    [`export { default } from 'flagsmith'`, `export { default } from 'guidon/migrate'`],
    [`export * from 'flagsmith/react'`, `export * from 'guidon/migrate/react'`],
    [`const flagsmith = require('flagsmith').default`, `const flagsmith = require('guidon/migrate').default`],
    [`const load = () => import('flagsmith')`, `const load = () => import('guidon/migrate')`],
    [`let f: import('flagsmith').IFlagsmith`, `let f: import('guidon/migrate').IFlagsmith`],
    [`jest.mock('flagsmith', () => ({}))`, `jest.mock('guidon/migrate', () => ({}))`],
    [`vi.mock('flagsmith/react')`, `vi.mock('guidon/migrate/react')`],
    [
      `const { a } = await vi.importActual<object>('flagsmith')`,
      `const { a } = await vi.importActual<object>('guidon/migrate')`,
    ],
    [`require.resolve('flagsmith')`, `require.resolve('guidon/migrate')`],
    [`import.meta.resolve('flagsmith')`, `import.meta.resolve('guidon/migrate')`],
  ])('%s', (before, after) => {
    expect(moved(before)).toMatchObject({ text: after, left: [] })
    expect(moved(before).changes.length).toBe(1)
    // Once is enough.
    expect(moved(after)).toMatchObject({ text: after, changes: [] })
  })

  it.each([
    `import nodejs from 'flagsmith-nodejs'`,
    `import x from './flagsmith'`,
    `const name = 'flagsmith'; log('flagsmith')`,
    `// import flagsmith from 'flagsmith'`,
    `import flags from 'guidon/migrate'`,
    `path.resolve('flagsmith'); Promise.resolve('flagsmith'); store.mock('flagsmith')`,
  ])('leaves alone what is something else: %s', (code) => {
    expect(moved(code)).toEqual({ text: code, changes: [], left: [] })
  })

  it('keeps everything else as it is written', () => {
    const code = `/* eslint-disable */\r\n\timport   flagsmith , { FlagSource }  from\r\n  'flagsmith' // the flags\r\nexport const x = 1 ;;\r\n`
    expect(moved(code).text).toBe(code.replace(`'flagsmith'`, `'guidon/migrate'`))
  })

  it.each([
    ['a mark at its beginning', '\uFEFF'],
    ['a mark and a line for the shell', '\uFEFF#!/usr/bin/env node\n'],
    ['line ends of Windows', '// a\r\n\r\n'],
    ['line ends of an old Mac', '// a\r\r'],
    ['separators in a text', `const a = '\u2028\u2029'\n`],
    ['what others need two units for', `const a = '🚩'\n`],
    ['a long chain', `a${'.b()'.repeat(2_000)}\n`],
  ])('finds the place in a file with %s', (_, before) => {
    const code = `${before}import flagsmith from 'flagsmith'\nflagsmith.hasFeature('x')\n`
    expect(moved(code).text).toBe(code.replace(`'flagsmith'`, `'guidon/migrate'`))
    expect(rewrite('a.js', code, './flags').text).toBe(
      `${before}import { flags } from './flags'\nflags.isEnabled('x')\n`,
    )
  })

  it.each([
    ['an attribute with a bracket', `<script setup lang="ts" generic="T extends Array<string>">\n`],
    ['separators before its script', `<template>\u2028</template>\r<script>\n`],
    ['what looks like a comment', `<script>\nconst open = '<!--'\nconst close = '-->', both = '<style>'\n`],
  ])('finds the place in a component with %s', (_, before) => {
    const code = `${before}import flagsmith from 'flagsmith' // -->\n</script>\n`
    expect(moved(code, 'a.vue').text).toBe(code.replace(`'flagsmith'`, `'guidon/migrate'`))
  })

  it('finds its way in components of Vue and Svelte', () => {
    const vue = `<template>\n  <p v-if="on">{{ 1 }}</p>\n</template>\n\n<script setup lang="ts">\nimport flagsmith from 'flagsmith'\nconst on: boolean = flagsmith.hasFeature('x')\n</script>\n`
    const { text, changes } = moved(vue, 'a.vue')
    expect(text).toBe(vue.replace(`from 'flagsmith'`, `from 'guidon/migrate'`))
    expect(changes).toEqual([{ line: 6, column: 23, from: `'flagsmith'`, to: `'guidon/migrate'` }])
  })

  it('names what has no counterpart, with its place', () => {
    const code = `import flagsmith from 'flagsmith'
import { middleware } from 'flagsmith/next-middleware'
flagsmith.init({ environmentID: 'k', enableLogs: true, datadogRum: rum })`
    expect(moved(code).left.map(({ line, column, what }) => [line, column, what])).toEqual([
      [2, 28, 'flagsmith/next-middleware'],
      [3, 38, 'enableLogs'],
      [3, 56, 'datadogRum'],
    ])
    const app = `import { FlagsmithProvider } from 'flagsmith/react'
const App = () => <FlagsmithProvider options={{ environmentID: 'k', sentryClient }} flagsmith={f}><p /></FlagsmithProvider>`
    expect(moved(app, 'a.tsx').left).toMatchObject([{ line: 2, what: 'sentryClient' }])
  })

  it('names types that were declared for it', () => {
    const code = `import 'flagsmith'\ndeclare module 'flagsmith/react' {\n  interface Flags {}\n}`
    expect(moved(code).text).toBe(code.replace(`'flagsmith'`, `'guidon/migrate'`))
    expect(moved(code).left).toMatchObject([{ line: 2, column: 16, what: 'flagsmith/react' }])
  })

  it('says nothing about options that are of something else', () => {
    const code = `import flagsmith from 'flagsmith'
import * as Sentry from '@sentry/browser'
Sentry.init({ enableLogs: true })
flagsmith.init({ environmentID: 'k', toString() {}, constructor: A })`
    expect(moved(code).left).toEqual([])
  })

  it('finds options that do nothing in an instance of another kind', () => {
    const code = `import { createFlagsmithInstance } from 'flagsmith'
const mine = createFlagsmithInstance()
mine.init({ enableLogs: true, evaluationContext: { environment: { apiKey: 'k' } } })`
    expect(moved(code).left).toMatchObject([{ line: 3, what: 'enableLogs' }])
  })

  it('throws for what is no code', () => {
    expect(() => moved(`import flagsmith from 'flagsmith'\nconst = {`)).toThrow(SyntaxError)
    expect(() => moved(`f(${'['.repeat(50_000)}${']'.repeat(50_000)})`)).toThrow(SyntaxError)
  })
})

describe('to the calls of a client', () => {
  const IMPORT = `import flagsmith from 'flagsmith'\n`
  const moved = (code: string, file = 'a.ts') => rewrite(file, IMPORT + code, './flags')

  it.each([
    [`flagsmith.hasFeature('x')`, `flags.isEnabled('x')`],
    [`if (!flagsmith.hasFeature(NAME)) stop()`, `if (!flags.isEnabled(NAME)) stop()`],
    [`flagsmith.hasFeature('x', { fallback: true })`, `flags.isEnabled('x', true)`],
    [`flagsmith.hasFeature('x', {})`, `flags.isEnabled('x')`],
    [`flagsmith.getValue('x', { fallback: 16 })`, `flags.value('x', 16)`],
    [`flagsmith.getValue('x', { json: false, fallback: 'a' })`, `flags.value('x', 'a')`],
    [`const x = flagsmith.getValue('x')`, `const x = flags.flag('x')?.value ?? null`],
    [`const x = flagsmith.getValue('x') || 3`, `const x = (flags.flag('x')?.value ?? null) || 3`],
    [`const x = flagsmith.getValue('x').length`, `const x = (flags.flag('x')?.value ?? null).length`],
    [`const x = flagsmith.getValue('x') as string`, `const x = (flags.flag('x')?.value ?? null) as string`],
    [
      `const x = flagsmith.getValue('x', { json: true, fallback: {} })`,
      `const x = flags.json('x', { fallback: {} })`,
    ],
    [`const x = flagsmith.getValue('x', { json: true })`, `const x = flags.json('x') ?? null`],
    [`await flagsmith.identify(guid, { plan })`, `await flags.identify(guid, { plan })`],
    [`void flagsmith.logout()`, `void flags.reset()`],
    [`flagsmith.setTrait('plan', 'pro')`, `flags.setTraits({ plan: 'pro' })`],
    [`flagsmith.setTrait('last seen', at)`, `flags.setTraits({ 'last seen': at })`],
    [`flagsmith.setTrait(key, at)`, `flags.setTraits({ [key]: at })`],
    [`flagsmith.setTrait('__proto__', at)`, `flags.setTraits({ ['__proto__']: at })`],
    [`const x = flagsmith.getValue('x')()`, `const x = (flags.flag('x')?.value ?? null)()`],
    [`flagsmith.hasFeature((log(), 'x'))`, `flags.isEnabled((log(), 'x'))`],
    [`flagsmith.setTraits({ plan: 'pro' })`, `flags.setTraits({ plan: 'pro' })`],
    [`flagsmith.getFlags().then(done)`, `flags.refresh().then(done)`],
    [`show(flagsmith.getAllFlags(), flagsmith.identity)`, `show(flags.all(), flags.identity)`],
    [
      `flagsmith.getValue('x', { fallback: flagsmith.getValue('y', { fallback: flagsmith.hasFeature('z') }) })`,
      `flags.value('x', flags.value('y', flags.isEnabled('z')))`,
    ],
    [`flagsmith.getValue(/* why */ 'x' , {\n  fallback: 1, // one\n})`, `flags.value('x', 1)`],
  ])('%s', (before, after) => {
    const { text, left } = moved(before)
    expect(left).toEqual([])
    expect(text).toBe(`import { flags } from './flags'\n${after}`)
    expect(rewrite('a.ts', text, './flags')).toEqual({ text, changes: [], left: [] })
  })

  it('says what was and what is', () => {
    expect(moved(`go(flagsmith.setTrait('a', flagsmith.hasFeature('b')))`).changes).toEqual([
      {
        line: 1,
        column: 1,
        from: `import flagsmith from 'flagsmith'`,
        to: `import { flags } from './flags'`,
      },
      {
        line: 2,
        column: 4,
        from: `flagsmith.setTrait('a', flagsmith.hasFeature('b'))`,
        to: `flags.setTraits({ a: flags.isEnabled('b') })`,
      },
      { line: 2, column: 28, from: `flagsmith.hasFeature('b')`, to: `flags.isEnabled('b')` },
    ])
  })

  it.each([
    ['init', `flagsmith.init({ environmentID: 'k' })`],
    ['getTrait', `flagsmith.getTrait('plan')`],
    ['hasFeature', `flagsmith.hasFeature('x', { skipAnalytics: true })`],
    ['hasFeature', `flagsmith.hasFeature('x', options)`],
    ['getValue', `flagsmith.getValue('x', { json })`],
    ['getValue', `flagsmith.getValue('x', ...rest)`],
    ['getValue', `flagsmith.getValue('x').trim()`],
    ['identify', `flagsmith.identify('id', {}, true)`],
    ['loadingState', `if (flagsmith.loadingState.isLoading) wait()`],
    ['flagsmith', `start(flagsmith)`],
    ['flagsmith', `const { hasFeature } = flagsmith`],
    ['flagsmith', `flagsmith?.hasFeature('x')`],
    ['flagsmith', `export default flagsmith`],
    ['flagsmith', `const f = (flagsmith) => flagsmith.hasFeature('x')`],
    ['hasFeature', `flagsmith['hasFeature']('x')`],
    ['getValue', `const x = flagsmith.getValue<string>('x', { fallback: 'a' })`],
    ['toString', `flagsmith.toString()`],
    ['constructor', `flagsmith.constructor`],
    ['flagsmith', `try {} catch (flagsmith) { flagsmith.hasFeature('x') }`],
    ['flagsmith', `const f = function flagsmith() { flagsmith.hasFeature('x') }`],
    ['flagsmith', `jest.mock('flagsmith')`],
    ['flagsmith', `export { createFlagsmithInstance } from 'flagsmith'`],
    ['fs', `import fs from 'flagsmith/isomorphic'`],
  ])('keeps a file with something that only a person can move: %s in %s', (what, code) => {
    const both = `flagsmith.hasFeature('y')\n${code}`
    const { text, left, changes } = moved(both)
    expect({ text, changes }).toEqual({ text: IMPORT + both, changes: [] })
    expect(left.map((one) => one.what)).toContain(what)
    expect(left.every(({ message }) => message.length > 10)).toBe(true)
  })

  it('takes another name where the file has a `flags` already, and keeps what is imported beside', () => {
    const code = `import flagsmith, { type IFlags } from 'guidon/migrate';
const flags: IFlags = {}
export const on = flagsmith.hasFeature('x')`
    expect(rewrite('a.ts', code, '@/flags').text).toBe(`import { flags as flags_ } from '@/flags';
import { type IFlags } from 'guidon/migrate';
const flags: IFlags = {}
export const on = flags_.isEnabled('x')`)
    const windows = code.replaceAll('\n', '\r\n')
    expect(rewrite('a.ts', windows, '@/flags').text.replaceAll('\r\n', '')).not.toContain('\n')
  })

  it('takes another name where one of an inner scope would hide it', () => {
    const code = `try {} catch (flags) { report(flagsmith.hasFeature('x'), flags) }`
    expect(moved(code).text).toBe(`import { flags as flags_ } from './flags'
try {} catch (flags) { report(flags_.isEnabled('x'), flags) }`)
  })

  it.each([
    `import flagsmith, * as all from 'flagsmith'\nflagsmith.hasFeature('x')\nall.start({})`,
    `import { default as flagsmith, IFlagsmith } from 'flagsmith'\nflagsmith.hasFeature('x')`,
    `const flagsmith = require('flagsmith').default\nflagsmith.hasFeature('x')`,
    `const { default: flagsmith } = await import('flagsmith')\nflagsmith.hasFeature('x')`,
    `export { default } from 'flagsmith'`,
  ])('names a way to come by the instance that it does not rewrite: %s', (code) => {
    const { text, changes, left } = rewrite('a.ts', code, './flags')
    expect({ text, changes }).toEqual({ text: code, changes: [] })
    expect(left[0]).toMatchObject({ line: 1 })
  })

  it('knows the default instance by its name', () => {
    const code = `import { default as flagsmith } from 'flagsmith'\nflagsmith.hasFeature('x')`
    expect(rewrite('a.ts', code, './flags')).toMatchObject({
      text: `import { flags } from './flags'\nflags.isEnabled('x')`,
      left: [],
    })
  })

  it.each([
    ['a.vue', `<template lang="pug">\np #{flagsmith.identity}\n</template>`],
    ['a.svelte', `{#later flagsmith.getFlags() ? then}{/later}`],
  ])('keeps a component that uses it where no code can be read: %s', (file, template) => {
    const code = `<script>\nimport flagsmith from 'flagsmith'\nflagsmith.hasFeature('x')\n</script>\n${template}`
    const { text, left } = rewrite(file, code, './flags')
    expect(text).toBe(code)
    expect(left).toMatchObject([
      { line: file === 'a.vue' ? 6 : 5, column: file === 'a.vue' ? 5 : 9, what: 'flagsmith' },
    ])
  })

  it('asks to look at names that were compared in another way', () => {
    expect(moved(`flagsmith.hasFeature('My Flag')`)).toMatchObject({
      text: `import { flags } from './flags'\nflags.isEnabled('My Flag')`,
      left: [{ line: 2, column: 22, what: 'My Flag' }],
    })
  })

  it('does not confuse keys and members with the instance', () => {
    const code = `const x = { flagsmith: 1, y: other.flagsmith }\nflagsmith.hasFeature('x')`
    expect(moved(code)).toMatchObject({
      left: [],
      text: `import { flags } from './flags'\n${code.replace("flagsmith.hasFeature('x')", "flags.isEnabled('x')")}`,
    })
  })

  it('leaves hooks to people', () => {
    const code = `import { useFlags } from 'flagsmith/react'\nconst { a } = useFlags(['a'])`
    expect(rewrite('a.tsx', code, './flags')).toMatchObject({
      text: code,
      left: [{ line: 1, what: 'flagsmith/react' }],
    })
  })

  it('rewrites what a template of Vue reads, too', () => {
    const code = `<script setup>\nimport flagsmith from 'flagsmith'\n</script>\n<template><p v-if="flagsmith.hasFeature('x')">{{ flagsmith.getValue('y', { fallback: 1 }) }}</p></template>`
    expect(rewrite('a.vue', code, './flags').text).toBe(
      `<script setup>\nimport { flags } from './flags'\n</script>\n<template><p v-if="flags.isEnabled('x')">{{ flags.value('y', 1) }}</p></template>`,
    )
  })
})
