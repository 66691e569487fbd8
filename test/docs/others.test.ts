import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { listen } from '../../src/cli/listen.ts'
import { readConfig } from '../../src/codegen/config.ts'
import { createEdge } from '../../src/edge.ts'
import { documentOf } from '../chromium/document.ts'
import { commandsOf, openProject, runGuidon, tryCommand } from './commands.ts'
import { LANGUAGES } from './compose.ts'
import { BLOCKS, type Block } from './pages.ts'

/** The blocks of a language, as rows of a table of tests. */
const rows = (...languages: string[]) =>
  BLOCKS.filter(({ language }) => languages.includes(language)).map((block) => [block.where, block] as const)

/** Who tries the languages that are not tried here, by the text that shows it: the test reads the very page. */
const ELSEWHERE: Readonly<Record<string, readonly [file: string, sign: string]>> = {
  ...Object.fromEntries(
    LANGUAGES.map((language) => [language, ['test/docs/in-node.test.ts', 'runnable'] as const]),
  ),
  html: ['test/chromium/docs.test.ts', "language === 'html'"],
  vue: ['test/docs/vue.test.ts', "language === 'vue'"],
  svelte: ['test/frameworks/svelte.test.ts', "textOf('Svelte')"],
  python: ['test/server/flags-key.test.ts', "language === 'python'"],
}

/** Drawings. There is nothing in them to run. */
const DRAWINGS: readonly (readonly [page: string, first: string])[] = [
  ['docs/architecture.md', 'model ◄── privacy, core'], // which room may look into which: test/architecture.test.ts keeps it
  ['docs/architecture.md', 'bundled defaults ─────────────┐'], // how a flag travels
  ['docs/flag-caching.md', 'browser ──► nginx, Varnish'], // who asks whom
  ['docs/server-cache.md', 'get ── young, in memory'], // what a page gets
]

describe('every block', () => {
  it('is in a language that somebody tries', () => {
    const known = [...Object.keys(ELSEWHERE), 'sh', 'console', 'diff', 'json', 'yaml', 'text']
    expect(
      BLOCKS.filter(({ language }) => !known.includes(language)).map(
        ({ where, language }) => `${where} ${language}`,
      ),
    ).toEqual([])
  })

  it.each(Object.entries(ELSEWHERE))('in %s is tried by a test that reads the page', (_, [file, sign]) => {
    expect(readFileSync(file, 'utf8')).toContain(sign)
  })

  it('that is only a drawing is known', () => {
    const drawings = BLOCKS.filter(({ language }) => language === 'text')
    const isKnown = ({ page, code }: Block) =>
      DRAWINGS.some(([of, first]) => of === page && code.startsWith(first))
    expect(drawings.filter((block) => !isKnown(block)).map(({ where }) => where)).toEqual([])
    expect(drawings).toHaveLength(DRAWINGS.length)
  })
})

describe('commands in the docs', () => {
  it.each(rows('sh'))(
    '%s can be given',
    async (_, { code }) => {
      const project = await openProject()
      const commands = commandsOf(code)
      expect(commands).not.toEqual([])
      for (const command of commands) await tryCommand(command, project)
    },
    60_000,
  )

  /** Numbers are of the moment: times, ports, seeds, counts. */
  const timeless = (line: string) => line.replace(/\d+/g, '0')
  /** What only a terminal is told. */
  const forTerminals = (line: string) => line.startsWith('Type o and Enter')

  it.each(rows('console').filter(([, { word }]) => !word))(
    '%s says what stands there',
    async (_, { code }) => {
      const [first = '', ...expected] = code.trim().split('\n')
      expect(first).toMatch(/^\$ /)
      const shown = expected.filter((line) => !forTerminals(line))
      const [command] = commandsOf(first.slice(2))
      const { words, env } = command!
      const { out, err } = await runGuidon(words.slice(1), await openProject(), env, shown.length)
      expect(err).toEqual([])
      // What a server does first, listening or asking, is not settled.
      expect(out.map(timeless).sort()).toEqual(shown.map(timeless).sort())
    },
    60_000,
  )

  it.each(rows('console').filter(([, { word }]) => word === 'checked'))(
    '%s is what `guidon check` says of such code',
    async (_, { code }) => {
      const state = (value: unknown = null) => ({ enabled: true, value })
      const flags = { 'new-checkout': state(), 'font-size': state(16), 'old-banner': state() }
      const document = documentOf({
        'new-checkout': null,
        'font-size': 16,
        'old-banner': null,
        title: 'Hello',
      })
      const client = `import { flags } from './flags'\n`
      const project = await openProject({
        'environment.json': document,
        'guidon.flags.json': { flags: { ...flags, title: state('Hi') } },
        'guidon.d.ts': '// of last year',
        'src/checkout.tsx': `${client}\nexport const isNew = flags.isEnabled('newCheckout') || flags.isEnabled('new-checkout')\n`,
        'src/title.tsx': `${client}\nexport const title = flags.value('title', 'Welcome')\nexport const size = flags.value('font-size', '16')\n`,
        'src/banner.tsx': `${client}\nexport const banner = (name: string) => flags.isEnabled(name)\n`,
      })
      // It is asked by the key of that document.
      const server = await listen(createEdge({ document }).answer, { port: 0 })
      try {
        const {
          code: exit,
          out,
          err,
        } = await runGuidon(
          ['check', '--environment', document.api_key, '--api', `${server.url}api/v1/`],
          project,
        )
        expect({ exit, err }).toEqual({ exit: 1, err: [] })
        expect(`${out.join('\n')}\n`).toBe(code)
      } finally {
        await server.close()
      }
    },
  )
})

describe('moving over, in the docs', () => {
  it.each(rows('console').filter(([, { word }]) => word === 'migrated'))(
    '%s is what `guidon migrate` says of such code',
    async (_, { code }) => {
      const project = await openProject({
        'src/pages/cart.tsx': 'import flagsmith from "@flagsmith/flagsmith"\n',
        'src/start.ts':
          "import flagsmith from '@flagsmith/flagsmith'\nflagsmith.init({ environmentID: key, enableLogs: true })\n",
      })
      const { out, err } = await runGuidon(['migrate', 'src'], project)
      expect(err).toEqual([])
      expect(`$ npx guidon migrate src\n${out.join('\n')}\n`).toBe(code)
    },
  )

  it.each(rows('diff'))('%s is what `guidon migrate` writes', async (_, { code }) => {
    const side = (sign: string) =>
      code
        .split('\n')
        .filter((line) => line.startsWith(sign))
        .map((line) => `${line.slice(1)}\n`)
        .join('')
    const project = await openProject({ 'src/app.tsx': side('-') })
    const { code: exit, err } = await runGuidon(['migrate', 'src', '--write'], project)
    expect({ exit, err }).toEqual({ exit: 0, err: [] })
    expect(readFileSync(join(project.folder, 'src/app.tsx'), 'utf8')).toBe(side('+'))
  })
})

describe('settings in the docs', () => {
  it.each(rows('json'))(
    '%s are read by who reads them',
    async (_, { code, word }) => {
      const content = JSON.parse(code)
      const project = await openProject()
      expect(['guidon.config.json', 'package.json']).toContain(word)
      writeFileSync(join(project.folder, word!), code)
      if (word === 'guidon.config.json') {
        expect(await readConfig({ cwd: project.folder, env: {} })).toEqual(content)
        expect(await runGuidon(['pull', '--api', project.api], project)).toMatchObject({ code: 0, err: [] })
      } else {
        // A script may run another that stands beside it.
        for (const script of Object.values<string>(content.scripts))
          for (const command of commandsOf(script))
            if (command.words[0] === 'npm') expect(Object.keys(content.scripts)).toContain(command.words[2])
            else
              await tryCommand(command, {
                ...project,
                env: { GUIDON_API: project.api, GUIDON_ENVIRONMENT_KEY: 'your-client-side-key' },
              })
      }
    },
    60_000,
  )

  it.each(rows('yaml'))('%s is a step of a pipeline, whose command can be given', async (_, { code }) => {
    const steps: { run: string; env: Record<string, string> }[] = parse(code)
    for (const { run, env } of steps) {
      const project = await openProject()
      expect(Object.keys(env)).toEqual(['GUIDON_ENVIRONMENT_KEY'])
      await runGuidon(['pull'], project)
      for (const command of commandsOf(run)) await tryCommand(command, project)
    }
  })
})
