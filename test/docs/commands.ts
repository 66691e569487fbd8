import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { listen } from '../../src/cli/listen.ts'
import { emptyFolder } from '../cli/folder.ts'
import { afterwards, run } from '../cli/run.ts'
import { environment, KEY, openEdge } from './network.ts'

/** A command of a page: `A=1 guidon pull --out x` has variables and words. */
export interface Command {
  readonly env: Readonly<Record<string, string>>
  readonly words: readonly string[]
  readonly text: string
}

/** The commands of a block. Comments and the backslashes of long lines are none. */
export const commandsOf = (code: string): Command[] =>
  code
    .replace(/\\\n/g, ' ')
    .replace(/(^|\s)#.*$/gm, '')
    .split(/\n|&&/)
    .map((line) => line.trim())
    .filter(Boolean)
    .map((text) => {
      const words = [...text.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(([, a, b, c]) => a ?? b ?? c ?? '')
      const first = words.findIndex((word) => !/^[A-Z_]+=/.test(word))
      const pairs = words
        .slice(0, first)
        .map((word) => [word.split('=', 1)[0]!, word.slice(word.indexOf('=') + 1)])
      return { env: Object.fromEntries(pairs), words: words.slice(first), text }
    })

/** A project that uses guidon, with a flag service that answers to it. */
export interface Project {
  readonly folder: string
  /** Where commands run now, and what they find in their environment: `cd` and `export` change it. */
  cwd: string
  env: Record<string, string>
  /** In place of an address that does not exist. */
  readonly api: string
}

const write = (folder: string, name: string, content: unknown) => {
  const file = join(folder, name)
  mkdirSync(join(file, '..'), { recursive: true })
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content))
}

export const openProject = async (files: Readonly<Record<string, unknown>> = {}): Promise<Project> => {
  const server = await listen(openEdge().answer, { port: 0 })
  afterwards(() => server.close())
  const api = `${server.url}api/v1/`
  const folder = emptyFolder()
  write(folder, 'guidon.config.json', { environmentKey: KEY, api })
  write(folder, 'environment.json', environment())
  write(folder, 'examples/environment.json', environment())
  write(
    folder,
    'src/flags.ts',
    `import { createClient } from 'guidon'\nexport const flags = createClient({ environmentKey: '' })\nflags.value('font-size', 12)\n`,
  )
  for (const [name, content] of Object.entries(files)) write(folder, name, content)
  return { folder, cwd: folder, env: {}, api }
}

/** What stands for something of one's own. */
const filledIn = (text: string, { api, folder }: Project) =>
  text
    .replace('ser.…', 'ser.your-server-side-key')
    .replace('https://flags.example.com/api/v1/', api)
    .replace('/var/lib/guidon', join(folder, 'data'))

/** Servers run until they are told to stop. */
const SERVERS = ['serve', 'edge']

/** Runs guidon, and gives what it said. A server is let come up, until it has said so many lines, and ended. */
export const runGuidon = async (
  args: readonly string[],
  project: Project,
  env: Readonly<Record<string, string>> = {},
  lines = 1,
): Promise<{ code: number; out: string[]; err: string[] }> => {
  const variables = Object.fromEntries(
    Object.entries({ ...project.env, ...env }).map(([name, value]) => [name, filledIn(value, project)]),
  )
  const given = args.map((arg) => filledIn(arg, project))
  const isServer = SERVERS.includes(args[0]!) && !args.includes('--help')
  // On a port that nobody has.
  const program = run(isServer ? [...given, '--port', '0'] : given, { cwd: project.cwd, env: variables })
  const { out, err } = program
  if (!isServer) return { code: await program.code, out, err }
  const isUp = () => out.length >= lines && out.some((line) => /http:\/\/\S+\/api\/v1\//.test(line))
  await Promise.race([expect.poll(isUp, { timeout: 30_000 }).toBe(true), program.code])
  // What it says at its end is another matter.
  const said = { out: [...out], err: [...err] }
  expect(isUp(), err.join('\n')).toBe(true)
  return { code: await program.end(), ...said }
}

const manifest = (folder: string) => JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
const root = manifest('.')

/** Packages that somebody here has tried: guidon itself, its peers with theirs, its tools, those of the examples. */
const PACKAGES = [
  root,
  ...Object.keys(root.peerDependencies).map((name) => manifest(`node_modules/${name}`)),
  ...readdirSync('examples')
    .filter((name) => existsSync(`examples/${name}/package.json`))
    .map((name) => manifest(`examples/${name}`)),
].flatMap(({ name, dependencies, devDependencies, peerDependencies }) => [
  name,
  ...Object.keys({ ...dependencies, ...devDependencies, ...peerDependencies }),
])

/** The options that a script of ours takes: it reads them by `parseArgs`. */
const optionsOf = (script: string): string[] => {
  const files = [...root.scripts[script].matchAll(/node (\S+\.js)/g)].map(([, file]) => file as string)
  return files.flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(/([\w-]+)'?: \{ type: '/g)].map(([, option]) => option as string),
  )
}

/** How each program that pages call is tried. What cannot be run here is held against what it would work with. */
const PROGRAMS: Readonly<Record<string, (command: Command, project: Project) => unknown>> = {
  async npx({ words, env }, project) {
    expect(words[1]).toBe('guidon')
    await guidon(words.slice(2), project, env)
  },
  guidon: ({ words, env }, project) => guidon(words.slice(1), project, env),
  async node({ words, env }, project) {
    expect(words[1]).toBe('dist/cli.js')
    await guidon(words.slice(2), project, env)
  },
  npm({ words }, project) {
    const [, what, ...rest] = words
    const { scripts } = project.cwd === project.folder ? root : manifest(project.cwd)
    if (what === 'ci') return expect(rest).toEqual([])
    if (what === 'test' || what === 'start') return expect(Object.keys(scripts)).toContain(what)
    if (what === 'install') {
      const names = rest.filter((word) => !['--save-dev'].includes(word))
      return expect(names.filter((name) => !PACKAGES.includes(name))).toEqual([])
    }
    expect(what).toBe('run')
    const [script, dashes, ...options] = rest
    expect(Object.keys(scripts)).toContain(script)
    if (dashes !== undefined) expect(dashes).toBe('--')
    for (const option of options.filter((word) => word.startsWith('--')))
      expect(optionsOf(script!)).toContain(option.slice(2))
  },
  export({ words }, project) {
    const [name = '', ...value] = words[1]!.split('=')
    project.env[name] = value.join('=')
  },
  cd({ words }, project) {
    project.cwd = words[1]!
    expect(existsSync(project.cwd)).toBe(true)
  },
  // There is no Docker here: the lines are those that the Dockerfile says of itself.
  docker({ text }) {
    const said = readFileSync('Dockerfile', 'utf8').replace(/ \\\n#\s*/g, ' ')
    expect(said).toContain(text.replace(/\s+/g, ' '))
  },
  // Of Expo there is the name: `npm run test:hermes` has the part of it that matters here.
  expo: () => expect(PACKAGES).toContain('expo'),
}

const guidon = async (args: readonly string[], project: Project, env: Readonly<Record<string, string>>) => {
  const { code, err } = await runGuidon(args, project, env)
  expect({ code, err }, args.join(' ')).toEqual({ code: 0, err: [] })
}

export const tryCommand = async (command: Command, project: Project): Promise<void> => {
  const program = PROGRAMS[command.words[0]!]
  if (!program) throw new Error(`nobody knows how to try \`${command.text}\``)
  await program(command, project)
}
