import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import ts from '@typescript/typescript6'
import { build, type Plugin } from 'esbuild'
import { expect } from 'vitest'
import * as guidon from '../../src/bundler.ts'
import { type Composed, STAND_INS } from './compose.ts'

/** What a statement of the docs gives, where a comment behind it says so: `flags.value('font-size', 16) // → 16`. */
const PROMISE = /^[ \t]*\/\/ → (.*)$/

interface Promised {
  readonly line: number
  readonly expected: string
}

/** The module with its promises looked at: each is `$is(which, what it gives, what it should)`. */
const withPromises = ({ file, text }: Composed): { text: string; promises: Promised[] } => {
  const source = ts.createSourceFile(file.replace(/\.js$/, '.ts'), text, ts.ScriptTarget.Latest, true)
  const promises: Promised[] = []
  const edits: { from: number; to: number; text: string }[] = []
  const walk = (node: ts.Node): void => {
    ts.forEachChild(node, walk)
    const isStatement = ts.isExpressionStatement(node) || ts.isVariableStatement(node)
    if (!isStatement) return
    const [, expected] = PROMISE.exec(/[^\n]*/.exec(text.slice(node.end))![0]!) ?? []
    if (expected === undefined) return
    const which = promises.length
    promises.push({ line: source.getLineAndCharacterOfPosition(node.getStart()).line, expected })
    if (ts.isExpressionStatement(node)) {
      const { expression } = node
      edits.push({
        from: expression.getStart(),
        to: expression.end,
        text: `;$is(${which}, (${expression.getText()}), (${expected}))`,
      })
    } else {
      const [name] = node.declarationList.declarations.map(({ name }) => name.getText())
      edits.push({ from: node.end, to: node.end, text: `;$is(${which}, ${name}, (${expected}))` })
    }
  }
  walk(source)
  const result = edits
    .sort((a, b) => b.from - a.from)
    .reduce((text, edit) => text.slice(0, edit.from) + edit.text + text.slice(edit.to), text)
  const said = text.match(/\/\/ → /g)?.length ?? 0
  if (said !== promises.length) throw new Error(`${file}: a promise (// →) stands behind no statement`)
  return { text: result, promises }
}

/** One file that Node can run, with guidon's doors as they are built and everything of npm left where it is. */
const bundled = async (one: Composed, text: string, folder: string): Promise<string> => {
  // A script has nothing to bundle, and lies beside what it requires.
  if (text.includes('require(')) return join(folder, one.file)
  const outfile = join(folder, 'run', `${one.file}.mjs`)
  await build({
    stdin: {
      contents: `${text}\nexport * from ${JSON.stringify(resolve(one.setup))}`,
      loader: 'tsx',
      resolveDir: resolve(folder, dirname(one.file)),
      sourcefile: one.file,
    },
    bundle: true,
    outfile,
    format: 'esm',
    platform: one.isInPage ? 'browser' : 'node',
    target: 'es2022',
    jsx: 'automatic',
    logLevel: 'silent',
    // The package says of itself that its modules do nothing. Setups do.
    ignoreAnnotations: true,
    external: ['node:*'],
    // As a bundler has it while one develops.
    define: { 'import.meta.env': JSON.stringify({ DEV: true }) },
    plugins: [
      standIns,
      // The real plugin, for blocks that import what it makes. It comes before the one that leaves all packages where they are.
      guidon.esbuild({
        environmentKey: 'your-client-side-key',
        offline: true,
        types: false,
        flags: 'test/docs/files/guidon.flags.json',
      }),
      packages,
    ],
    // What a block tells the console is its own.
    banner: { js: 'const console = { log() {}, warn() {}, error() {} };' },
  })
  return outfile
}

const AT_RUN: Readonly<Record<string, string>> = { ...STAND_INS, redis: resolve('test/docs/redis.ts') }

const standIns: Plugin = {
  name: 'stand-ins',
  setup({ onResolve }) {
    onResolve({ filter: /./ }, ({ path }) => (AT_RUN[path] ? { path: AT_RUN[path] } : undefined))
  },
}

const packages: Plugin = {
  name: 'packages',
  setup({ onResolve }) {
    onResolve({ filter: /^[@a-z]/ }, ({ path }) => ({ path, external: true }))
  },
}

/** Imports as Node does it, and not as Vitest: so that guidon is one module, whoever imports it. */
const load: (url: string) => Promise<{ finish?(): unknown }> = createRequire(import.meta.url)('./load.cjs')

let runs = 0

/** Runs a block, and looks at what it promises. */
export const run = async (one: Composed, folder: string): Promise<void> => {
  const { text, promises } = withPromises(one)
  const file = await bundled(one, text, folder)
  const looked = new Set<number>()
  const wrong: string[] = []
  Object.assign(globalThis, {
    $is(which: number, actual: unknown, expected: unknown) {
      looked.add(which)
      try {
        expect(actual).toEqual(expected)
      } catch (error) {
        const { line } = promises[which]!
        wrong.push(`${one.block.page}:${one.block.line + line - one.before}: ${(error as Error).message}`)
      }
      return actual
    },
  })
  const { finish } = await load(`${pathToFileURL(resolve(file)).href}?${++runs}`)
  await expect
    .poll(() => looked.size, { message: 'promises that were kept', timeout: 10_000 })
    .toBe(promises.length)
  await finish?.()
  expect(wrong).toEqual([])
}
