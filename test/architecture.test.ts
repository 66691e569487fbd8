import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { describe, expect, it } from 'vitest'

/**
 * Which rooms a room may look into. `docs/architecture.md` draws the same arrows; here they are kept true.
 * A file directly in `src/` is a door: re-exports only, and nobody inside imports one.
 */
const ARROWS: Record<string, readonly string[]> = {
  model: [],
  privacy: ['model'],
  core: ['model'],
  wire: ['model', 'core'],
  transport: ['model', 'core', 'wire'],
  storage: ['model', 'core'],
  outbox: ['model', 'core', 'wire'],
  client: ['model', 'privacy', 'core', 'wire', 'transport', 'storage', 'outbox'],
  analytics: ['model', 'core', 'transport', 'client'],
  live: ['core', 'transport', 'client'],
  devtools: ['model', 'privacy', 'core', 'client'],
  'script-tag': ['client'],
  vue: ['client'],
  openfeature: ['model', 'analytics', 'client'],
  // A guest: it knows the client as an app does, by the package's name.
  react: [],
  // The same.
  migrate: [],
  'react-native': ['core', 'client', 'live'],
  edge: ['model'],
  // Of `edge` the type of a document alone, as a test below says.
  testing: ['model', 'transport', 'client', 'live', 'edge'],
  // Asks as an app does: it knows the client by the package's name.
  asking: [],
  server: ['model', 'privacy', 'core', 'transport', 'client', 'edge', 'asking'],
  codegen: ['model', 'privacy', 'asking'],
  scan: [],
  codemod: ['scan'],
  cli: ['model', 'client', 'live', 'edge', 'codegen', 'codemod', 'scan'],
  bundler: ['model', 'codegen'],
}

/** The only packages a room may import, where it may at all. `node:` is for the command, the bundlers' plugin and what both share. */
const PACKAGES: Record<string, readonly string[]> = {
  transport: ['cross-fetch'],
  storage: ['idb-keyval'],
  live: ['eventsource-parser'],
  vue: ['guidon', 'vue'],
  // Its types alone, as a test below says.
  openfeature: ['@openfeature/web-sdk'],
  react: ['guidon', 'react'],
  migrate: ['guidon', 'guidon/analytics', 'guidon/live', 'guidon/storage', 'guidon/migrate/more', 'react'],
  asking: ['guidon'],
  // The first in the declarations that it writes.
  codegen: ['guidon', 'node:'],
  // The second for its types.
  scan: ['@babel/parser', '@babel/types'],
  codemod: ['@babel/types'],
  testing: ['guidon'],
  cli: ['commander', 'node:'],
  bundler: ['guidon', 'unplugin', 'node:'],
}

interface Import {
  readonly from: string
  readonly to: string
}

const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'))
const imports: Import[] = files.flatMap((from) => {
  const text = readFileSync(join('src', from), 'utf8')
  // Static, dynamic and type-only imports, and re-exports alike.
  const found = text.matchAll(/(?:\bfrom\s*|\bimport\s*\(?\s*)['"]([^'"]+)['"]/g)
  return [...found].map(([, to = '']) => ({
    from,
    to: to.startsWith('.') ? normalize(join(dirname(from), to)) : to,
  }))
})
const room = (file: string) => (file.includes('/') ? (file.split('/')[0] as string) : 'a door')
/** The file of a subpath: `./migrate/react` is `migrate-react.ts`. */
const doorOf = (path: string) => (path === '.' ? 'index.ts' : `${path.slice(2).replace('/', '-')}.ts`)
const inside = imports.filter(({ to }) => to.endsWith('.ts'))

/** All files that come along with one. */
const reach = (file: string, reached = new Set<string>()): Set<string> => {
  if (reached.has(file)) return reached
  reached.add(file)
  for (const { to } of inside.filter(({ from }) => from === file)) reach(to, reached)
  return reached
}

describe('the house', () => {
  it('is read: there are files, imports and rooms', () => {
    expect(files.length).toBeGreaterThan(30)
    expect(inside.length).toBeGreaterThan(60)
    expect(new Set(files.map(room))).toEqual(new Set([...Object.keys(ARROWS), 'a door']))
  })

  it('has only the arrows of the design', () => {
    const wrong = inside.filter(
      ({ from, to }) =>
        room(from) !== 'a door' && room(from) !== room(to) && !ARROWS[room(from)]?.includes(room(to)),
    )
    expect(wrong).toEqual([])
  })

  it('has no rings, type imports included', () => {
    const rings: string[] = []
    const done = new Set<string>()
    const walk = (file: string, path: readonly string[]) => {
      if (path.includes(file)) rings.push([...path.slice(path.indexOf(file)), file].join(' → '))
      else if (!done.has(file)) {
        for (const { to } of inside.filter(({ from }) => from === file)) walk(to, [...path, file])
        done.add(file)
      }
    }
    for (const file of files) walk(file, [])
    expect(rings).toEqual([])
  })

  it('has doors that only re-export, and that nobody inside imports', () => {
    for (const door of files.filter((file) => room(file) === 'a door')) {
      const code = readFileSync(join('src', door), 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, '')
      expect(code.replace(/export\s+(type\s+)?\{[^}]*\}\s+from\s+'[^']+';?/g, '').trim(), door).toBe('')
    }
    expect(inside.filter(({ to }) => room(to) === 'a door')).toEqual([])
  })

  it('lets in only the packages it says, and only where it says', () => {
    const wrong = imports.filter(
      ({ from, to }) =>
        !to.endsWith('.ts') &&
        !PACKAGES[room(from)]?.some((name) => to === name || (name === 'node:' && to.startsWith(name))),
    )
    expect(wrong).toEqual([])
  })

  it('reaches idb-keyval from two files, and cross-fetch and eventsource-parser only later', () => {
    const stores = imports.filter(({ to }) => to === 'idb-keyval').map(({ from }) => from)
    expect(stores.sort()).toEqual(['storage/encrypted.ts', 'storage/indexed-db.ts'])
    const users = files.filter((file) => readFileSync(join('src', file), 'utf8').includes("'cross-fetch'"))
    expect(users).toEqual(['transport/current-fetch.ts'])
    expect(readFileSync('src/transport/current-fetch.ts', 'utf8')).toContain("await import('cross-fetch')")
    expect(readFileSync('src/live/fetch-stream.ts', 'utf8')).toMatch(
      /^(?!.*from 'eventsource-parser').*await import\('eventsource-parser'\)/s,
    )
  })

  it('takes nothing but types from the SDK of OpenFeature', () => {
    for (const { from } of imports.filter(({ to }) => to.startsWith('@openfeature/'))) {
      const code = readFileSync(join('src', from), 'utf8')
      expect(code, from).not.toMatch(/import (?!type )[^;]*?from '@openfeature/)
    }
  })

  it('has a front door that reaches no storage but memory and localStorage', () => {
    const reached = reach('index.ts')
    expect(new Set([...reached].map(room))).toEqual(
      new Set(['a door', 'model', 'privacy', 'core', 'wire', 'transport', 'storage', 'outbox', 'client']),
    )
    expect([...reached].filter((file) => room(file) === 'storage').sort()).toEqual([
      'storage/local-storage.ts',
      'storage/memory.ts',
      'storage/safe.ts',
    ])
  })

  it('has no door for browsers that brings along what runs when an app is built', () => {
    const { exports } = JSON.parse(readFileSync('package.json', 'utf8'))
    const doors = files.filter((file) => {
      const path = Object.keys(exports).find((path) => doorOf(path) === file)!
      return room(file) === 'a door' && exports[path].browser !== null
    })
    expect(doors.length).toBeGreaterThan(5)
    for (const door of doors)
      expect(
        [...reach(door)].filter(
          (file) => /^(?:bundler|cli|codegen|codemod|edge)$/.test(room(file)) && file !== 'edge/document.ts',
        ),
        door,
      ).toEqual([])
  })

  it('has doubles that bring no server along: of a document they know the type', () => {
    const users = inside.filter(({ from, to }) => room(from) === 'testing' && room(to) === 'edge')
    expect(users).toEqual([{ from: 'testing/environment.ts', to: 'edge/document.ts' }])
    expect(readFileSync('src/testing/environment.ts', 'utf8')).toMatch(/^import type .*edge\/document/m)
  })

  it('has a guest for React Native that brings nothing of the client along but types', () => {
    for (const file of files.filter((file) => room(file) === 'react-native')) {
      const code = readFileSync(join('src', file), 'utf8')
      expect(code.match(/^import (?!type).*from '\.\.\/.*$/gm), file).toBeNull()
    }
  })

  it('builds parts in one place: only create-client.ts makes them', () => {
    const makers = [
      'createEvents',
      'createConversation',
      'createPersistence',
      'safeStorage',
      'httpSend',
      'createGuards',
    ]
    for (const maker of makers) {
      const users = files.filter((file) =>
        new RegExp(`\\b${maker}\\(`).test(readFileSync(join('src', file), 'utf8')),
      )
      expect(users, maker).toEqual(['client/create-client.ts'])
    }
  })
})
