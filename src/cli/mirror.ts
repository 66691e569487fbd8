import { explain } from '../codegen/explain.ts'
import { oneLine } from '../codegen/words.ts'
import { readIfThere, writeWhole } from '../codegen/write-file.ts'
import type { EnvironmentDocument } from '../edge/document.ts'
import { type FollowedServer, followServer } from '../edge/follow-server.ts'
import type { GuidonError } from '../model/errors.ts'
import { documentIn } from './watch-document.ts'

export interface MirrorOptions {
  readonly api: string
  readonly serverKey: string
  /** Where the document is kept, for starts without the server. */
  readonly file?: string | undefined
  readonly pollMs: number
  readonly signal: AbortSignal
  readonly onChange: (document: EnvironmentDocument) => void
  /** Hears, in a line, what is the matter. */
  readonly say: (line: string) => void
}

/** Follows a server's document, and keeps it in a file. Rejects with a line when there is neither. */
export async function mirror({
  api,
  serverKey,
  file,
  pollMs,
  signal,
  onChange,
  say,
}: MirrorOptions): Promise<FollowedServer> {
  // It is to be overwritten, so it had better be what we take it for.
  const saved = file === undefined ? undefined : await readIfThere(file)
  const known = saved === undefined ? undefined : documentIn(saved, file!)
  let kept = Promise.resolve()
  const keep = (document: EnvironmentDocument) => {
    if (file === undefined) return
    kept = kept
      .then(async () => void (await writeWhole(file, `${JSON.stringify(document, null, 2)}\n`)))
      .catch((error) => say(explain(error)))
  }

  let then = known ? `Starting with what is in ${file}.` : 'Trying again.'
  const followed = await followServer({
    api,
    serverKey,
    known,
    pollMs,
    signal,
    onChange(document) {
      onChange(document)
      keep(document)
    },
    onProblem: (problem) => say(`${meaning(problem, api)} ${then}`),
    onRecovery: () => say(`${api} answers again.`),
  }).catch((problem) => {
    throw new Error(meaning(problem, api), { cause: problem })
  })
  then = 'The last good document stays.'
  if (followed.document !== known) keep(followed.document)
  return followed
}

function meaning(problem: GuidonError, api: string): string {
  const { code, status, cause } = problem
  if (code === 'payload') {
    const why = oneLine(cause).replace(/^This is not an environment document: (.*)\.$/, '$1')
    return `${api} answers, but not with an environment document (${why}). It should be the base of the SDK API, such as https://flags.example.com/api/v1/.`
  }
  if (code === 'timeout') return `${api} did not answer in time.`
  if (status === 401 || status === 403)
    return `${api} answers ${status}: it does not know the server-side key.`
  return explain(problem, api)
}
