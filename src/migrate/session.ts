import type { Client, Inside } from 'guidon'
import type { More } from 'guidon/migrate/more'
import type {
  ClientEvaluationContext,
  IFlags,
  IFlagsmithExperiment,
  IFlagsmithTrait,
  IInitConfig,
  LoadingState,
} from './types.ts'

/**
 * What all parts of an instance know, from one client to the next. Each `init` begins another one, and so does what a
 * client is told only once: so nothing of one can reach the next.
 */
export interface Session {
  readonly config: IInitConfig
  /** Who the app says it is for, and where. */
  context: ClientEvaluationContext
  /** What only some options need, when it was asked for. */
  readonly more?: Promise<More | undefined> | undefined

  /** There is none before `init`, and after one that failed. */
  client?: Client
  inside?: Inside

  /** The first request may not be made, until the app asks for one. */
  isHeld?: boolean | undefined
  /** There was no request: what the client takes for an answer is what the device had. */
  isKept?: boolean
  /** Settles when it is known what the official client left. */
  loaded?: unknown
  /** What came with the page: from a server, but by no request of ours. */
  page?: unknown
  /** What a server knows of somebody (`undefined`: of nobody), which our client does not keep. */
  known?: { readonly id?: string | undefined; readonly traits: Record<string, IFlagsmithTrait> }
  /** The experiments of the last answer, by the name that a flag is compared by. */
  experiments?: ReadonlyMap<string, IFlagsmithExperiment> | undefined

  /** The flags in their shape, made anew when there are others. */
  flags?: IFlags
  flagsOf?: unknown

  /** How it stood when somebody looked last. */
  loading?: LoadingState
  /** What was told last. */
  told?: Told | undefined
  /** Who waits for the first flags hears of those of the device. */
  arrive?: () => void
}

export interface Told {
  readonly of?: unknown
  readonly flags: object
  readonly traits: object
  loading?: LoadingState
}

/** A session with its client. */
export type Open = Session & { readonly client: Client; readonly inside: Inside; told: Told }
