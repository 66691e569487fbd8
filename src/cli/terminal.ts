import type { Surroundings } from '../codegen/config.ts'

/** What a command needs of the terminal it runs in, so that a test can be one. */
export interface Terminal extends Surroundings {
  /** What `--version` says. */
  readonly version?: string
  /** Says a line to whoever reads the result. */
  out(line: string): void
  /** Says a line to whoever reads the complaints. */
  err(line: string): void
  /** Shows how far something is that takes long, until the next line is said. Absent where nobody looks on. */
  progress?(text: string): void
  /** Whether text may have colours. */
  readonly colours?: boolean
  /** Ctrl+C and its like. Who never asks for it is ended by them. */
  readonly stop: AbortSignal
  /** Listens to the lines that somebody types, and gives back its end. Nothing where nobody sits. */
  onLine?(listener: (line: string) => void): (() => void) | undefined
}
