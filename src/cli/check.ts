import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { Command, CommanderError } from 'commander'
import { FLAGS_FILE, type GuidonConfig, readConfig, TYPES_FILE } from '../codegen/config.ts'
import { declaration } from '../codegen/declaration.ts'
import { explainFile } from '../codegen/explain.ts'
import type { FlagsFile } from '../codegen/flags-file.ts'
import { counted } from '../codegen/words.ts'
import { readIfThere, saysTheSame } from '../codegen/write-file.ts'
import { isDeclaration, isSource } from '../scan/code.ts'
import { readSource } from '../scan/read-source.ts'
import type { Reading } from '../scan/reading.ts'
import { usesIn } from '../scan/uses.ts'
import { bundledFile } from './bundled-file.ts'
import { painter } from './colours.ts'
import { compareFlags, compareUses, type Finding, type FindingKind, KINDS } from './findings.ts'
import { type FromServer, fromServer, pullFrom, serverOf } from './from-server.ts'
import { sourceFiles } from './source-files.ts'
import { table } from './table.ts'
import type { Terminal } from './terminal.ts'

interface CheckOptions extends FromServer {
  readonly src?: readonly string[]
  readonly flags?: string
  readonly types?: string
  readonly server: boolean
  readonly client?: readonly string[]
  readonly ignore?: readonly string[]
  readonly failOn?: ReadonlySet<FindingKind>
  readonly json?: boolean
}

/** Mistakes of the code. What somebody changed on the server must not stop those who changed nothing. */
const FAIL_ON = 'missing,wrong-type,types'

/** `guidon check`: whether source code, bundled flags, their types and the server say the same. */
export const checkCommand = (terminal: Terminal): Command =>
  fromServer(
    new Command('check')
      .summary('compare code, bundled flags, types and server')
      .description('compare the flags that the code uses with the bundled file and the server')
      .option('--src <folder...>', 'where the source code is (default: "src", or else the folder itself)')
      .option('--flags <file>', 'the bundled flags (default: "guidon.flags.json")')
      .option('--types <file>', 'their types (default: "guidon.d.ts")')
      .option('--no-server', 'ask no server (default: it is asked when there is a key)')
      .option('--client <name...>', 'more names of clients, or of functions that take the name of a flag')
      .option('--ignore <flag...>', 'flags to say nothing about; * stands for any characters')
      .option(
        '--fail-on <kinds>',
        `what ends with code 1: kinds, "none" or "all" (default: "${FAIL_ON}")`,
        kindsOf,
      )
      .option('--json', 'print the findings as JSON'),
  ).action((options: CheckOptions) => check(options, terminal))

async function check(options: CheckOptions, terminal: Terminal): Promise<void> {
  const config = await readConfig(terminal)
  const failOn = options.failOn ?? kindsOf(config.failOn ?? FAIL_ON)
  const { bundled, server, flags } = await flagsToCompare(options, config, terminal)
  const { readings, files } = await readAll(options.src ?? config.src, terminal)
  const isIgnored = matcher([config.ignore ?? [], options.ignore ?? []].flat())

  const uses = usesIn(readings, [config.clients ?? [], options.client ?? []].flat())
  const findings = [
    ...compareUses(uses, flags),
    ...(await compareTypes(options.types ?? config.types ?? TYPES_FILE, bundled ?? server, terminal)),
    ...(bundled && server ? compareFlags(bundled.flags, server.flags) : []),
  ]
    .filter(({ flag }) => !flag || !isIgnored(flag))
    .sort((a, b) => KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind) || compare(a.flag, b.flag))
    .map((finding) => ({ ...finding, fails: failOn.has(finding.kind) }))

  if (options.json) terminal.out(JSON.stringify(findings, null, 2))
  else print(findings, `${counted(flags.size)} and ${counted(files, 'file')}`, terminal)
  // What was found says it all.
  if (findings.some(({ fails }) => fails)) throw new CommanderError(1, 'guidon.check', 'findings')
}

/** The flags of the file and of the server, as far as there are any, and those that count as existing. */
async function flagsToCompare(options: CheckOptions, config: GuidonConfig, { cwd, err }: Terminal) {
  const name = options.flags ?? config.flags
  const file = name ?? FLAGS_FILE
  const bundled = name || existsSync(resolve(cwd, file)) ? await bundledFile(file, cwd) : undefined
  const asks = options.server && serverOf(options, config).environmentKey
  const server = asks ? await pullFrom(options, config) : undefined
  const flags = (server ?? bundled)?.flags
  if (!flags)
    throw new Error(
      'There is nothing to compare the code with. `guidon pull` writes a file of flags, or give --environment.',
    )
  if (server && bundled?.environment && bundled.environment !== server.environment)
    err(`guidon: ${file} is of another environment than the server was asked for.`)
  return { bundled, server, flags }
}

async function readAll(src: string | readonly string[] | undefined, terminal: Terminal) {
  const { cwd, err, progress } = terminal
  const places = src ?? (existsSync(resolve(cwd, 'src')) ? 'src' : '.')
  const fits = (name: string) => isSource(name) && !isDeclaration(name)
  const files = await sourceFiles(terminal, [places].flat(), fits, 'Say with --src where the source code is.')
  const readings: Reading[] = []
  for (const [index, file] of files.entries()) {
    if (index % 50 === 49) progress?.(`Reading ${index} of ${files.length} files`)
    try {
      readings.push(readSource(file, await readFile(resolve(cwd, file), 'utf8')))
    } catch (error) {
      const can = error instanceof SyntaxError ? 'parsed' : 'read'
      err(`guidon: ${file} cannot be ${can}, so what it uses is not known: ${explainFile(error)}`)
    }
  }
  return { readings, files: files.length }
}

/** Whether the declaration file is what `guidon types` would write. Who has none wants none. */
async function compareTypes(
  name: string,
  from: FlagsFile | undefined,
  { cwd }: Terminal,
): Promise<Finding[]> {
  const text = await readIfThere(resolve(cwd, name))
  if (text === undefined || !from) return []
  const isCurrent = [false, true].some((json) => saysTheSame(text, declaration(from.flags, { json })))
  return isCurrent ? [] : [{ kind: 'types', file: name, message: 'Not what `guidon types` would write now.' }]
}

function print(findings: readonly (Finding & { fails: boolean })[], of: string, terminal: Terminal): void {
  const paint = painter(terminal)
  const rows = findings.map(({ kind, flag, file, line, column, message, fails }) => ({
    style: fails ? ('red' as const) : ('yellow' as const),
    kind,
    name: flag ?? (line ? '' : (file ?? '')),
    texts: [...(line ? [`${file}:${line}:${column}`] : []), message],
  }))
  for (const line of table(rows, paint)) terminal.out(line)
  if (!findings.length) {
    terminal.out(`${paint('green', 'Nothing to report')} in ${of}.`)
    return
  }
  const failing = [...new Set(findings.flatMap(({ kind, fails }) => (fails ? [kind] : [])))]
  const count = findings.filter(({ fails }) => fails).length
  terminal.out('')
  terminal.out(
    `${counted(findings.length, 'finding')} in ${of}; ${
      count ? paint('red', `${count} to mend (${failing.join(', ')})`) : paint('green', 'none to mend')
    }.`,
  )
}

function kindsOf(text: string): ReadonlySet<FindingKind> {
  if (text === 'none') return new Set()
  if (text === 'all') return new Set(KINDS)
  const kinds = text.split(',').map((kind) => kind.trim() as FindingKind)
  if (kinds.every((kind) => KINDS.includes(kind))) return new Set(kinds)
  throw new Error(`What to fail on is none, all, or some of ${KINDS.join(', ')}, with commas between them.`)
}

/** Whether one of the patterns is a name's. */
const matcher = (patterns: readonly string[]) => {
  const rules = patterns.map(
    (pattern) => new RegExp(`^${pattern.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')}$`),
  )
  return (name: string) => rules.some((rule) => rule.test(name))
}

const compare = (a = '', b = '') => (a < b ? -1 : a > b ? 1 : 0)
