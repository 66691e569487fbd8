import { readFile, stat } from 'node:fs/promises'
import { oneLine } from '../codegen/words.ts'
import { type EnvironmentDocument, environmentDocument } from '../edge/document.ts'
import { GuidonError } from '../model/errors.ts'

type Read = (text: string) => EnvironmentDocument

export interface WatchOptions {
  /** Gets every new document. */
  onChange: (document: EnvironmentDocument) => void
  /** Hears why a change was not taken: bad JSON, no document, no file. Told once of each. */
  onProblem: (problem: unknown) => void
  /** Makes a document of the file's text, or throws. @default takes it for one, as JSON */
  read?: Read
  /** @default 200 */
  everyMs?: number
}

export interface WatchedDocument {
  /** What the file held at the start. */
  readonly document: EnvironmentDocument
  stop(): void
}

/**
 * Reads an environment document from a file and follows the file from then on. Rejects when there is no document in it
 * at the start; later the last good one stands.
 *
 * By looking, not by `fs.watch`: editors replace a file instead of writing into it, containers mount it from elsewhere,
 * and looking at one file's date five times a second costs nothing and works everywhere.
 */
export async function watchDocument(
  file: string,
  { onChange, onProblem, read, everyMs = 200 }: WatchOptions,
): Promise<WatchedDocument> {
  // The mark before the text: a change in between is then seen at the next look, instead of never.
  let mark = await markOf(file)
  let text: string | undefined = await textOf(file)
  const document = documentIn(text, file, read)
  /** A file may be half written when it is looked at: what is wrong with it is told when it still is at the next look. */
  let doubt: unknown

  let isStopped = false
  let timer = setTimeout(look, everyMs)

  async function look(): Promise<void> {
    const before = mark
    mark = await markOf(file)
    if (mark !== before || doubt) await take()
    if (!isStopped) timer = setTimeout(look, everyMs)
  }

  async function take(): Promise<void> {
    let found: string | undefined
    let problem: unknown
    try {
      found = await textOf(file)
    } catch (error) {
      problem = error
    }
    if (isStopped) return
    if (found === text) {
      if (doubt) onProblem(doubt)
      doubt = undefined
      return
    }
    text = found
    try {
      if (found !== undefined) onChange(documentIn(found, file, read))
    } catch (error) {
      problem = error
    }
    doubt = problem
  }

  return {
    document,
    stop() {
      isStopped = true
      clearTimeout(timer)
    },
  }
}

/** Changes whenever the file does, also when another takes its place. */
async function markOf(file: string): Promise<string> {
  try {
    const { ino, mtimeMs, size } = await stat(file)
    // The clock of a file system is coarse: two saves can share one date. A file saved just now gets a new mark at
    // every look, so that it is read until it has settled.
    return `${ino} ${mtimeMs} ${size} ${Date.now() - mtimeMs < 1000 ? Date.now() : 'settled'}`
  } catch {
    return 'gone'
  }
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    const what =
      code === 'ENOENT'
        ? `There is no file ${file}.`
        : code === 'EISDIR'
          ? `${file} is a folder.`
          : `${file} cannot be read (${code}).`
    throw new GuidonError('invalid-option', what, { cause })
  }
}

/** The document in the text of a file. What it throws says which file it was. */
export function documentIn(
  text: string,
  file: string,
  read: Read = (text) => environmentDocument(JSON.parse(text)),
): EnvironmentDocument {
  try {
    return read(text)
  } catch (cause) {
    const what = cause instanceof SyntaxError ? ` is not JSON (${oneLine(cause)}).` : `: ${oneLine(cause)}`
    throw new GuidonError('invalid-option', `${file}${what}`, { cause })
  }
}
