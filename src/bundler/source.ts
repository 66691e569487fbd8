import { resolve } from 'node:path'
import { flagsIn } from '../codegen/flags-file.ts'
import { readIfThere } from '../codegen/write-file.ts'
import type { FlagTable } from '../model/flag.ts'
import { ask, Failure, NoAnswer } from './ask.ts'
import type { Settings } from './options.ts'

/** Where and how it is built. */
export interface Build {
  /** The folder that file names are relative to. */
  readonly root: string
  /** A dev server, or tests that run in one: they are to start at once, and without a network. */
  readonly isServing: boolean
}

/** The flags to bundle, and those that somebody has seen and checked in. */
export interface Found {
  readonly flags: FlagTable
  readonly checkedIn?: FlagTable | undefined
}

/**
 * Where the flags of a bundle come from: the server, which is asked once, and else the checked-in file. What is written into
 * the file after that is newer, and counts: somebody pulled it, or wants to see what happens.
 */
export const createSource = () => {
  let asked: { readonly flags: Promise<FlagTable>; readonly text: string | undefined } | undefined

  return async (
    { environmentKey, flags: name, offline, ...pull }: Settings,
    { root, isServing }: Build,
    warn: (line: string) => void,
  ): Promise<Found> => {
    const text = await readIfThere(resolve(root, name))
    const checkedIn = text === undefined ? undefined : tableIn(text, name)
    const isNewer = asked && asked.text !== text
    if (checkedIn && (!environmentKey || offline || isServing || isNewer))
      return { flags: checkedIn, checkedIn }
    const none = `There is no file ${name} to build from. \`guidon pull\` writes it.`
    if (!environmentKey || offline) throw new Failure(none)

    asked ??= { text, flags: ask({ ...pull, environmentKey }) }
    try {
      return { flags: await asked.flags, checkedIn }
    } catch (error) {
      if (checkedIn && error instanceof NoAnswer) {
        warn(`${error.message} Built from ${name}.`)
        return { flags: checkedIn, checkedIn }
      }
      // Whoever tries again, as a dev server does, asks again.
      asked = undefined
      throw error instanceof NoAnswer ? new Failure(`${error.message} ${none}`) : error
    }
  }
}

const tableIn = (text: string, name: string): FlagTable => {
  try {
    return flagsIn(text, name).flags
  } catch (error) {
    throw new Failure((error as Error).message)
  }
}
