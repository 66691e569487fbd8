import { explain, isOfTheServer } from '../codegen/explain.ts'
import { type PullOptions, pull } from '../codegen/pull.ts'
import type { FlagTable } from '../model/flag.ts'

/** As long as the parts of one build may take, one after the other. Who builds again later asks again. */
const LASTS_MS = 600_000

/** The one thing that is shared by all plugins of a process: bundlers make a plugin anew for the server, client and worker of a build. */
const answers = new Map<string, { readonly at: number; readonly flags: Promise<FlagTable> }>()

/** Why there is nothing to build. Bundlers print the stack, and the way through our files says nothing to who builds. */
export class Failure extends Error {
  constructor(message: string) {
    super(message)
    this.stack = `Error: ${message}`
  }
}

/** The server did not give flags, for reasons of its own: there may be others to go on with. */
export class NoAnswer extends Failure {}

/**
 * Asks a server for flags, once for all who build in this process.
 *
 * @throws NoAnswer when the server failed; Failure when it was to be asked something that it must not be asked.
 */
export const ask = (options: PullOptions): Promise<FlagTable> => {
  const { environmentKey, api, identity, traits } = options
  const question = JSON.stringify([environmentKey, api, identity, traits])
  const known = answers.get(question)
  if (known && Date.now() - known.at < LASTS_MS) return known.flags
  const flags = pull(options).then(
    (pulled) => pulled.flags,
    (error) => {
      answers.delete(question)
      throw new (isOfTheServer(error) ? NoAnswer : Failure)(explain(error, api))
    },
  )
  answers.set(question, { at: Date.now(), flags })
  return flags
}
