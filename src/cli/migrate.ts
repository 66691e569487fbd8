import { isUtf8 } from 'node:buffer'
import { readFile } from 'node:fs/promises'
import { dirname, relative, resolve } from 'node:path'
import { Command, CommanderError, Option } from 'commander'
import { explainFile } from '../codegen/explain.ts'
import { counted, oneLine } from '../codegen/words.ts'
import { writeWhole } from '../codegen/write-file.ts'
import { type Moved, rewrite } from '../codemod/rewrite.ts'
import { isSource } from '../scan/code.ts'
import { painter } from './colours.ts'
import { sourceFiles } from './source-files.ts'
import { table } from './table.ts'
import type { Terminal } from './terminal.ts'

interface MigrateOptions {
  readonly to: 'shim' | 'native'
  readonly client?: string
  readonly write?: boolean
  readonly json?: boolean
}

/** `guidon migrate`: moves source code over from the official client. */
export const migrateCommand = (terminal: Terminal): Command =>
  new Command('migrate')
    .summary('move code over from the official client')
    .description('move source code over from @flagsmith/flagsmith; nothing is written without --write')
    .argument('<folder...>', 'where the source code is')
    .addOption(
      new Option('--to <what>', 'guidon/migrate, which takes the same calls, or the calls of a client')
        .choices(['shim', 'native'])
        .default('shim'),
    )
    .option('--client <module>', 'for native: the module that exports your client as `flags`')
    .option('--write', 'change the files')
    .option('--json', 'print what is changed, and what is left, as JSON')
    .action((folders: string[], options: MigrateOptions) => migrate(folders, options, terminal))

async function migrate(
  folders: readonly string[],
  { to, client, write, json }: MigrateOptions,
  terminal: Terminal,
): Promise<void> {
  const { cwd, err } = terminal
  if (to === 'native' && !client)
    throw new Error(
      'Say with --client which module exports your client as `flags`, for example src/flags.ts.',
    )
  const files = await sourceFiles(terminal, folders, isSource)
  const moved: (Moved & { file: string })[] = []
  let isAllDone = true
  for (const file of files) {
    const path = resolve(cwd, file)
    try {
      const bytes = await readFile(path)
      const text = bytes.toString()
      // Most files have nothing to do with it.
      if (!/flagsmith|guidon\/migrate/.test(text)) continue
      if (!isUtf8(bytes)) {
        err(`guidon: ${file} is not written in UTF-8, so it stays as it is.`)
        continue
      }
      const made = rewrite(file, text, to === 'native' ? moduleFrom(path, text, client!, cwd) : undefined)
      if (write && made.changes.length) await writeWhole(path, made.text)
      if (made.changes.length || made.left.length) moved.push({ ...made, file })
    } catch (error) {
      if (error instanceof SyntaxError)
        err(`guidon: ${file} cannot be parsed, so it stays as it is: ${oneLine(error)}`)
      else {
        isAllDone = false
        err(`guidon: ${file} stays as it is: ${explainFile(error)}`)
      }
    }
  }
  if (json) {
    const all = moved.flatMap(({ file, changes, left }) => [
      ...changes.map((change) => ({ kind: 'change', file, ...change })),
      ...left.map((one) => ({ kind: 'by-hand', file, ...one })),
    ])
    terminal.out(JSON.stringify(all, null, 2))
  } else print(moved, files.length, !!write, terminal)
  if (!isAllDone) throw new CommanderError(1, 'guidon.migrate', 'failed')
}

/** How a file calls the module of the client: as it calls its neighbours, with an ending or without. */
function moduleFrom(file: string, text: string, client: string, cwd: string): string {
  // A name of a package or an alias is the same for everybody.
  if (!/\.[cm]?[jt]sx?$|^\.{0,2}\//.test(client)) return client
  const path = relative(dirname(file), resolve(cwd, client)).replaceAll('\\', '/')
  const [, neighbour = ''] = /\bfrom\s*['"]\.[^'"\n]*\.([jt]sx?)['"]/.exec(text) ?? []
  const name = neighbour.startsWith('t')
    ? path
    : path.replace(/\.([cm])ts$/, '.$1js').replace(/\.[jt]sx?$/, neighbour && '.js')
  return name.startsWith('.') ? name : `./${name}`
}

function print(
  moved: readonly (Moved & { file: string })[],
  files: number,
  isWritten: boolean,
  terminal: Terminal,
): void {
  const paint = painter(terminal)
  for (const { file, changes, left } of moved) {
    terminal.out(paint('bold', file))
    for (const { line, from, to } of changes) {
      terminal.out(paint('red', `  ${line}: - ${oneLine(from)}`))
      terminal.out(paint('green', `  ${line}: + ${oneLine(to)}`))
    }
    const rows = left.map(({ line, column, what, message }) => ({
      style: 'yellow' as const,
      kind: '  by hand',
      name: what,
      texts: [`${file}:${line}:${column}`, message],
    }))
    for (const line of table(rows, paint)) terminal.out(line)
    terminal.out('')
  }
  const changes = moved.reduce((sum, { changes }) => sum + changes.length, 0)
  const touched = moved.filter(({ changes }) => changes.length).length
  const left = moved.reduce((sum, { left }) => sum + left.length, 0)
  if (!moved.length) terminal.out(`${paint('green', 'Nothing to move')} in ${counted(files, 'file')}.`)
  else
    terminal.out(
      `${counted(changes, 'change')} in ${counted(touched, 'file')}; ${
        left ? paint('yellow', `${left} to look at by hand`) : paint('green', 'nothing left to do by hand')
      }.${changes && !isWritten ? ' Nothing is written yet: --write does that.' : ''}`,
    )
}
