import { resolve } from 'node:path'
import { Command } from 'commander'
import { FLAGS_FILE, readConfig, TYPES_FILE } from '../codegen/config.ts'
import { declaration } from '../codegen/declaration.ts'
import { counted } from '../codegen/words.ts'
import { writeWhole } from '../codegen/write-file.ts'
import { bundledFile } from './bundled-file.ts'
import { painter } from './colours.ts'
import { type FromServer, fromServer, pullFrom } from './from-server.ts'
import type { Terminal } from './terminal.ts'

interface TypesCommandOptions extends FromServer {
  readonly from?: string
  readonly out?: string
  readonly jsonShapes?: boolean
  readonly json?: boolean
}

/** `guidon types`: names and types of flags, for TypeScript. */
export const typesCommand = (terminal: Terminal): Command =>
  fromServer(
    new Command('types')
      .summary('write their names and types for TypeScript')
      .description('write the names and types of flags for TypeScript')
      .option('--from <file|server>', 'a file of flags, or "server" to ask (default: "guidon.flags.json")')
      .option('--out <file>', 'the file to write (default: "guidon.d.ts")')
      .option('--json-shapes', 'also type values that are JSON, by what they hold now')
      .option('--json', 'print what was done as JSON'),
  ).action((options: TypesCommandOptions) => write(options, terminal))

async function write(options: TypesCommandOptions, terminal: Terminal): Promise<void> {
  const config = await readConfig(terminal)
  const from = options.from ?? config.flags ?? FLAGS_FILE
  const out = options.out ?? config.types ?? TYPES_FILE
  const { flags } =
    from === 'server' ? await pullFrom(options, config) : await bundledFile(from, terminal.cwd)
  const changed = await writeWhole(
    resolve(terminal.cwd, out),
    declaration(flags, { json: options.jsonShapes ?? config.jsonShapes ?? false }),
  )
  terminal.out(
    options.json
      ? JSON.stringify({ file: out, flags: flags.size, changed })
      : changed
        ? `${painter(terminal)('green', 'Wrote')} the types of ${counted(flags.size)} to ${out}.`
        : `The types of ${counted(flags.size)}, as ${out} has them already.`,
  )
}
