import { type FileHandle, mkdir, open, readFile, rename } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { TraitWrites } from '../../edge/create-edge.ts'
import type { TraitValue } from '../../model/trait.ts'

/** What waits for upstream, of one identity. */
export interface PendingTraits {
  readonly clientKey: string
  readonly identifier: string
  /** The last write of each key wins. */
  readonly traits: ReadonlyMap<string, { readonly value: TraitValue | null; readonly number: number }>
}

interface Pending extends PendingTraits {
  readonly traits: Map<string, { readonly value: TraitValue | null; readonly number: number }>
}

/** Trait writes that wait for upstream, on disk. */
export interface TraitJournal {
  /** Resolves when the writes are on disk, whatever happens to this process then. Rejects when they are not, or when there is no room. */
  append(clientKey: string, writes: TraitWrites): Promise<void>
  /** The identity that has waited longest, of those that are not on the way. */
  next(isOnTheWay: (pending: PendingTraits) => boolean): PendingTraits | undefined
  /** Forgets writes of an identity, up to a number: upstream has them, or will not take them. All its keys, or these. */
  done(pending: PendingTraits, number: number, keys?: readonly string[]): void
  /** Lets the others go first. */
  postpone(pending: PendingTraits): void
  /** How many traits wait. */
  readonly size: number
  /** Writes what is left to be written. */
  close(): Promise<void>
}

export interface TraitJournalOptions {
  readonly file: string
  /** Beyond so many bytes nothing is taken until upstream has taken some. */
  readonly maxBytes: number
  /** Hears that the disk does not take what is written. */
  readonly onProblem: (error: NodeJS.ErrnoException) => void
}

/** A line of the file: a write with its number, environment, identifier and traits, … */
interface Write {
  readonly n: number
  readonly e: string
  readonly i: string
  readonly t: TraitWrites['traits']
}
/** … or the note that writes up to a number are done, of all keys or of these. */
interface Done {
  readonly done: number
  readonly e: string
  readonly i: string
  readonly k?: readonly string[] | undefined
}

/** A file below this is not worth to be written anew. */
const SMALL = 256 * 1024

/**
 * Opens the journal: a file that is only ever appended to, and written anew when most of it is done with.
 *
 * Many requests share one `fsync`: what comes while the disk is busy goes into the next write together. A line that a crash tore
 * was never acknowledged, and is skipped. One process owns the file.
 */
export async function openTraitJournal({
  file,
  maxBytes,
  onProblem,
}: TraitJournalOptions): Promise<TraitJournal> {
  // In the order in which they came: a Map remembers it.
  const identities = new Map<string, Pending>()
  let number = 0
  let size = 0
  /** What the waiting traits weigh, about. */
  let bytes = 0
  /** What the file weighs. */
  let fileBytes = 0

  const nameOf = (clientKey: string, identifier: string) => JSON.stringify([clientKey, identifier])
  const weightOf = (identifier: string, key: string, value: TraitValue | null) =>
    64 + identifier.length + key.length + String(value).length

  function set(line: Write): void {
    const name = nameOf(line.e, line.i)
    const pending: Pending = identities.get(name) ?? {
      clientKey: line.e,
      identifier: line.i,
      traits: new Map(),
    }
    identities.set(name, pending)
    for (const [key, value] of Object.entries(line.t)) {
      forget(pending, key)
      pending.traits.set(key, { value, number: line.n })
      size++
      bytes += weightOf(line.i, key, value)
    }
  }

  function forget(pending: Pending, key: string): void {
    const before = pending.traits.get(key)
    if (before === undefined) return
    bytes -= weightOf(pending.identifier, key, before.value)
    size--
    pending.traits.delete(key)
  }

  function take({ done, e, i, k }: Done): void {
    const name = nameOf(e, i)
    const pending = identities.get(name)
    if (!pending) return
    for (const [key, { number }] of [...pending.traits]) {
      if (number <= done && (k === undefined || k.includes(key))) forget(pending, key)
    }
    // Who still has something waits behind those who came meanwhile.
    identities.delete(name)
    if (pending.traits.size > 0) identities.set(name, pending)
  }

  function read(text: string): void {
    for (const line of text.split('\n')) {
      try {
        const read = JSON.parse(line) as Write | Done
        if ('n' in read) set(read)
        else take(read)
        number = Math.max(number, 'n' in read ? read.n : read.done)
      } catch {
        // Torn by a crash: its sender was never told that it is here.
      }
    }
  }

  // ── Writing ─────────────────────────────────────────────────────────────────────────────────────────────────────

  let handle: FileHandle | undefined
  let lines: string[] = []
  let waiting: { line: Write; resolve: () => void; reject: (error: unknown) => void }[] = []
  let writing: Promise<void> | undefined

  /** Writes everything that waits into a new file, which then takes the old one's place. */
  async function rewrite(): Promise<void> {
    const text = [...identities.values()].map(linesOf).join('')
    const beside = `${file}.new`
    const fresh = await open(beside, 'w', 0o600)
    try {
      await fresh.writeFile(text)
      await fresh.datasync()
      await rename(beside, file)
      await syncFolder(dirname(file))
    } catch (error) {
      await fresh.close()
      throw error
    }
    await handle?.close()
    handle = fresh
    fileBytes = Buffer.byteLength(text)
  }

  async function write(): Promise<void> {
    // A moment, so that requests which came together go together.
    await new Promise((resolve) => setImmediate(resolve))
    while (lines.length > 0) {
      const [text, senders] = [lines.join(''), waiting]
      lines = []
      waiting = []
      try {
        if (fileBytes > SMALL && fileBytes > 4 * bytes) await rewrite()
        await handle!.appendFile(text)
        // Only who waits for an answer needs to know that it will outlive the machine.
        if (senders.length > 0) await handle!.datasync()
        fileBytes += Buffer.byteLength(text)
        for (const { line, resolve } of senders) {
          // Before anything else happens: a file written anew is made of these.
          set(line)
          resolve()
        }
      } catch (error) {
        onProblem(error as NodeJS.ErrnoException)
        // Half a line may be there. What comes next begins on one of its own.
        lines.unshift('\n')
        for (const { reject } of senders) reject(error)
        if (senders.length === 0) break
      }
    }
    writing = undefined
  }

  const push = (line: Write | Done) => {
    lines.push(`${JSON.stringify(line)}\n`)
    writing ??= write()
  }

  await mkdir(dirname(file), { recursive: true, mode: 0o700 })
  read(await readFile(file, 'utf8').catch((error) => (error.code === 'ENOENT' ? '' : Promise.reject(error))))
  await rewrite()

  return {
    async append(clientKey, { identifier, traits }) {
      if (bytes > maxBytes) throw new Error('There is no room for more traits.')
      const line = { n: ++number, e: clientKey, i: identifier, t: traits }
      await new Promise<void>((resolve, reject) => {
        waiting.push({ line, resolve, reject })
        push(line)
      })
    },
    next(isOnTheWay) {
      for (const pending of identities.values()) if (!isOnTheWay(pending)) return pending
      return undefined
    },
    done({ clientKey, identifier }, number, keys) {
      const line = { done: number, e: clientKey, i: identifier, k: keys }
      take(line)
      push(line)
    },
    postpone({ clientKey, identifier }) {
      const name = nameOf(clientKey, identifier)
      const mine = identities.get(name)
      identities.delete(name)
      if (mine) identities.set(name, mine)
    },
    get size() {
      return size
    },
    async close() {
      await writing
      await handle?.close()
    },
  }
}

/** A line for each number, since a later `done` counts by it. */
function linesOf({ clientKey: e, identifier: i, traits }: PendingTraits): string {
  return [...traits]
    .map(([key, { value, number: n }]) => `${JSON.stringify({ n, e, i, t: { [key]: value } })}\n`)
    .join('')
}

/** So that the new name is on disk as well. Not every system can. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => undefined)
  await handle?.sync().catch(() => {})
  await handle?.close()
}
