import { oneLine } from './words.ts'

/** What is read of an error: of ours (the front door's, or the one inside the command), of Node's, or of any other. */
interface Problem {
  readonly code?: string
  readonly status?: number
  readonly cause?: unknown
  readonly address?: string
  readonly port?: number
  readonly path?: string
}

/** What went wrong and what to do, in one line. `api` is the server that was asked, if one was. */
export function explain(error: unknown, api?: string): string {
  const { code, status, cause, address, port, path } = Object(error) as Problem
  const server = api ?? 'The server'
  switch (code) {
    case 'network':
      return `${server} does not answer${reason(cause)}.`
    case 'timeout':
      return `${server} did not answer in time. A longer timeout may help.`
    case 'redirect':
      return `${server} answers with a redirect${status ? ` (${status})` : ''}, which is not followed: the key is for that server only. Give the address it leads to.`
    case 'payload':
      return `${server} answers, but not with flags. It should be the base of the SDK API, such as https://flags.example.com/api/v1/.`
    case 'http':
      return `${server} answers ${status}: ${meaning(status)}`
    case 'server-side-key':
      return 'That is a server-side key (ser.…), which is a secret. Flags for an app are asked for with the client-side key.'
    case 'personal-identifier':
    case 'guessable-identifier':
      return 'The identity is not opaque. Give a GUID: flags are not asked for with personal or guessable identifiers.'
    case 'EADDRINUSE':
      return `Port ${port} of ${address} is in use. Choose another with --port.`
    case 'EACCES':
    case 'EPERM':
      return port
        ? `Port ${port} may not be used by you. Choose one above 1023 with --port.`
        : `${path} is not open to you. Look at its permissions.`
    case 'EISDIR':
      return `${path} is a folder.`
    default:
      return oneLine(error)
  }
}

/** The same of an error about a file that is named already. */
export const explainFile = (error: unknown): string =>
  explain(error instanceof Error ? Object.assign(error, { path: 'It' }) : error)

/** Whether it is the server that failed, and not who asks that made a mistake. */
export const isOfTheServer = (error: unknown): boolean =>
  /^(?:network|timeout|http|redirect|payload)$/.test((Object(error) as Problem).code ?? '')

const meaning = (status = 0): string => {
  if (status === 401 || status === 403) return 'it does not know the environment key.'
  if (status === 404) return 'there is no SDK API there. Its base usually ends in /api/v1/.'
  if (status === 429) return 'it is asked too often. Try again later.'
  return status > 499 ? 'it has a problem of its own.' : 'it refuses the request.'
}

/** Node says why at the end of a chain of causes. */
const reason = (cause: unknown): string => {
  const { code, cause: deeper } = Object(cause) as Problem
  return code?.startsWith('E') ? ` (${code})` : deeper ? reason(deeper) : ''
}
